"""`python -m access preflight`: what would stop `up`, before it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from access.audit.command import Backend, Project, StackName, StateFile
from access.cloud.cloud import Cloud, signed_in
from access.cloud.progress import Progress
from access.cloud.service import RefusedError
from access.cloud.sign_in import Account
from access.errors import AccessError
from access.preflight import azure_checks, directory_checks, rights
from access.preflight.declaration import Declaration, ProgramError, declared
from access.preflight.directory import Directory, Obliging
from access.preflight.fault import Check, Fault
from access.preflight.program_config import ProgramConfig
from access.report.state import parse_state
from access.stack import source
from access.stack.source import NoStateError, Wanted
from access.stack.stack import Stack, object_id

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
    config_file: Annotated[
        Path | None, typer.Option(help="The stack's configuration, if not Pulumi.<stack>.yaml.", metavar="FILE")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How the faults are written.")] = Format.TEXT,
) -> None:
    """Find what would stop `pulumi up`: missing rights, taken names, wrong roles, leftovers; all of it in one run.

    Exit status: 0 nothing would; 1 the preflight could not be made; 2 wrong usage; 3 faults.
    """
    name = source.project_of(project)
    config = ProgramConfig.read(project, name, config_file or project / f"Pulumi.{stack}.yaml")
    deployed = _deployed(Wanted(stack, name, project, state, backend))
    with closing(Progress()) as progress, signed_in(os.environ, progress) as cloud:
        account = cloud.sign_in.account(cloud.endpoints.graph_scope)
        if deployed and deployed.tenant_id and deployed.tenant_id != account.tenant_id:
            raise AccessError(
                f"The stack was deployed to tenant {deployed.tenant_id}, and the login is of tenant "
                f"{account.tenant_id}. Sign in to the stack's tenant."
            )
        subscription = azure_checks.subscription_of(cloud, os.environ.get("ARM_SUBSCRIPTION_ID"))
        faults = list(_faults(project, name, stack, config, cloud, account, subscription, deployed, progress))
    if format_ is Format.JSON:
        listed = [{"check": str(each.check), "problem": each.problem, "remedy": each.remedy} for each in faults]
        signed = {"name": account.name, "objectId": account.object_id, "tenantId": account.tenant_id}
        written = json.dumps({"stack": stack, "account": signed, "faults": listed}, indent=2) + "\n"
    else:
        known = "the stack's state" if deployed else "no state: as a first up"
        lines = [
            f"Signed in as {account}, subscription {subscription}, with {known}.",
            "",
            *(f"{each}\n" for each in faults),
        ]
        lines += [f"{len(faults)} would stop up." if faults else "Nothing would stop up."]
        written = "\n".join(lines) + "\n"
    typer.echo(written.encode(), nl=False)
    if faults:
        raise typer.Exit(FAULTS)


def _deployed(wanted: Wanted) -> Stack | None:
    """Returns what the stack has already; None before its first `up`."""
    try:
        return Stack(parse_state(*source.read(wanted, os.environ)))
    except NoStateError:
        return None


def _faults(
    folder: Path,
    project: str,
    stack: str,
    config: ProgramConfig,
    cloud: Cloud,
    account: Account,
    subscription: str,
    deployed: Stack | None,
    progress: Progress,
) -> Iterator[Fault]:
    progress.say("Asking the program what it declares")
    directory = Directory(cloud.graph, account)
    declaration = None
    values, secrets = config.values, config.secrets
    try:
        declaration = declared(folder, project, stack, values, secrets, directory)
    except ProgramError as error:
        yield Fault(Check.PROGRAM, f"The program refuses: {error}", "Correct this, and run the preflight again.")
        try:
            declaration = declared(folder, project, stack, values, secrets, Obliging(directory, config.grants))
        except ProgramError:
            return  # Its own configuration is wrong: it says no more.
    for type_ in rights.unknown_types(declaration):
        yield Fault(Check.PROGRAM, f"The rights that {type_} takes are not known.", "Check them by hand.")
    applications = frozenset(object_id(each) for each in deployed.applications) if deployed else frozenset[str]()
    known = _known(deployed)
    for told, check in (
        ("the Graph roles", lambda: rights.graph_faults(declaration, account)),
        ("the subscription", lambda: azure_checks.subscription_faults(declaration, cloud, subscription)),
        ("the Azure roles", lambda: rights.azure_faults(declaration, account, cloud, subscription)),
        ("identifier URIs", lambda: _uris(declaration, cloud, account, applications, config)),
        ("registrations", lambda: directory_checks.orphans(declaration, cloud.graph, applications, config.apis)),
        ("names", lambda: azure_checks.name_faults(declaration, cloud, subscription, known)),
        ("the region", lambda: azure_checks.region_faults(declaration, cloud, subscription)),
    ):
        progress.say(f"Checking {told}")
        yield from _seen(told, check)


def _uris(
    declaration: Declaration, cloud: Cloud, account: Account, known: frozenset[str], config: ProgramConfig
) -> Iterator[Fault]:
    return directory_checks.uri_faults(declaration, cloud.graph, account.tenant_id, known, config.apis)


def _seen(told: str, check: Callable[[], Iterable[Fault]]) -> Iterator[Fault]:
    """Yields what a check finds; if it may not look, that is a fault of its own and not the end of the others."""
    try:
        yield from check()
    except RefusedError as error:
        if error.status not in (403, 404):
            raise
        yield Fault(
            Check.PROGRAM,
            f"Not checked: {told}. {error.code}: {error.message}",
            "Get the rights first; then run again.",
        )


def _known(deployed: Stack | None) -> Callable[[str], bool]:
    ids: list[Any] = [(each.id or "").lower() for each in deployed.state.resources] if deployed else []
    return lambda ending: any(each.endswith(ending.lower()) for each in ids)
