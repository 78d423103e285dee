"""What the directory says to a declaration: identifier URIs, and registrations that are there already."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from access.cloud.graph import Graph, quoted
from access.cloud.service import RefusedError
from access.preflight.declaration import Declaration, Registration
from access.preflight.fault import Check, Fault
from access.report.quoting import visible

_URI = "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri"
_APPLICATION = "azuread:index/application:Application"
_COLLECTIONS = {"/applications": False, "/directory/deletedItems/microsoft.graph.application": True}
"""Where applications are that hold a URI, and whether they are deleted ones."""
_LONGEST_NAME = 256
"""Microsoft Graph reference, "application resource type", `displayName`."""


def uri_faults(
    declaration: Declaration, graph: Graph, tenant_id: str, known: frozenset[str], places: Mapping[str, str]
) -> Iterator[Fault]:
    """Yields what is wrong with identifier URIs that are known beforehand; one with the client id is always free.

    `known` are the object ids of the applications that the stack has already, `places` where each API is configured, by
    its component.
    """
    for registration in declaration.all(_URI):
        uri = registration.known("identifierUri")
        if uri is None or registration.imported:
            continue
        yield from _policy(uri, graph, tenant_id)
        condition = f"identifierUris/any(uri:uri eq {quoted(uri)})"
        for collection, deleted in _COLLECTIONS.items():
            for found in graph.pages(collection, filter=condition, select="id,appId,displayName"):
                if found["id"].lower() not in known:
                    place = _import_of(registration, places)
                    yield _taken(uri, visible(found["displayName"]), found["id"], place, deleted=deleted)


def orphans(
    declaration: Declaration, graph: Graph, known: frozenset[str], places: Mapping[str, str]
) -> Iterator[Fault]:
    """Yields registrations of the declared names that the stack does not know of; the rest is as for `uri_faults`."""
    for registration in declaration.all(_APPLICATION):
        name = registration.known("displayName")
        if name is None or registration.imported:
            continue
        if len(name) > _LONGEST_NAME:
            yield Fault(
                Check.NAME,
                f"The application name {visible(name)} has {len(name)} characters.",
                f"At most {_LONGEST_NAME} are allowed: choose shorter names for API and stack.",
            )
            continue
        for found in graph.pages(
            "/applications", filter=f"displayName eq {quoted(name)}", select="id,appId,displayName"
        ):
            if found["id"].lower() in known:
                continue
            remedy = f"if an earlier stack left it: az ad app delete --id {found['appId']}"
            # A development client has no roles of its own, and nothing in it that would be worth taking over.
            if registration.inputs.get("appRoles"):
                remedy = f"Take it over: {_adoption(found, _import_of(registration, places), graph)}. Or, {remedy}"
            yield Fault(
                Check.ORPHAN,
                f"An application named {visible(name)} ({found['appId']}) is there already and not in the state of the "
                "stack: a second one of the same name would be made.",
                remedy[0].upper() + remedy[1:],
            )


def _adoption(application: Mapping[str, Any], place: str, graph: Graph) -> str:
    """Returns the commands that let the next `up` take over an API's registration, whose imports stand at `place`."""
    principals = graph.pages("/servicePrincipals", filter=f"appId eq {quoted(application['appId'])}", select="id")
    lines = [f"{shlex.quote(f'{place}.application')} /applications/{application['id']}"]
    lines += [f"{shlex.quote(f'{place}.servicePrincipal')} /servicePrincipals/{each['id']}" for each in principals]
    return "; ".join(f"pulumi config set --path {line}" for line in lines)


def _policy(uri: str, graph: Graph, tenant_id: str) -> Iterator[Fault]:
    """The default policy for new URIs (Microsoft Entra documentation, "Restrictions on identifier URIs of Microsoft
    Entra applications").
    """
    if uri.endswith("/"):
        yield Fault(Check.IDENTIFIER_URI, f"{visible(uri)} ends with a slash.", "Leave the slash out.")
        return
    if tenant_id in uri.lower():
        return
    host = (urlsplit(uri).hostname or "").lower()
    try:
        [organization] = graph.pages("/organization", select="id,verifiedDomains")
    except RefusedError as error:
        yield Fault(
            Check.IDENTIFIER_URI,
            f"Whether {visible(uri)} has a verified domain cannot be seen: {error.code}.",
            "Sign in as somebody who may read the organization (Organization.Read.All), or use api://{clientId}.",
        )
        return
    domains = [domain["name"].lower() for domain in organization["verifiedDomains"]]
    if not any(host == domain or host.endswith(f".{domain}") for domain in domains):
        yield Fault(
            Check.IDENTIFIER_URI,
            f"{visible(uri)} is not allowed: {visible(host)} is no verified domain of the tenant.",
            f"Verified are {', '.join(map(visible, domains))}. Use one of them, api://{{tenantId}}/NAME or "
            "api://{clientId}, or verify the domain in the Microsoft Entra admin center.",
        )


def _import_of(registration: Registration, places: Mapping[str, str]) -> str:
    return f"{places.get(registration.component, 'keyless:api')}.import"


def _taken(uri: str, name: str, object_id: str, place: str, *, deleted: bool) -> Fault:
    if deleted:
        return Fault(
            Check.IDENTIFIER_URI,
            f"{visible(uri)} belongs to the deleted application {name} ({object_id}), which keeps it for 30 days.",
            "Remove that for good: az rest --method DELETE --url "
            f"https://graph.microsoft.com/v1.0/directory/deletedItems/{object_id}. Or use api://{{clientId}}.",
        )
    return Fault(
        Check.IDENTIFIER_URI,
        f"{visible(uri)} belongs to the application {name} ({object_id}).",
        f"Use another one; api://{{clientId}} never clashes. Or take the application over with {place}.",
    )
