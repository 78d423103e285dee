"""Who calls: the principal that a valid access token speaks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .refusals import InvalidToken


@dataclass(frozen=True)
class Principal:
    """A principal of the tenant, with the application roles that it holds on this API.

    `object_id` is the id of its service principal (or of the user), `application_id` the client id of the application
    that asked for the token (`azp` in v2 tokens, `appid` in v1). The claims are those of Microsoft's "Access token
    claims reference".
    """

    object_id: str
    application_id: str
    roles: frozenset[str]
    is_application: bool
    claims: Mapping[str, Any]

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> Self:
        """Read the claims of a token whose signature was verified. Raises `InvalidToken` if their types are wrong."""
        roles = claims.get("roles", [])
        if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
            raise InvalidToken("roles is not a list of strings")
        object_id = claims["oid"]
        application_id = claims.get("azp", claims.get("appid"))
        if not isinstance(object_id, str) or not isinstance(application_id, str):
            raise InvalidToken("oid, azp or appid is not a string")
        return cls(object_id, application_id, frozenset(roles), _is_application(claims), claims)


def _is_application(claims: Mapping[str, Any]) -> bool:
    """True if no user stands behind the token.

    `idtyp` says so, but only where the API's registration asks for this optional claim; without it, a token whose `oid`
    equals its `sub` is an application's ("Secure applications and APIs by validating claims", Microsoft Entra
    documentation). A token with `scp` was delegated by a user, whatever else it says.
    """
    if "scp" in claims:
        return False
    if "idtyp" in claims:
        return bool(claims["idtyp"] == "app")
    return bool(claims["oid"] == claims["sub"])
