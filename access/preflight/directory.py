"""The look-ups of a program, answered from the real tenant in the form and with the words of the azuread provider.

Source of the words: terraform-provider-azuread, `service_principal_data_source.go`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from access.cloud.graph import Graph, quoted
from access.cloud.sign_in import Account
from access.preflight.declaration import LookupFailedError

_SELECT = "id,appId,displayName,servicePrincipalType,appRoles"


class Directory:
    """Answers `getClientConfig`, `getServicePrincipal` and `getServicePrincipals`."""

    def __init__(self, graph: Graph, account: Account) -> None:
        """`account` is who is signed in."""
        self._graph = graph
        self._account = account

    def __call__(self, function: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Returns a function's result. Raises LookupFailedError and AccessError."""
        match function:
            case "getClientConfig":
                account = self._account
                return {"tenantId": account.tenant_id, "objectId": account.object_id, "clientId": account.client_id}
            case "getServicePrincipal":
                return self._one(arguments)
            case "getServicePrincipals":
                everything = self._graph.pages("/servicePrincipals", select="id,appId,displayName,servicePrincipalType")
                return {"servicePrincipals": [_shown(each) for each in everything]}
        raise LookupFailedError(f"preflight cannot answer {function}")

    def _one(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        name = "appId" if "clientId" in arguments else "displayName"
        wanted = str(arguments.get("clientId") or arguments.get("displayName"))
        found = list(self._graph.pages("/servicePrincipals", filter=f"{name} eq {quoted(wanted)}", select=_SELECT))
        if len(found) > 1:
            raise LookupFailedError(f"Multiple service principals found: {len(found)} are named {wanted!r}")
        if not found:
            raise LookupFailedError(f"Service principal not found: none with {name} {wanted!r}")
        return _shown(found[0])


class Obliging:
    """A directory in which every API exists with every role: so that a program with wrong grants still says what else
    it declares.
    """

    def __init__(self, directory: Directory, grants: Sequence[Mapping[str, Any]]) -> None:
        """`grants` are those of the configuration: which roles are wanted, by API."""
        self._directory = directory
        self._grants = grants

    def __call__(self, function: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Returns a function's result."""
        if function != "getServicePrincipal":
            return self._directory(function, arguments)
        api = str(arguments.get("clientId") or arguments.get("displayName"))
        wanted = [role for grant in self._grants if grant.get("api") == api for role in grant.get("roles") or ()]
        made_up = str(uuid.uuid5(uuid.NAMESPACE_URL, api))
        return {
            "displayName": api,
            "clientId": str(arguments.get("clientId") or made_up),
            "objectId": made_up,
            "type": "Application",
            "appRoles": [
                {"value": role, "id": made_up, "allowedMemberTypes": ["Application"], "enabled": True}
                for role in wanted
            ],
        }


def _shown(principal: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "displayName": principal["displayName"],
        "clientId": principal["appId"],
        "objectId": principal["id"],
        "type": principal["servicePrincipalType"],
        "appRoles": [
            {
                "value": role["value"] or "",
                "id": role["id"],
                "allowedMemberTypes": role["allowedMemberTypes"],
                "enabled": role["isEnabled"],
            }
            for role in principal.get("appRoles") or ()
        ],
    }
