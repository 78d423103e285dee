"""Reading a token without believing it: its header, its claims, and what each claim means."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from access.errors import BadInputError
from access.report.quoting import visible

LONGEST = 65_536
"""Characters that are looked at; Entra's tokens have one or two thousand."""
_PART = re.compile(r"[A-Za-z0-9_-]*=*")
TIMES = frozenset({"exp", "iat", "nbf"})

MEANINGS = {
    "aud": "for whom the token is meant",
    "iss": "who issued it",
    "tid": "the tenant it was issued in",
    "ver": "the version of its form, decided by the API's registration (requestedAccessTokenVersion)",
    "oid": "the object id of who it speaks for",
    "sub": "who it speaks for, as this API knows it; equals oid for an application",
    "azp": "the client id of the application that asked for it (version 2)",
    "appid": "the client id of the application that asked for it (version 1)",
    "azpacr": "how the application proved itself: 0 not at all, 1 by a secret, 2 by a certificate or an identity",
    "appidacr": "how the application proved itself: 0 not at all, 1 by a secret, 2 by a certificate or an identity",
    "idtyp": "app: it speaks for an application, not for a user",
    "roles": "the app roles that its bearer holds on the API",
    "scp": "what a user has let the application do in the user's name",
    "wids": "the directory roles of its bearer",
    "groups": "the groups of its bearer",
    "iat": "when it was issued",
    "nbf": "from when it is valid",
    "exp": "until when it is valid",
    "nonce": "binds an ID token to a sign-in",
    "name": "the user's name, for display",
    "preferred_username": "the user's login name, for display",
    "upn": "the user's login name",
    "app_displayname": "the application's name, for display",
    "idp": "where its bearer signed in",
    "xms_mirid": "the Azure resource that the managed identity belongs to",
    "uti": "its own number, for logs",
    "rh": "used by Entra itself",
    "aio": "used by Entra itself",
    "acr": "how the user signed in",
    "amr": "how the user signed in",
}
"""Microsoft Entra documentation, "Access token claims reference"."""


@dataclass(frozen=True)
class Token:
    """A token taken apart. The raw text is for the checks that need it and never shown, as little as the signature."""

    raw: str
    header: dict[str, Any]
    claims: dict[str, Any]

    def __repr__(self) -> str:
        """Hides the token."""
        return "Token(…)"


def read(text: str) -> Token:
    """Takes a token apart, with or without `Bearer` before it.

    Raises BadInputError, whose message holds nothing of the token.
    """
    raw = text.strip().strip("\"'")
    if raw[:7].lower() == "bearer ":
        raw = raw[7:].strip()
    if not raw:
        raise BadInputError("There is no token: the input is empty. Pipe an access token in.")
    if len(raw) > LONGEST:
        raise BadInputError(f"The input has {len(raw)} characters, and no token has more than {LONGEST}.")
    parts = raw.split(".")
    if len(parts) == 5:
        raise BadInputError(
            "This is an encrypted token (JWE, five parts): only who holds the key can read it, and the API takes "
            "signed ones only. Remove the encryption (tokenEncryptionKeyId) from the API's registration."
        )
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise BadInputError(
            f"This is no signed token: it has {len(parts)} parts separated by dots, and a JWT has three of "
            "A-Z a-z 0-9 - _. A refresh token, an authorisation code or a token of a personal account can only be read "
            "by Entra itself."
        )
    header, claims = _object(parts[0]), _object(parts[1])
    if header is None or claims is None:
        raise BadInputError(
            f"This is no token: its {'header' if header is None else 'claims'} cannot be read as a JSON object. "
            "Was it copied whole?"
        )
    return Token(raw, header, claims)


def shown(name: str, value: Any) -> str:
    """Returns a claim's value for a person: times as dates, everything harmless to a terminal."""
    if name in TIMES and isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC ({value})"
        except (OverflowError, OSError, ValueError):
            return f"{value}, which is no date"
    return visible(value if isinstance(value, str) else json.dumps(value))


def _object(part: str) -> dict[str, Any] | None:
    try:
        found = json.loads(urlsafe_b64decode(part.rstrip("=") + "=" * (-len(part.rstrip("=")) % 4)))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
