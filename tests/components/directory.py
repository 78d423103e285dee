"""A tenant with the service principals given, answering as terraform-provider-azuread words its answers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.components.recording import AnswerError

TENANT = "aaaabbbb-0000-4ccc-8111-dddd2222eeee"
DEPLOYER = "d0000000-0000-4000-8000-000000000001"
GRAPH = "00000003-0000-0000-c000-000000000000"
"""The client id of Microsoft Graph in every tenant."""


def principal(
    display_name: str, client_id: str, *, applications: tuple[str, ...] = (), users: tuple[str, ...] = (), **more: Any
) -> dict[str, Any]:
    """Returns what the provider tells of a service principal with these roles for applications and for users."""
    members = {**dict.fromkeys(applications, "Application"), **dict.fromkeys(users, "User")}
    roles = [
        {
            "value": value,
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, value)),
            "allowedMemberTypes": [member],
            "enabled": True,
            "description": value,
            "displayName": value,
        }
        for value, member in members.items()
    ]
    object_id = str(uuid.uuid5(uuid.NAMESPACE_URL, client_id))
    plain = {"displayName": display_name, "clientId": client_id, "objectId": object_id, "type": "Application"}
    return {**plain, "appRoles": roles, **more}


MICROSOFT_GRAPH = principal(
    "Microsoft Graph", GRAPH, applications=("User.Read.All", "Mail.Send"), users=("User.Invite",)
)


@dataclass(frozen=True)
class Directory:
    """The tenant."""

    principals: tuple[Mapping[str, Any], ...] = (MICROSOFT_GRAPH,)
    listable: bool = True
    """Whether all service principals can be listed within the provider's time limit."""

    def __call__(self, function: str, args: dict[str, Any]) -> dict[str, Any]:
        """Answers one of the provider's functions, or raises what it would fail with."""
        match function:
            case "getClientConfig":
                return {"tenantId": TENANT, "objectId": DEPLOYER, "clientId": str(uuid.UUID(int=1)), "id": "x"}
            case "getServicePrincipals" if self.listable:
                return {"servicePrincipals": [dict(each) for each in self.principals]}
            case "getServicePrincipal":
                return self._one(args)
            case _:
                raise AnswerError(f"invocation of azuread:index/{function}:{function} returned an error: timed out")

    def _one(self, args: dict[str, Any]) -> dict[str, Any]:
        # Microsoft Graph ignores case when it filters, and so does the provider.
        ((key, wanted),) = args.items()
        found = [each for each in self.principals if each[key].casefold() == wanted.casefold()]
        name = "azuread:index/getServicePrincipal:getServicePrincipal"
        if len(found) > 1:
            raise AnswerError(f"invocation of {name} returned an error: Multiple service principals found: several")
        if not found and key == "displayName":
            raise AnswerError(f"invocation of {name} returned an error: Service principal not found: none matching")
        if not found:
            raise AnswerError(f"invocation of {name} returned an error: No service principal found: none")
        return dict(found[0])
