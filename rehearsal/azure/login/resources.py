"""Resources: the APIs that tokens are asked for, by any of the names they go by."""

from __future__ import annotations

from typing import Any

from rehearsal.azure.authentication import arm_audiences, graph_audiences
from rehearsal.azure.context import ARM_APP_ID, GRAPH_APP_ID, Context


def find(context: Context, name: str) -> dict[str, Any] | None:
    """The service principal of the API called `name`: an application id, an identifier URI, or for Microsoft Graph and
    Resource Manager also the stand-in's own URL. None when the tenant has no such service principal.
    """
    for app_id, names in ((GRAPH_APP_ID, graph_audiences(context)), (ARM_APP_ID, arm_audiences(context))):
        if name in names:
            return _by_app_id(context, app_id)
    by_id = _by_app_id(context, name.lower())
    if by_id is not None:
        return by_id
    for principal in context.store.all("servicePrincipal"):
        if name in principal["servicePrincipalNames"]:
            return principal
    return None


def token_version(context: Context, principal: dict[str, Any]) -> int:
    """1 or 2, as the API's registration says; the endpoint that is called has no say.

    Published APIs get version 1 (Microsoft Entra documentation, "Access tokens", token formats and ownership).
    """
    applications = context.store.find("application", appId=principal["appId"])
    if not applications:
        return 1
    return applications[0]["api"].get("requestedAccessTokenVersion") or 1


def wants_token_type(context: Context, principal: dict[str, Any]) -> bool:
    """Whether tokens for the API carry `idtyp`: for Microsoft Graph and Resource Manager always, for others if their
    registration lists it among its optional claims (Microsoft Entra documentation, "Optional claims reference").
    """
    if principal["appId"] in (GRAPH_APP_ID, ARM_APP_ID):
        return True
    applications = context.store.find("application", appId=principal["appId"])
    claims = ((applications[0].get("optionalClaims") or {}).get("accessToken") or []) if applications else []
    return any(claim.get("name") == "idtyp" for claim in claims)


def _by_app_id(context: Context, app_id: str) -> dict[str, Any] | None:
    found = context.store.find("servicePrincipal", appId=app_id)
    return found[0] if found else None
