"""Bringing what is there and not declared under the program's control: imports, by the stack's configuration."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from access.audit.finding import DEFAULT, Finding, Kind, Standing
from access.audit.table import sentence
from access.cloud.graph import Graph, quoted
from access.report.quoting import visible
from access.roles.risk import Risk
from access.stack.configuration import Configuration
from access.stack.entries import ApiEntry
from access.stack.stack import ROLE_ASSIGNMENT, Stack, component, object_id
from access.urn import logical_name


@dataclass(frozen=True)
class Adoption:
    """An import that the next `up` makes."""

    finding: Finding
    api: str
    """As the grant names it."""
    declared: bool
    """Whether the configuration declares the role already: it was created and never recorded."""

    def __str__(self) -> str:
        """Returns the line that is shown before anything changes."""
        why = "declared, and not in the state" if self.declared else "to be declared"
        role = f"{visible(self.finding.role)} on {visible(self.api)} ({why})"
        return f"import {ROLE_ASSIGNMENT} {self.finding.id}\n    {role}"


@dataclass(frozen=True)
class Unadoptable:
    """Something that the program has no place for."""

    finding: Finding
    reason: str

    def told(self, stack: str) -> str:
        """Returns the lines that say why, and how it is taken away instead."""
        return (
            f"cannot adopt: {sentence(self.finding)}: {self.reason}.\n"
            f"    python -m access audit --stack {shlex.quote(stack)} --revoke --only {shlex.quote(self.finding.id)}"
        )


def plan(
    findings: Sequence[Finding], stack: Stack, configuration: Configuration, graph: Graph
) -> tuple[list[Adoption], list[Unadoptable]]:
    """Returns what can be taken over and what cannot, and changes `configuration` (in memory) so that the next `up`
    takes it over. Raises RefusedError.
    """
    own = {object_id(api): configuration.apis.get(component(api)) for api in stack.apis}
    callers = {identity.object_id: identity.component for identity in stack.identities}
    adoptions: list[Adoption] = []
    others: list[Unadoptable] = []
    for found in findings:
        if found.standing is not Standing.UNDECLARED:
            continue
        reason = _reason(found, own, callers.get(found.principal.id), configuration)
        if reason:
            others.append(Unadoptable(found, reason))
            continue
        api, caller = own.get(found.target.id), callers[found.principal.id]
        name = api.grants_name if api else _name(found, graph)
        names = frozenset({name} if api else {found.target.name, found.target.client_id})
        adoptions.append(Adoption(found, name, configuration.declares(caller, names, found.role)))
        configuration.import_grant(caller, names, name, found.role, found.id)
    return adoptions, others


def stale(adoptions: Sequence[Adoption], findings: Sequence[Finding]) -> list[str]:
    """Returns the names of resources whose state holds another id than the one to be imported: it was made anew."""
    wanted = {_what(each.finding) for each in adoptions}
    return [
        logical_name(found.urn)
        for found in findings
        if found.standing is Standing.MISSING and found.kind is Kind.APP_ROLE and _what(found) in wanted
    ]


def _what(found: Finding) -> tuple[str, str, str]:
    return found.principal.id, found.target.id, found.role_id


def _reason(
    found: Finding, own: Mapping[str, ApiEntry | None], caller: str | None, configuration: Configuration
) -> str:
    """Says why the program has no place for a finding; empty if it has."""
    if found.kind is Kind.AZURE_ROLE:
        return (
            "no configuration declares Azure roles, since the program gives its identities those that they need. If it "
            "is one of these and the state lost it, `pulumi up` makes it again once it is revoked"
        )
    if found.kind is not Kind.APP_ROLE:
        return "the program takes no credential over: only a development client has one, made by the program"
    if found.principal.id in own:
        return "a development client has the roles of its caller and no others; declare it for the caller"
    if not found.own_identity:
        return "the program grants to its own identity only; whoever owns the holder's stack can declare it there"
    if found.role == DEFAULT:
        return "it is access without any role, which no grant can name"
    if found.risk is Risk.UNKNOWN:
        return "the API has no role of this id any more, so no grant can name it"
    if caller not in configuration.callers:
        return f"the configuration has no function app named {caller!r} any more"
    if found.target.id in own:
        api = own[found.target.id]
        if api is None:
            return "the configuration has this API no more"
        if found.role not in api.roles:
            return f"{api.path}.roles does not declare {found.role!r}"
    return ""


def _name(found: Finding, graph: Graph) -> str:
    """Returns how a new grant calls an API: by its name if no other has it, else by its client id."""
    same = graph.pages(
        "/servicePrincipals",
        filter=f"displayName eq {quoted(found.target.name)}",
        select="id,appId,displayName,servicePrincipalType",
    )
    others = [each for each in same if each["servicePrincipalType"] != "ManagedIdentity"]
    return found.target.name if len(others) == 1 else found.target.client_id
