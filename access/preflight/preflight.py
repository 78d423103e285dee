"""The preflight itself: what a program declares, held against the tenant and the subscription as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from access.cloud.cloud import Cloud
from access.cloud.progress import Progress
from access.cloud.service import RefusedError
from access.cloud.sign_in import Account
from access.errors import AccessError
from access.preflight import azure_checks, directory_checks, needs, rights
from access.preflight.declaration import Declaration, ProgramError, declared
from access.preflight.directory import Directory, Obliging
from access.preflight.fault import Check, Fault
from access.preflight.program_config import ProgramConfig
from access.stack.stack import Stack, object_id


@dataclass(frozen=True)
class Program:
    """The program of a stack, with the stack's configuration."""

    folder: Path
    project: str
    stack: str
    config: ProgramConfig


@dataclass(frozen=True)
class Preflight:
    """What was found."""

    account: Account
    subscription: str
    declaration: Declaration
    """Empty if the program does not get as far as declaring anything."""
    faults: tuple[Fault, ...]


def preflight(
    program: Program, deployed: Stack | None, cloud: Cloud, subscription: str | None, progress: Progress
) -> Preflight:
    """Finds everything that would stop an `up`; `deployed` is what the stack has already, `subscription` the one to
    deploy to, if it was named.

    Raises AccessError: also if the stack is of another tenant than the login.
    """
    account = cloud.sign_in.account(cloud.endpoints.graph_scope)
    if deployed and deployed.tenant_id and deployed.tenant_id != account.tenant_id:
        raise AccessError(
            f"The stack was deployed to tenant {deployed.tenant_id}, and the login is of tenant {account.tenant_id}: "
            "nothing was checked. Sign in to the stack's tenant (`az login --tenant ...`, or ARM_TENANT_ID)."
        )
    where = azure_checks.subscription_of(cloud, subscription)
    progress.say("Asking the program what it declares")
    declaration, refusals = _declaration(program, Directory(cloud.graph, account))
    found = _found(declaration, program.config, deployed, cloud, account, where, progress)
    return Preflight(account, where, declaration, (*refusals, *found))


def _declaration(program: Program, directory: Directory) -> tuple[Declaration, list[Fault]]:
    """Returns what the program declares, and why it refuses to go on if it does."""
    config = program.config

    def run(answer: Directory | Obliging) -> Declaration:
        return declared(program.folder, program.project, program.stack, config.values, config.secrets, answer)

    try:
        return run(directory), []
    except ProgramError as error:
        fault = Fault(Check.PROGRAM, f"The program refuses: {error}", "Correct this, and run the preflight again.")
    except RefusedError as error:
        if error.status != HTTPStatus.FORBIDDEN:
            raise
        fault = _unseen("which APIs and roles there are", error)
    try:
        return run(Obliging(directory, config.grants)), [fault]
    except ProgramError:
        return Declaration(), [fault]  # Its own configuration is wrong: it says no more.


def _found(
    declaration: Declaration,
    config: ProgramConfig,
    deployed: Stack | None,
    cloud: Cloud,
    account: Account,
    subscription: str,
    progress: Progress,
) -> Iterator[Fault]:
    for type_ in needs.unknown_types(declaration):
        yield Fault(Check.PROGRAM, f"The rights that {type_} takes are not known.", "Check them by hand.")
    applications = frozenset(object_id(each) for each in deployed.applications) if deployed else frozenset[str]()
    known = _known(deployed)
    checks: tuple[tuple[str, Callable[[], Iterator[Fault]]], ...] = (
        ("the Graph roles", lambda: rights.graph_faults(declaration, account)),
        ("the subscription", lambda: azure_checks.subscription_faults(declaration, cloud, subscription)),
        ("the Azure roles", lambda: rights.azure_faults(declaration, account, cloud, subscription)),
        (
            "identifier URIs",
            lambda: directory_checks.uri_faults(declaration, cloud.graph, account.tenant_id, applications, config.apis),
        ),
        ("registrations", lambda: directory_checks.orphans(declaration, cloud.graph, applications, config.apis)),
        ("names", lambda: azure_checks.name_faults(declaration, cloud, subscription, known)),
        ("the region", lambda: azure_checks.region_faults(declaration, cloud, subscription)),
    )
    for told, check in checks if declaration.resources else ():
        progress.say(f"Checking {told}")
        yield from _seen(told, check)


def _seen(told: str, check: Callable[[], Iterable[Fault]]) -> Iterator[Fault]:
    """Yields what a check finds; if it may not look, that is a fault of its own and not the end of the others."""
    try:
        yield from check()
    except RefusedError as error:
        if error.status not in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            raise
        yield _unseen(told, error)


def _unseen(what: str, error: RefusedError) -> Fault:
    return Fault(
        Check.UNSEEN,
        f"Not checked: {what}. {error.code}: {error.message}",
        "Get the rights first, then run again; or let somebody run it who may read (Reader, Application.Read.All).",
    )


def _known(deployed: Stack | None) -> Callable[[str], bool]:
    ids = [(each.id or "").lower() for each in deployed.state.resources] if deployed else []
    return lambda ending: any(each.endswith(ending.lower()) for each in ids)
