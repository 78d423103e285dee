"""`preview`, `up`, `refresh`, `import` and `destroy`, with the flags and exit statuses of the real CLI."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rehearsal.commands.options import (
    DEFAULT_STATE,
    PROJECT,
    ConfigFile,
    Diff,
    Message,
    NoChanges,
    Parallel,
    PolicyPackConfigs,
    PolicyPacks,
    Refresh,
    Replace,
    SkipPreview,
    Stack,
    State,
    Target,
    TargetDependents,
    Yes,
)
from rehearsal.deployment import Deployment
from rehearsal.engine.options import DEFAULT_PARALLEL, Options
from rehearsal.folder import RehearsalFolder
from rehearsal.policy_pack import policy_packs


def preview(
    stack: Stack,
    state: State = DEFAULT_STATE,
    json: Annotated[bool, typer.Option("--json", "-j", help="As `pulumi preview --json`.")] = False,
    diff: Diff = False,
    config_file: ConfigFile = None,
    parallel: Parallel = None,
    target: Target = None,
    target_dependents: TargetDependents = False,
    replace: Replace = None,
    refresh: Refresh = False,
    expect_no_changes: NoChanges = False,
    policy_pack: PolicyPacks = None,
    policy_pack_config: PolicyPackConfigs = None,
) -> None:
    """Show what `up` would do."""
    options = Options(
        parallel=parallel or DEFAULT_PARALLEL,
        targets=target or (),
        target_dependents=target_dependents,
        replace=replace or (),
        refresh=refresh,
        expect_no_changes=expect_no_changes,
        policy_packs=policy_packs(policy_pack or (), policy_pack_config or (), RehearsalFolder.at(state)),
    )
    with Deployment.of(RehearsalFolder.at(state), PROJECT, stack, config_file, options, diff, json) as deployment:
        raise typer.Exit(not deployment.preview())


def up(
    stack: Stack,
    state: State = DEFAULT_STATE,
    yes: Yes = False,
    skip_preview: SkipPreview = False,
    diff: Diff = False,
    config_file: ConfigFile = None,
    parallel: Parallel = None,
    target: Target = None,
    target_dependents: TargetDependents = False,
    replace: Replace = None,
    refresh: Refresh = False,
    expect_no_changes: NoChanges = False,
    message: Message = "",
    policy_pack: PolicyPacks = None,
    policy_pack_config: PolicyPackConfigs = None,
) -> None:
    """Make the stack what the program says, after a preview."""
    options = Options(
        parallel=parallel or DEFAULT_PARALLEL,
        targets=target or (),
        target_dependents=target_dependents,
        replace=replace or (),
        refresh=refresh,
        expect_no_changes=expect_no_changes,
        message=message,
        policy_packs=policy_packs(policy_pack or (), policy_pack_config or (), RehearsalFolder.at(state)),
    )
    with Deployment.of(RehearsalFolder.at(state), PROJECT, stack, config_file, options, diff) as deployment:
        raise typer.Exit(not deployment.up(yes=yes, skip_preview=skip_preview))


def refresh(
    stack: Stack,
    state: State = DEFAULT_STATE,
    yes: Yes = False,
    skip_preview: SkipPreview = False,
    diff: Diff = False,
    config_file: ConfigFile = None,
    parallel: Parallel = None,
    target: Target = None,
    expect_no_changes: NoChanges = False,
    message: Message = "",
) -> None:
    """Read what is really there, and remember it."""
    options = Options(
        parallel=parallel or DEFAULT_PARALLEL,
        targets=target or (),
        expect_no_changes=expect_no_changes,
        message=message,
    )
    with Deployment.of(RehearsalFolder.at(state), PROJECT, stack, config_file, options, diff) as deployment:
        raise typer.Exit(not deployment.refresh(yes=yes, skip_preview=skip_preview))


def import_(
    stack: Stack,
    file: Annotated[Path, typer.Option("--file", "-f", help="The resources, as `pulumi import --file` takes them.")],
    state: State = DEFAULT_STATE,
    yes: Yes = False,
    skip_preview: Annotated[bool, typer.Option("--skip-preview", help="Leave the preview out.")] = False,
    diff: Diff = False,
    config_file: ConfigFile = None,
    protect: Annotated[bool, typer.Option(help="Protect what is imported.")] = True,
    message: Message = "",
) -> None:
    """Take resources that exist into the state."""
    options = Options(message=message)
    with Deployment.of(RehearsalFolder.at(state), PROJECT, stack, config_file, options, diff) as deployment:
        raise typer.Exit(not deployment.import_(file, protect=protect, yes=yes, skip_preview=skip_preview))


def destroy(
    stack: Stack,
    state: State = DEFAULT_STATE,
    yes: Yes = False,
    skip_preview: SkipPreview = False,
    diff: Diff = False,
    config_file: ConfigFile = None,
    parallel: Parallel = None,
    target: Target = None,
    target_dependents: TargetDependents = False,
    exclude_protected: Annotated[
        bool, typer.Option("--exclude-protected", help="Leave protected resources, and what they need.")
    ] = False,
    refresh: Refresh = False,
    message: Message = "",
) -> None:
    """Delete every resource of the stack, after a preview."""
    options = Options(
        parallel=parallel or DEFAULT_PARALLEL,
        targets=target or (),
        target_dependents=target_dependents,
        exclude_protected=exclude_protected,
        refresh=refresh,
        message=message,
    )
    with Deployment.of(RehearsalFolder.at(state), PROJECT, stack, config_file, options, diff) as deployment:
        raise typer.Exit(not deployment.destroy(yes=yes, skip_preview=skip_preview))
