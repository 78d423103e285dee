"""The issuers whose tokens may be federated assertions, and the keys that they sign with."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt

from rehearsal.azure.context import Context
from rehearsal.azure.errors import LoginError

_KIND = "federatedIssuer"
_MOST_KEYS = 100
_PATIENCE = 10.0
"""Seconds an issuer has for each of its documents."""


def know_by_keys(context: Context, issuer: str, jwks: dict[str, Any]) -> None:
    """Take `jwks` for the keys of `issuer`. Raises `ValueError` if it is not a JSON web key set with RSA keys."""
    _keys(jwks)
    context.store.put(_KIND, issuer, {"issuer": issuer, "jwks": jwks, "url": None})


def know_by_url(context: Context, issuer: str, url: str) -> None:
    """Ask for the keys of `issuer` at `url`, each time they are needed, as Entra asks at the issuer itself: an
    issuer's string is its address (OpenID Connect Discovery 1.0), but that of a real one is not on this machine.

    Raises `ValueError` for a URL that leads off this machine.
    """
    if not _is_local(url):
        raise ValueError(f"'{url}' is no http or https URL on a loopback address")
    context.store.put(_KIND, issuer, {"issuer": issuer, "jwks": None, "url": url.rstrip("/")})


def keys_of(context: Context, issuer: str) -> list[jwt.PyJWK]:
    """The keys of an issuer as of now; only the first hundred count (Microsoft Entra documentation, "Important
    considerations and restrictions for federated identity credentials").

    Raises `LoginError` 50166 for an issuer that is unknown, does not answer or is another one
    (Azure/azure-workload-identity#642).
    """
    try:
        return _keys(_key_set(issuer, context.store.get(_KIND, issuer)))
    except (ValueError, httpx.HTTPError) as error:
        raise LoginError(
            50166,
            "invalid_request",
            f"Request to External OIDC endpoint failed. (The stand-in knows issuers from its control route "
            f"/_rehearsal/issuers: {error}.)",
        ) from error


def _key_set(issuer: str, known: dict[str, Any] | None) -> Any:
    if known is None:
        raise ValueError(f"nobody registered the issuer {issuer}")
    return known["jwks"] or _published(issuer, known["url"])


def _published(issuer: str, url: str) -> Any:
    with httpx.Client(trust_env=False, timeout=_PATIENCE) as client:
        described = client.get(f"{url}/.well-known/openid-configuration").raise_for_status().json()
        if not isinstance(described, dict) or described.get("issuer") != issuer:
            raise ValueError(f"{url} is not the issuer {issuer}")
        place = described.get("jwks_uri")
        if not isinstance(place, str) or not _is_local(place):
            raise ValueError(f"the keys of {issuer} are not on this machine")
        return client.get(place).raise_for_status().json()


def _keys(jwks: Any) -> list[jwt.PyJWK]:
    try:
        keys = jwt.PyJWKSet.from_dict(jwks).keys[:_MOST_KEYS]
    except (jwt.PyJWTError, AttributeError, TypeError) as error:
        raise ValueError(str(error)) from error
    if any(key.key_type != "RSA" or key.key_id is None for key in keys):
        raise ValueError("every key needs the type RSA and a 'kid'")
    return keys


def _is_local(url: str) -> bool:
    parts = urlsplit(url)
    try:
        return parts.scheme in ("http", "https") and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
