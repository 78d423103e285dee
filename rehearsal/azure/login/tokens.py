"""Access tokens: RS256 JWTs with the claims that real app-only tokens carry.

Claims and their order follow tokens published in issue threads and Microsoft Entra documentation, "Access token claims
reference".
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import jwt

from rehearsal.azure.context import GRAPH_APP_ID, Context
from rehearsal.azure.errors import LoginError
from rehearsal.azure.login import discovery, keys, resources

CLIENT_CREDENTIALS_LIFE = 3599
"""Seconds; by far the commonest `expires_in` in recorded answers, in the range of Microsoft Entra documentation,
"Configurable token lifetimes" (60 to 90 minutes)."""

MANAGED_IDENTITY_LIFE = 86400
"""Seconds (Microsoft Entra documentation, "Managed identities for Azure resources FAQ", token caching)."""

SECRET = "1"  # noqa: S105 (a claim's value)
CERTIFICATE = "2"
"""`appidacr` and `azpacr`: how the client proved itself. Certificates, federated credentials and managed identities
are all "2" (Microsoft Entra documentation, "Access token claims reference")."""

# Published tokens have nbf = iat, five minutes before the moment they were issued.
_BACKDATED = 300


@dataclass(frozen=True)
class Token:
    """A token and the times that the answer repeats, in seconds since 1970."""

    value: str
    expires_on: int
    not_before: int


def issue(
    context: Context,
    client: dict[str, Any],
    resource: str,
    *,
    credential: str,
    life: int,
    managed_identity_resource: str | None = None,
) -> Token:
    """A token for the service principal `client` and the API that `resource` names.

    `roles` are those assigned at this moment, absent when there are none. Raises AADSTS500011 for an API the tenant
    does not know, AADSTS500014 for a disabled one, and AADSTS501051 when the API demands an assignment and the client
    has none.
    """
    api = resources.find(context, resource)
    if api is None:
        raise LoginError(
            500011,
            "invalid_resource",
            f"The resource principal named {resource} was not found in the tenant named {context.tenant.display_name}. "
            "This can happen if the application has not been installed by the administrator of the tenant or consented "
            "to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
        )
    if not api["accountEnabled"]:
        raise LoginError(
            500014,
            "invalid_resource",
            f"The service principal for resource '{resource}' is disabled. This indicate that a subscription within "
            "the tenant has lapsed, or that the administrator for this tenant has disabled the application, "
            "preventing tokens from being issued for it.",
        )
    grants = context.store.find("appRoleAssignment", principalId=client["id"], resourceId=api["id"])
    if api["appRoleAssignmentRequired"] and not grants:
        # The words: Azure/azure-functions-host#9884.
        raise LoginError(
            501051,
            "invalid_grant",
            f"Application '{client['appId']}'({client['displayName']}) is not assigned to a role for the application "
            f"'{resource}'({api['displayName']}).",
        )
    now = int(context.clock.now())
    times = {"iat": now - _BACKDATED, "nbf": now - _BACKDATED, "exp": now + life}
    version = resources.token_version(context, api)
    claims = _version_2(context, api, times) if version == 2 else _version_1(context, resource, times)
    claims |= _identity(context, client, api, credential, version)
    roles = _roles(api, [grant["appRoleId"] for grant in grants])
    if roles:
        claims["roles"] = roles
    if managed_identity_resource is not None:
        claims["xms_mirid"] = managed_identity_resource
    kid, key = keys.signing_key(context)
    headers = {"kid": kid} if version == 2 else {"x5t": kid, "kid": kid}
    return Token(jwt.encode(claims, key, "RS256", headers=headers), times["exp"], times["nbf"])


def _version_1(context: Context, resource: str, times: dict[str, int]) -> dict[str, Any]:
    """The audience is the resource as it was asked for."""
    issuer = discovery.issuer_v1(context.tenant.id)
    return {"aud": resource, "iss": issuer, **times, "idp": issuer, "ver": "1.0"}


def _version_2(context: Context, api: dict[str, Any], times: dict[str, int]) -> dict[str, Any]:
    """The audience is the API's application id. App-only tokens have no `idp`."""
    return {"aud": api["appId"], "iss": discovery.issuer_v2(context.tenant.id), **times, "ver": "2.0"}


def _identity(
    context: Context, client: dict[str, Any], api: dict[str, Any], credential: str, version: int
) -> dict[str, Any]:
    client_claims = ("azp", "azpacr") if version == 2 else ("appid", "appidacr")
    claims: dict[str, Any] = {
        "aio": secrets.token_urlsafe(24),
        client_claims[0]: client["appId"],
        client_claims[1]: credential,
        "oid": client["id"],
        "rh": f"1.{secrets.token_urlsafe(24)}.",
        "sub": client["id"],
        "tid": context.tenant.id,
        "uti": secrets.token_urlsafe(16),
    }
    if api["appId"] == GRAPH_APP_ID:
        claims["app_displayname"] = client["displayName"]
        claims["tenant_region_scope"] = "EU"
    if resources.wants_token_type(context, api):
        claims["idtyp"] = "app"
    return claims


def _roles(api: dict[str, Any], assigned: list[str]) -> list[str]:
    """Values of the assigned roles. A disabled role still counts while it is assigned (MicrosoftDocs/entra-docs#1405),
    the default role 00000000-… has no value.
    """
    values = {role["id"]: role.get("value") for role in api["appRoles"]}
    return [value for role_id in assigned if (value := values.get(role_id))]
