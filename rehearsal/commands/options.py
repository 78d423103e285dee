"""The options that several commands have: the CLI's flags, and the state folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from rehearsal.errors import RehearsalError
from rehearsal.folder import DEFAULT_NAME

PROJECT = Path(__file__).resolve().parents[2]
DEFAULT_STATE = PROJECT / DEFAULT_NAME


def _entered(folder: Path) -> Path:
    """Goes there, so that the paths of other options are seen from there too."""
    if folder == PROJECT:
        return folder
    try:
        os.chdir(folder)
    except OSError as fault:
        raise RehearsalError(f"--cwd {folder} can't be gone to: {fault.strerror}") from fault
    return Path.cwd()


Cwd = Annotated[
    Path,
    typer.Option(
        "--cwd",
        "-C",
        callback=_entered,
        is_eager=True,
        help="Run as if started in this folder: the project there, not the repository's.",
    ),
]
State = Annotated[Path, typer.Option(help="The one folder that everything of the rehearsal is kept in.")]
Stack = Annotated[str, typer.Option("--stack", "-s", help="The stack: dev or prod, or any with a Pulumi.<stack>.yaml.")]
Json = Annotated[bool, typer.Option("--json", "-j", help="As `pulumi preview --json`.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Go on after the preview without asking.")]
SkipPreview = Annotated[bool, typer.Option("--skip-preview", "-f", help="Leave the preview out.")]
PreviewOnly = Annotated[bool, typer.Option("--preview-only", help="Stop after the preview.")]
Diff = Annotated[bool, typer.Option("--diff", help="Show every property, not a line per resource.")]
ConfigFile = Annotated[Path | None, typer.Option(help="Take the stack's configuration from this file.")]
Parallel = Annotated[int | None, typer.Option("--parallel", "-p", help="How many operations may run at once.", min=1)]
Target = Annotated[
    list[str] | None,
    typer.Option("--target", "-t", help="Only this URN (may be repeated; * and ** stand for any text)."),
]
TargetDependents = Annotated[bool, typer.Option("--target-dependents", help="And what depends on the targets.")]
PolicyPacks = Annotated[
    list[str] | None, typer.Option("--policy-pack", help="Ask the policy pack in this folder (may be repeated).")
]
PolicyPackConfigs = Annotated[
    list[Path] | None,
    typer.Option("--policy-pack-config", help="Configure the pack of the --policy-pack in the same place."),
]
Exclude = Annotated[list[str] | None, typer.Option("--exclude", "-x", help="All but this URN (may be repeated).")]
ExcludeDependents = Annotated[bool, typer.Option("--exclude-dependents", help="And but what depends on those.")]
Replace = Annotated[list[str] | None, typer.Option("--replace", help="Replace this URN (may be repeated).")]
TargetReplace = Annotated[
    list[str] | None, typer.Option("--target-replace", help="--target and --replace for this URN (may be repeated).")
]
ContinueOnError = Annotated[
    bool,
    typer.Option("--continue-on-error", help="After a failure, go on with what does not depend on what failed."),
]
Refresh = Annotated[bool, typer.Option("--refresh", "-r", help="Read what is really there first.")]
NoChanges = Annotated[bool, typer.Option("--expect-no-changes", help="Fail if anything would change.")]
Message = Annotated[str, typer.Option("--message", "-m", help="What the history says about the run.")]
