"""What a creation may have left that was begun and never heard of again: the objects that fit its inputs.

The real provider cannot say: whoever was interrupted looks for the object and imports it (azuread#763, azuread#1759).
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from rehearsal.providers.azuread.graph import Graph, quoted
from rehearsal.providers.http import Deadline
from rehearsal.providers.values import Properties, is_known

UNFINISHED: Final = "TERRAFORM_UPDATE_"
"""How the display name of an application begins while the provider waits for its replication."""

_SECONDS: Final = 300.0
_Find = Callable[[Graph, Properties, Deadline], Awaitable[list[str]]]


async def candidates(graph: Graph, type_name: str, inputs: Properties) -> list[str] | None:
    """The ids of all objects of a type that fit the inputs; None when these aren't known well enough to say.

    Raises `NotImplementedError` for a type that can't be looked for.
    """
    needed, find = _KINDS.get(type_name, ((), None))
    if find is None:
        raise NotImplementedError(f"{type_name} can't be listed")
    if not all(name in inputs and is_known(inputs[name]) for name in needed):
        return None
    return await find(graph, inputs, Deadline(_SECONDS))


async def _applications(graph: Graph, inputs: Properties, deadline: Deadline) -> list[str]:
    """Applications of that name with those roles, and those that the provider was still about to name."""
    named = await graph.all("/applications", deadline, filtered=f"displayName eq {quoted(inputs['displayName'])}")
    unfinished = await graph.all("/applications", deadline, filtered=f"startswith(displayName,'{UNFINISHED}')")
    roles = _role_ids(inputs.get("appRoles"))
    return [f"/applications/{each['id']}" for each in [*named, *unfinished] if _role_ids(each.get("appRoles")) == roles]


async def _identifier_uris(graph: Graph, inputs: Properties, deadline: Deadline) -> list[str]:
    application, uri = inputs["applicationId"], inputs["identifierUri"]
    found = await graph.found(application, deadline)
    if found is None or uri not in (found.get("identifierUris") or ()):
        return []
    return [f"{application}/identifierUris/{base64.standard_b64encode(uri.encode()).decode()}"]


async def _federated_credentials(graph: Graph, inputs: Properties, deadline: Deadline) -> list[str]:
    application = inputs["applicationId"]
    if await graph.found(application, deadline) is None:
        return []
    return [
        f"{application.rpartition('/')[2]}/federatedIdentityCredential/{each['id']}"
        for each in await graph.all(f"{application}/federatedIdentityCredentials", deadline)
        if each["name"] == inputs["displayName"]
    ]


async def _service_principals(graph: Graph, inputs: Properties, deadline: Deadline) -> list[str]:
    found = await graph.all("/servicePrincipals", deadline, filtered=f"appId eq {quoted(inputs['clientId'])}")
    return [f"/servicePrincipals/{each['id']}" for each in found]


async def _app_role_assignments(graph: Graph, inputs: Properties, deadline: Deadline) -> list[str]:
    held = f"/servicePrincipals/{inputs['resourceObjectId']}/appRoleAssignedTo"
    if await graph.found(f"/servicePrincipals/{inputs['resourceObjectId']}", deadline) is None:
        return []
    return [
        f"{held}/{each['id']}"
        for each in await graph.all(held, deadline)
        if (each["principalId"], each["appRoleId"]) == (inputs["principalObjectId"], inputs["appRoleId"])
    ]


def _role_ids(roles: Any) -> set[str]:
    return {role["id"] for role in roles or () if isinstance(role, Mapping)}


_KINDS: Final[Mapping[str, tuple[tuple[str, ...], _Find]]] = {
    "azuread:index/application:Application": (("displayName",), _applications),
    "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri": (
        ("applicationId", "identifierUri"),
        _identifier_uris,
    ),
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": (
        ("applicationId", "displayName"),
        _federated_credentials,
    ),
    "azuread:index/servicePrincipal:ServicePrincipal": (("clientId",), _service_principals),
    "azuread:index/appRoleAssignment:AppRoleAssignment": (
        ("appRoleId", "principalObjectId", "resourceObjectId"),
        _app_role_assignments,
    ),
}
