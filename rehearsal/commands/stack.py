"""`stack output`, `stack export`, `stack import` and `stack rm`, as the real CLI has them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from rehearsal.commands import outputs
from rehearsal.commands.options import DEFAULT_STATE, PROJECT, Cwd, Stack, State, Yes
from rehearsal.engine import stacks
from rehearsal.engine.workspace import Workspace
from rehearsal.environment import passphrase
from rehearsal.errors import RehearsalError
from rehearsal.folder import RehearsalFolder

app = typer.Typer(help="A stack's state as a whole.", no_args_is_help=True)

ShowSecrets = Annotated[bool, typer.Option("--show-secrets", help="Show secrets in clear.")]


@app.command()
def output(
    stack: Stack,
    cwd: Cwd = PROJECT,
    name: Annotated[str | None, typer.Argument(help="Only this output.")] = None,
    state: State = DEFAULT_STATE,
    show_secrets: ShowSecrets = False,
    as_json: Annotated[bool, typer.Option("--json", "-j", help="As JSON.")] = False,
    shell: Annotated[bool, typer.Option("--shell", help="As assignments in a shell script.")] = False,
) -> None:
    """Print the stack's outputs."""
    if as_json and shell:
        raise RehearsalError("only one of --json and --shell may be set")
    found = stacks.outputs(_workspace(cwd, state), stack, show_secrets=show_secrets)
    if name is not None and name not in found:
        raise RehearsalError(f"current stack does not have output property '{name}'")
    if as_json:
        _print(outputs.document(found if name is None else found[name]))
    elif shell:
        _print(outputs.shell(found if name is None else {name: found[name]}))
    else:
        _print(outputs.table(found) if name is None else outputs.text(found[name]))


@app.command()
def export(
    stack: Stack,
    cwd: Cwd = PROJECT,
    state: State = DEFAULT_STATE,
    file: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
    show_secrets: ShowSecrets = False,
) -> None:
    """Print the stack's deployment."""
    text = json.dumps(stacks.export(_workspace(cwd, state), stack, show_secrets=show_secrets), indent=4)
    if file is None:
        _print(text)
    else:
        file.write_text(f"{text}\n", encoding="utf-8")


@app.command("import")
def import_(
    stack: Stack,
    cwd: Cwd = PROJECT,
    state: State = DEFAULT_STATE,
    file: Annotated[Path | None, typer.Option(help="Read this file, not standard input.")] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Also what contradicts itself.")] = False,
) -> None:
    """Make a deployment that was exported the stack's state."""
    text = sys.stdin.read() if file is None else file.read_text(encoding="utf-8")
    try:
        document = json.loads(text)
    except ValueError as fault:
        raise RehearsalError(f"{file or 'standard input'} is no JSON: {fault}") from fault
    if not isinstance(document, dict):
        raise RehearsalError(f"{file or 'standard input'} holds no deployment but a {type(document).__name__}.")
    for remark in stacks.import_state(_workspace(cwd, state), stack, document, force=force):
        sys.stderr.write(f"warning: {remark}\n")
    _print("Import complete.")


@app.command()
def rm(
    stack: Stack,
    cwd: Cwd = PROJECT,
    state: State = DEFAULT_STATE,
    yes: Yes = False,
    force: Annotated[bool, typer.Option("--force", "-f", help="Forget its resources too.")] = False,
    preserve_config: Annotated[
        bool, typer.Option("--preserve-config", help="Leave its configuration file: a rehearsal always does.")
    ] = False,
) -> None:
    """Forget a stack with its history; its configuration file stays."""
    del preserve_config
    if not yes:
        raise RehearsalError("non-interactive mode requires --yes flag: a stack that is removed is forgotten for good")
    stacks.remove(_workspace(cwd, state), stack, force=force)
    _print(f"Stack '{stack}' has been removed!")


def _workspace(cwd: Path, state: Path) -> Workspace:
    return Workspace(project=cwd.absolute(), backend=RehearsalFolder.at(state).backend, passphrase=passphrase())


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
