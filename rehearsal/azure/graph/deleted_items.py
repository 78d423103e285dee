"""The container of deleted applications and service principals: kept for 30 days, then gone.

Microsoft Graph documentation, "deletedItems".
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.graph.properties import is_guid
from rehearsal.azure.graph.refusals import bad_request, not_found

_KEPT = timedelta(days=30)
_DELETED = {"application": "deletedApplication", "servicePrincipal": "deletedServicePrincipal"}


def add(context: Context, kind: str, document: dict[str, Any]) -> None:
    """Keep a deleted object."""
    context.store.put(_DELETED[kind], document["id"], {**document, "deletedDateTime": context.clock.timestamp()})


def listing(context: Context, kind: str) -> list[dict[str, Any]]:
    """The deleted objects of a kind."""
    forget_expired(context)
    return context.store.all(_DELETED[kind])


def forget_expired(context: Context) -> None:
    """Remove for good what was deleted 30 days ago."""
    for kind, kept in _DELETED.items():
        for document in context.store.all(kept):
            if datetime.fromisoformat(document["deletedDateTime"]) + _KEPT <= context.clock.time():
                purge(context, kind, document)


def find(context: Context, object_id: str) -> tuple[str, dict[str, Any]]:
    """A deleted object, and whether it is an `application` or a `servicePrincipal`. Raises Graph's 404."""
    if not is_guid(object_id):
        raise bad_request(f"Invalid object identifier '{object_id}'.")
    forget_expired(context)
    for kind, kept in _DELETED.items():
        document = context.store.get(kept, object_id.lower())
        if document is not None:
            return kind, document
    raise not_found(object_id)


def remove(context: Context, kind: str, object_id: str) -> None:
    """Take an object out of the container."""
    context.store.remove(_DELETED[kind], object_id)


def purge(context: Context, kind: str, document: dict[str, Any]) -> None:
    """Remove an object for good, with the credentials that were its own."""
    remove(context, kind, document["id"])
    for credential in document["passwordCredentials"]:
        context.store.remove("secret", credential["keyId"])
    for federated in context.store.find("federatedIdentityCredential", application=document["id"]):
        context.store.remove("federatedIdentityCredential", federated["id"])
