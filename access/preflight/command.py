"""`python -m access preflight`: what would stop `up`, before it."""

from __future__ import annotations

import json
import os
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from access.cloud.cloud import signed_in
from access.cloud.progress import Progress
from access.preflight import needs
from access.preflight.preflight import Preflight, Program, preflight
from access.preflight.program_config import ProgramConfig
from access.report.state import parse_state
from access.stack import source
from access.stack.options import Backend, ConfigFile, Project, StackName, StateFile
from access.stack.source import NoStateError, Wanted
from access.stack.stack import Stack

FAULTS = 3
"""The exit status for faults; 2 is taken by wrong usage of the command line."""


class Format(StrEnum):
    """How the faults are written."""

    TEXT = "text"
    JSON = "json"


def preflight_command(
    stack: StackName,
    project: Project = Path(),
    state: StateFile = None,
    backend: Backend = None,
    config_file: ConfigFile = None,
    format_: Annotated[Format, typer.Option("--format", help="How the faults are written.")] = Format.TEXT,
) -> None:
    """Find what would stop `pulumi up`: missing rights, taken names, wrong roles, leftovers; all of it in one run.

    Exit status: 0 nothing would; 1 the preflight could not be made; 2 wrong usage; 3 faults.
    """
    name = source.project_of(project)
    config = ProgramConfig.read(project, name, config_file or project / f"Pulumi.{stack}.yaml")
    deployed = _deployed(Wanted(stack, name, project, state, backend))
    with closing(Progress()) as progress, signed_in(os.environ, progress) as cloud:
        program = Program(project, name, stack, config)
        found = preflight(program, deployed, cloud, os.environ.get("ARM_SUBSCRIPTION_ID"), progress)
    if format_ is Format.JSON:
        written = json.dumps(_document(found, stack), indent=2) + "\n"
    else:
        known = "the stack's state" if deployed else "no state: as a first up"
        lines = [
            f"Signed in as {found.account}, subscription {found.subscription}, with {known}.",
            "",
            *(f"{each}\n" for each in found.faults),
            _counted(len(found.faults)),
        ]
        written = "\n".join(lines) + "\n"
    typer.echo(written.encode(), nl=False)
    if found.faults:
        raise typer.Exit(FAULTS)


def _counted(faults: int) -> str:
    if not faults:
        return "No faults: nothing would stop up."
    return "1 fault." if faults == 1 else f"{faults} faults."


def _document(found: Preflight, stack: str) -> dict[str, Any]:
    account = found.account
    return {
        "stack": stack,
        "account": {"name": account.name, "objectId": account.object_id, "tenantId": account.tenant_id},
        "subscriptionId": found.subscription,
        "needs": {
            "graphRoles": [list(right.roles) for right in needs.graph_rights(found.declaration)],
            "azureActions": sorted([*needs.actions(found.declaration), *needs.later_actions(found.declaration)]),
        },
        "faults": [{"check": str(each.check), "problem": each.problem, "remedy": each.remedy} for each in found.faults],
    }


def _deployed(wanted: Wanted) -> Stack | None:
    """Returns what the stack has already; None before its first `up`."""
    try:
        return Stack(parse_state(*source.read(wanted, os.environ)))
    except NoStateError:
        return None
