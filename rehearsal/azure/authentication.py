"""Who calls: the bearer token of a request, checked as Graph, Resource Manager and the control routes check theirs."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jwt

from rehearsal.azure.context import ARM_AUDIENCES, GRAPH_APP_ID, Context
from rehearsal.azure.errors import ArmError, ControlError, GraphError
from rehearsal.azure.login import keys
from rehearsal.azure.routing import Caller, Service

_GRAPH_NAMES = ("https://graph.microsoft.com", "https://graph.microsoft.com/", GRAPH_APP_ID)


class _BadTokenError(Exception):
    """Why a token is refused, before it is said in the service's own words."""

    def __init__(self, reason: str, graph: str, arm_code: str, arm: str) -> None:
        super().__init__(reason)
        self.graph, self.arm_code, self.arm = graph, arm_code, arm


def authenticate(context: Context, service: Service, headers: Mapping[str, str]) -> Caller | None:
    """The caller of a request to a route that needs a token; None for the control routes, whose key belongs to nobody.

    Raises the service's 401 for a token that is missing, malformed, expired, not ours or meant for somebody else.
    """
    if service is Service.CONTROL:
        _check_control_key(context, headers)
        return None
    try:
        claims = _claims(context, _bearer(headers))
        _check_audience(context, service, claims["aud"])
    except _BadTokenError as error:
        if service is Service.GRAPH:
            raise GraphError(401, "InvalidAuthenticationToken", error.graph) from None
        challenge = (
            f'Bearer authorization_uri="https://login.microsoftonline.com/{context.tenant.id}", '
            f'error="invalid_token", error_description="{error.arm}"'
        )
        raise ArmError(401, error.arm_code, error.arm, headers={"WWW-Authenticate": challenge}) from None
    roles = frozenset(claims.get("roles", ()))
    return Caller(claims["oid"], claims.get("appid") or claims["azp"], roles, claims["aud"])


def graph_audiences(context: Context) -> tuple[str, ...]:
    """The names by which Microsoft Graph can be asked for: its real ones, and the stand-in's own URL, which the
    metadata document gives as `microsoftGraphResourceId`.
    """
    return (*_GRAPH_NAMES, context.https_url, context.https_url + "/")


def arm_audiences(context: Context) -> tuple[str, ...]:
    """The names by which Resource Manager can be asked for, with and without the slash at the end."""
    real = tuple(name for audience in ARM_AUDIENCES for name in (audience, audience.rstrip("/")))
    return (*real, context.https_url, context.https_url + "/")


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        missing = "The authentication failed because of missing 'Authorization' header."
        raise _BadTokenError("no token", "Access token is empty.", "AuthenticationFailed", missing)
    return token.strip()


def _claims(context: Context, token: str) -> dict[str, Any]:
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        key = keys.public_key(context, kid) if isinstance(kid, str) else None
        if key is None:
            raise _BadTokenError(
                "unknown key", "Invalid x5t claim.", "InvalidAuthenticationToken", "The access token is invalid."
            )
        # Times are checked below, by the stand-in's own clock.
        unchecked = {"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False}
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], options=unchecked)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise _BadTokenError(
            "not a token of ours",
            "Access token validation failure.",
            "InvalidAuthenticationToken",
            "The access token is invalid.",
        ) from error
    now = context.clock.now()
    if claims["exp"] <= now:
        expiry, current = (_american(moment) for moment in (claims["exp"], now))
        raise _BadTokenError(
            "expired",
            "Lifetime validation failed, the token is expired.",
            "ExpiredAuthenticationToken",
            f"The access token expiry UTC time '{expiry}' is earlier than current UTC time '{current}'.",
        )
    return claims


def _check_audience(context: Context, service: Service, audience: str) -> None:
    allowed = graph_audiences(context) if service is Service.GRAPH else arm_audiences(context)
    if audience not in allowed:
        names = ",".join(ARM_AUDIENCES)
        raise _BadTokenError(
            "wrong audience",
            "Access token validation failure. Invalid audience.",
            "InvalidAuthenticationToken",
            f"The access token has been obtained for wrong audience or resource '{audience}'. "
            f"It should exactly match with one of the allowed audiences '{names}'.",
        )


def _check_control_key(context: Context, headers: Mapping[str, str]) -> None:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(key.strip().encode(), context.control_key.encode()):
        raise ControlError(401, "Control routes need 'Authorization: Bearer {control key of this stand-in}'.")


def _american(moment: float) -> str:
    """As Resource Manager writes times in this one message (terraform-provider-azurerm#20867)."""
    time = datetime.fromtimestamp(moment, UTC)
    return f"{time.month}/{time.day}/{time.year} {time.strftime('%I:%M:%S %p').lstrip('0')}"
