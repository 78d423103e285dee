"""Client secrets of applications."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.graph import applications, directory, properties
from rehearsal.azure.graph.collections import version
from rehearsal.azure.graph.permissions import check_may_write
from rehearsal.azure.graph.refusals import bad_request, invalid_value
from rehearsal.azure.login.client_credentials import fingerprint
from rehearsal.azure.routing import Reply, Request

_LIFE = timedelta(days=2 * 365)
_SHAPE = {
    "passwordCredential": {
        "displayName": properties.Kind.TEXT,
        "endDateTime": properties.Kind.TEXT,
        "startDateTime": properties.Kind.TEXT,
    }
}


def add(request: Request) -> Reply:
    """`POST /applications/{id}/addPassword`: a new secret, which is shown this once and two years valid by default
    (Microsoft Graph documentation, "application: addPassword").
    """
    application = applications.find(request)
    check_may_write(request, application)
    given = properties.read("Application", _SHAPE, request.body or {}).get("passwordCredential") or {}
    now = request.context.clock.time()
    start, end = given.get("startDateTime") or now.isoformat(), given.get("endDateTime") or (now + _LIFE).isoformat()
    secret = f"{secrets.token_urlsafe(3)}8Q~{secrets.token_urlsafe(25)}"
    credential = new(request.context, secret, start=_time(start), end=_time(end), name=given.get("displayName"))
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


def _time(text: str) -> str:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise invalid_value("passwordCredential/endDateTime", "Application") from None
    if time.tzinfo is None:
        raise invalid_value("passwordCredential/endDateTime", "Application")
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if time.utcoffset() == timedelta(0) else time.isoformat()
