"""`preview`, `up`, `refresh`, `import` and `destroy`, with the flags and exit statuses of the real CLI."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any

import typer

from rehearsal.commands.options import (
    DEFAULT_STATE,
    PROJECT,
    ConfigFile,
    ContinueOnError,
    Cwd,
    Diff,
    Exclude,
    ExcludeDependents,
    Json,
    Message,
    NoChanges,
    Parallel,
    PolicyPackConfigs,
    PolicyPacks,
    PreviewOnly,
    Refresh,
    Replace,
    SkipPreview,
    Stack,
    State,
    Target,
    TargetDependents,
    TargetReplace,
    Yes,
)
from rehearsal.deployment import Consent, Deployment
from rehearsal.engine.options import DEFAULT_PARALLEL, Options
from rehearsal.errors import RehearsalError
from rehearsal.folder import RehearsalFolder
from rehearsal.policy_pack import policy_packs


def preview(
    stack: Stack,
    cwd: Cwd = PROJECT,
    state: State = DEFAULT_STATE,
    json: Json = False,
    diff: Diff = False,
    config_file: ConfigFile = None,
    parallel: Parallel = None,
    target: Target = None,
    target_dependents: TargetDependents = False,
    exclude: Exclude = None,
    exclude_dependents: ExcludeDependents = False,
    replace: Replace = None,
    target_replace: TargetReplace = None,
    refresh: Refresh = False,
    expect_no_changes: NoChanges = False,
    policy_pack: PolicyPacks = None,
    policy_pack_config: PolicyPackConfigs = None,
) -> None:
    """Show what `up` would do."""
    options = _options(
        parallel,
        target,
        exclude,
        replace,
        target_replace,
        target_dependents=target_dependents,
        exclude_dependents=exclude_dependents,
        refresh=refresh,
        expect_no_changes=expect_no_changes,
        policy_packs=policy_packs(policy_pack or (), policy_pack_config or (), RehearsalFolder.at(state)),
    )
    with _deployment(cwd, state, stack, config_file, options, diff=diff, json=json) as deployment:
        raise typer.Exit(not deployment.preview())


def up(
    stack: Stack,
    cwd: Cwd = PROJECT,
    state: State = DEFAULT_STATE,
    yes: Yes = False,
    skip_preview: SkipPreview = False,
    diff: Diff = False,
    config_file: ConfigFile = None,
    parallel: Parallel = None,
    target: Target = None,
    target_dependents: TargetDependents = False,
    exclude: Exclude = None,
    exclude_dependents: ExcludeDependents = False,
    replace: Replace = None,
    target_replace: TargetReplace = None,
    refresh: Refresh = False,
    expect_no_changes: NoChanges = False,
    continue_on_error: ContinueOnError = False,
    message: Message = "",
    policy_pack: PolicyPacks = None,
    policy_pack_config: PolicyPackConfigs = None,
) -> None:
    """Make the stack what the program says, after a preview."""
    consent = Consent(yes, skip_preview)
    options = _options(
        parallel,
        target,
        exclude,
        replace,
        target_replace,
        target_dependents=target_dependents,
        exclude_dependents=exclude_dependents,
        refresh=refresh,
        expect_no_changes=expect_no_changes,
        continue_on_error=continue_on_error,
        message=message,
        policy_packs=policy_packs(policy_pack or (), policy_pack_config or (), RehearsalFolder.at(state)),
    )
    with _deployment(cwd, state, stack, config_file, options, diff=diff) as deployment:
        raise typer.Exit(not deployment.up(consent))


def refresh(
    stack: Stack,
    cwd: Cwd = PROJECT,
    state: State = DEFAULT_STATE,
    yes: Yes = False,
    skip_preview: SkipPreview = False,
    preview_only: PreviewOnly = False,
    diff: Diff = False,
    config_file: ConfigFile = None,
    parallel: Parallel = None,
    target: Target = None,
    target_dependents: TargetDependents = False,
    exclude: Exclude = None,
    exclude_dependents: ExcludeDependents = False,
    clear_pending_creates: Annotated[
        bool, typer.Option("--clear-pending-creates", help="Forget interrupted creations, whatever became of them.")
    ] = False,
    expect_no_changes: NoChanges = False,
    message: Message = "",
) -> None:
    """Read what is really there, and remember it."""
    consent = Consent(yes, skip_preview, preview_only)
    options = _options(
        parallel,
        target,
        exclude,
        target_dependents=target_dependents,
        exclude_dependents=exclude_dependents,
        expect_no_changes=expect_no_changes,
        clear_pending_creates=clear_pending_creates,
        message=message,
    )
    with _deployment(cwd, state, stack, config_file, options, diff=diff) as deployment:
        raise typer.Exit(not deployment.refresh(consent))


def import_(
    stack: Stack,
    file: Annotated[Path, typer.Option("--file", "-f", help="The resources, as `pulumi import --file` takes them.")],
    cwd: Cwd = PROJECT,
    state: State = DEFAULT_STATE,
    yes: Yes = False,
    skip_preview: Annotated[bool, typer.Option("--skip-preview", help="Leave the preview out.")] = False,
    preview_only: PreviewOnly = False,
    diff: Diff = False,
    config_file: ConfigFile = None,
    parallel: Parallel = None,
    protect: Annotated[bool, typer.Option(help="Protect what is imported.")] = True,
    message: Message = "",
) -> None:
    """Take resources that exist into the state."""
    consent = Consent(yes, skip_preview, preview_only)
    options = _options(parallel, message=message)
    with _deployment(cwd, state, stack, config_file, options, diff=diff) as deployment:
        raise typer.Exit(not deployment.import_(consent, file, protect=protect))


def destroy(
    stack: Stack,
    cwd: Cwd = PROJECT,
    state: State = DEFAULT_STATE,
    yes: Yes = False,
    skip_preview: SkipPreview = False,
    preview_only: PreviewOnly = False,
    diff: Diff = False,
    config_file: ConfigFile = None,
    parallel: Parallel = None,
    target: Target = None,
    target_dependents: TargetDependents = False,
    exclude: Exclude = None,
    exclude_protected: Annotated[
        bool, typer.Option("--exclude-protected", help="Leave protected resources, and what they need.")
    ] = False,
    refresh: Refresh = False,
    continue_on_error: ContinueOnError = False,
    message: Message = "",
) -> None:
    """Delete every resource of the stack, after a preview."""
    consent = Consent(yes, skip_preview, preview_only)
    options = _options(
        parallel,
        target,
        exclude,
        target_dependents=target_dependents,
        exclude_protected=exclude_protected,
        refresh=refresh,
        continue_on_error=continue_on_error,
        message=message,
    )
    with _deployment(cwd, state, stack, config_file, options, diff=diff) as deployment:
        raise typer.Exit(not deployment.destroy(consent))


def _options(
    parallel: int | None,
    target: Sequence[str] | None = None,
    exclude: Sequence[str] | None = None,
    replace: Sequence[str] | None = None,
    target_replace: Sequence[str] | None = None,
    **others: Any,
) -> Options:
    both = target_replace or ()
    if exclude and (target or both):
        raise RehearsalError("--target and --exclude cannot be used together")
    return Options(
        parallel=parallel or DEFAULT_PARALLEL,
        targets=(*(target or ()), *both),
        excludes=exclude or (),
        replace=(*(replace or ()), *both),
        **others,
    )


def _deployment(
    project: Path,
    state: Path,
    stack: str,
    config_file: Path | None,
    options: Options,
    *,
    diff: bool,
    json: bool = False,
) -> AbstractContextManager[Deployment]:
    return Deployment.of(RehearsalFolder.at(state), project, stack, config_file, options, diff, json)
