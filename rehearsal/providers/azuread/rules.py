"""What values attributes accept, and what is said of others: the words of terraform-provider-azuread's validation."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from rehearsal.providers.azuread.schema import Rule

_UUID = re.compile(r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)\Z")
_CLAIM_VALUE = re.compile(r"^[A-Za-z0-9:!#$%&'()*+,./;<=>?@\[\]^+_{|}~`-]*$")


def not_empty(path: str, value: Any) -> str | None:
    """Refuses the empty string."""
    return None if value else f'expected "{path}" to not be an empty string, got {value}'


def is_uuid(path: str, value: Any) -> str | None:
    """Refuses what is no UUID."""
    return None if _UUID.match(value) else f'expected "{path}" to be a valid UUID, got {value}'


def one_of(*allowed: str) -> Rule:
    """Refuses all but these."""
    quoted = " ".join(f'"{name}"' for name in allowed)

    def rule(path: str, value: Any) -> str | None:
        return None if value in allowed else f"expected {path} to be one of [{quoted}], got {value}"

    return rule


def at_most(characters: int) -> Rule:
    """Refuses longer strings."""
    return length(0, characters)


def length(least: int, most: int) -> Rule:
    """Refuses strings of fewer or more characters, as Go counts them."""

    def rule(path: str, value: Any) -> str | None:
        if least <= len(value.encode()) <= most:
            return None
        return f"expected length of {path} to be in the range ({least} - {most}), got {value}"

    return rule


def token_version(_path: str, value: Any) -> str | None:
    """Refuses access token versions other than 1 and 2."""
    return None if value in (1, 2) else "Value must be one of: 1, 2"


def claim_value(_path: str, value: Any) -> str | None:
    """Refuses what cannot be in the claims `roles` and `scp` (Microsoft Graph reference, "appRole resource type")."""
    if len(value) > 249:
        return "Value must be between 0-249 characters in length"
    if value.startswith("."):
        return "Value must not begin with a period"
    if not _CLAIM_VALUE.match(value):
        return "Value must be alphanumeric with these allowed characters: !#$%&'()*+,-./:;<=>?@[]^+_`{|}~"
    return None


def web_url(path: str, value: Any) -> str | None:
    """Refuses what is no http or https URL."""
    return _uri(path, value, ("http", "https"))


def logout_url(path: str, value: Any) -> str | None:
    """Refuses what is no http or https URL of up to 255 characters."""
    wrong = web_url(path, value)
    if wrong is None and len(value) > 255:
        return f'URL must be 255 characters or less for "{path}"'
    return wrong


def redirect_uri(*, urn: bool, any_scheme: bool) -> Rule:
    """Refuses what is no redirect URI: `urn:` only for some clients, schemes of mobile apps only for public clients."""
    schemes = () if any_scheme else ("http", "https", "ms-appx-web", "brk-multihub")

    def rule(path: str, value: Any) -> str | None:
        if urn and value.startswith("urn:") and value.count(":") >= 2:
            return None
        wrong = _uri(path, value, schemes)
        if wrong is None and schemes and not urlsplit(value).path:
            wrong = f'URI must have a trailing slash when there is no path segment for "{path}"'
        if wrong is None and len(value) > 256:
            wrong = f'URI must be 256 characters or less for "{path}"'
        return wrong

    return rule


def application_id(_path: str, value: Any) -> str | None:
    """Refuses what is no resource id of an application: `/applications/{objectId}`."""
    parts = value.split("/")
    if len(parts) == 3 and parts[0] == "" and parts[1] == "applications" and parts[2]:
        return None
    return (
        f'parsing "{value}": parsing the Application ID: expected a value of the form /applications/applicationId, '
        f"which is the id of an Application resource"
    )


def rfc3339_time(path: str, value: Any) -> str | None:
    """Refuses what is no time as RFC 3339 writes it: `2027-01-31T00:00:00Z`."""
    if _TIME.match(value):
        with suppress(ValueError):
            datetime.fromisoformat(value)
            return None
    return (
        f'expected "{path}" to be a valid RFC3339 date, got "{value}": parsing time "{value}" as '
        '"2006-01-02T15:04:05Z07:00": cannot parse it'
    )


def _uri(path: str, value: str, schemes: tuple[str, ...]) -> str | None:
    if not value:
        return f'URI must not be empty for "{path}"'
    try:
        parts = urlsplit(value)
    except ValueError:
        return f'URI is in an invalid format for "{path}"'
    if not parts.netloc:
        return f'URI has no host for "{path}"'
    if schemes and parts.scheme not in schemes:
        return f'unexpected URI scheme for "{path}", expected one of: {", ".join(schemes)}'
    return None
