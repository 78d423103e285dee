"""Client secrets of applications."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.graph import applications, directory, properties
from rehearsal.azure.graph.collections import version
from rehearsal.azure.graph.permissions import check_may_write
from rehearsal.azure.graph.refusals import bad_request, invalid_value
from rehearsal.azure.login.client_credentials import fingerprint
from rehearsal.azure.routing import Reply, Request

_YEARS = range(1970, 9990)
_SHAPE = {
    "passwordCredential": {
        "displayName": properties.Kind.TEXT,
        "endDateTime": properties.Kind.TEXT,
        "startDateTime": properties.Kind.TEXT,
    }
}


def add(request: Request) -> Reply:
    """`POST /applications/{id}/addPassword`: a new secret, which is shown this once and valid from now on for two years
    unless told otherwise (Microsoft Graph documentation, "application: addPassword").
    """
    application = applications.find(request)
    check_may_write(request, application)
    given = properties.read("Application", _SHAPE, request.body or {}).get("passwordCredential") or {}
    start = _time(given, "startDateTime") or request.context.clock.time()
    end = _time(given, "endDateTime") or _two_years_after(start)
    secret = f"{secrets.token_urlsafe(3)}8Q~{secrets.token_urlsafe(25)}"
    credential = new(request.context, secret, start=_shown(start), end=_shown(end), name=given.get("displayName"))
    credentials = [*application["passwordCredentials"], credential]
    directory.update(request.context, "application", {**application, "passwordCredentials": credentials})
    context = f"{request.base_url}/{version(request)}/$metadata#microsoft.graph.passwordCredential"
    return Reply(body={"@odata.context": context, **credential, "secretText": secret})


def remove(request: Request) -> Reply:
    """`POST /applications/{id}/removePassword` with a `keyId`."""
    application = applications.find(request)
    check_may_write(request, application)
    key_id = properties.read("Application", {"keyId": properties.Kind.GUID}, request.body).get("keyId")
    remaining = [known for known in application["passwordCredentials"] if known["keyId"] != key_id]
    if len(remaining) == len(application["passwordCredentials"]):
        raise bad_request(f"No password credential found with keyId '{key_id}'.")
    request.context.store.remove("secret", str(key_id))
    directory.update(request.context, "application", {**application, "passwordCredentials": remaining})
    return Reply(204)


def new(context: Context, secret: str, *, start: str, end: str, name: str | None) -> dict[str, Any]:
    """A password credential as an application lists it. The store keeps the secret's fingerprint, never the secret."""
    key_id = str(uuid.uuid4())
    context.store.put("secret", key_id, {"fingerprint": fingerprint(secret)})
    return {
        "customKeyIdentifier": None,
        "displayName": name,
        "endDateTime": end,
        "hint": secret[:3],
        "keyId": key_id,
        "secretText": None,
        "startDateTime": start,
    }


def _time(given: Mapping[str, Any], name: str) -> datetime | None:
    if not given.get(name):
        return None
    try:
        time = datetime.fromisoformat(given[name])
    except ValueError:
        raise invalid_value(f"passwordCredential/{name}", "Application") from None
    if time.tzinfo is None or time.year not in _YEARS:
        raise invalid_value(f"passwordCredential/{name}", "Application")
    return time.astimezone(UTC)


def _two_years_after(start: datetime) -> datetime:
    leap_day = (start.month, start.day) == (2, 29)
    return start.replace(year=start.year + 2, day=28 if leap_day else start.day)


def _shown(time: datetime) -> str:
    """A time as Graph writes it, "always in UTC time" ("passwordCredential resource type")."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
