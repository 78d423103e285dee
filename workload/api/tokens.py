"""Validation of access tokens. PyJWT does the cryptography; this module says what else must be true."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from typing import Any

import jwt

from .keys import ALGORITHM, SigningKeys
from .principal import Principal
from .refusals import InvalidToken, MalformedCredentials, TokenMissing
from .settings import Settings

LEEWAY = 60  # seconds by which the issuer's clock and ours may differ
LONGEST_TOKEN = 16_384  # characters; Entra's are one or two thousand

_REQUIRED_CLAIMS = ["aud", "exp", "iat", "iss", "nbf", "oid", "sub", "tid", "ver"]

# The header of Entra's tokens ("Access token claims reference", header claims). Everything else is refused: `jwk`,
# `jku` and `x5u` bring keys of the sender's own, `crit` changes what must be understood (RFC 8725, section 3).
_HEADER_PARAMETERS = frozenset({"typ", "alg", "kid", "x5t"})

_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def bearer_token(authorization: Sequence[str]) -> str:
    """The token of a request, from the values of all its Authorization headers (RFC 6750, section 2.1).

    A token in the query or the body is not looked for: URLs end up in logs. Raises `TokenMissing` or
    `MalformedCredentials`.
    """
    if not authorization:
        raise TokenMissing("no Authorization header")
    if len(authorization) > 1:
        raise MalformedCredentials(f"{len(authorization)} Authorization headers")
    scheme, _, token = authorization[0].partition(" ")
    if scheme.lower() != "bearer":
        raise TokenMissing("another scheme than Bearer")
    token = token.strip(" ")
    if not token:
        raise MalformedCredentials("Bearer without a token")
    return token


class TokenValidator:
    """Accepts the access tokens that one issuer made for this API in one tenant, and nothing else."""

    def __init__(self, settings: Settings, keys: SigningKeys) -> None:
        self._settings = settings
        self._keys = keys
        self._jwt = jwt.PyJWT({"require": _REQUIRED_CLAIMS, "strict_aud": True})

    async def principal(self, token: str) -> Principal:
        """The principal that the token speaks for.

        Checked are signature, issuer, audience, tenant, version and life span; what the principal may do is up to the
        operation. Raises `InvalidToken`, or `KeysUnavailable` if the signature cannot be checked at all.
        """
        key = await self._keys.key(_key_id(token))
        try:
            claims = self._jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._settings.audience,
                issuer=self._settings.issuer,
                leeway=LEEWAY,
            )
        except jwt.PyJWTError as error:
            raise InvalidToken(type(error).__name__) from None
        if claims["tid"] != self._settings.tenant_id:
            raise InvalidToken("another tenant")
        if claims["ver"] != self._settings.token_version:
            raise InvalidToken("another token version")
        # PyJWT takes "1795404415", 1795404415.9 and true for times as well. Entra writes integers.
        if any(type(claims[time]) is not int for time in ("exp", "iat", "nbf")):
            raise InvalidToken("a time that is no integer")
        return Principal.of(claims)


class _RepeatedParameterError(ValueError):
    """A header names a parameter twice; RFC 7515, section 4, forbids it, and parsers disagree on which one counts."""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise _RepeatedParameterError
    return parameters


_header_decoder = json.JSONDecoder(object_pairs_hook=_once_each)


def _key_id(token: str) -> str:
    """The id of the key that the token says it is signed with, from a header as Entra writes it.

    The header is read before PyJWT reads it again, because the key must be known first. Raises `InvalidToken`.
    """
    form = _COMPACT.fullmatch(token) if len(token) <= LONGEST_TOKEN else None
    if form is None:
        raise InvalidToken("not a signed token of acceptable size")
    try:
        header = _header_decoder.decode(urlsafe_b64decode(form[1] + "==").decode())
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or not header.keys() <= _HEADER_PARAMETERS:
        raise InvalidToken("not a header that Entra writes")
    key_id = header.get("kid")
    if header.get("alg") != ALGORITHM or header.get("typ", "JWT") != "JWT" or not isinstance(key_id, str):
        raise InvalidToken("another algorithm or type, or no key id")
    return key_id
