"""Owners of applications and service principals: directory objects that an `Application.ReadWrite.OwnedBy` caller may
be one of.
"""

from __future__ import annotations

from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.graph import directory, directory_objects
from rehearsal.azure.graph.collections import page
from rehearsal.azure.graph.permissions import check_may_write
from rehearsal.azure.graph.refusals import bad_request, not_found
from rehearsal.azure.routing import Reply, Request

_MOST = 20


def bound(context: Context, body: Any, caller_id: str) -> list[str]:
    """The owners of a new object: its creator, and those that `owners@odata.bind` names.

    That many owners, 20, may be bound at once (Microsoft Graph documentation, "Create application"). Raises Graph's 400
    or 404 for a reference that is malformed or leads nowhere.
    """
    references = body.get("owners@odata.bind") or [] if isinstance(body, dict) else []
    if not isinstance(references, list) or len(references) > _MOST:
        raise bad_request(f"'owners@odata.bind' must be a list of at most {_MOST} references.")
    return list(dict.fromkeys([caller_id, *(directory_objects.referenced(context, item)["id"] for item in references)]))


def list_owners(request: Request, document: dict[str, Any]) -> Reply:
    """`GET …/owners`."""
    found = [directory_objects.find(request.context, owner) for owner in document["owners"]]
    shown = [directory_objects.shown(request, item) for item in found if item is not None]
    return page(request, shown, directory_objects.RESOURCE)


def add_owner(request: Request, kind: str, document: dict[str, Any]) -> Reply:
    """`POST …/owners/$ref` with `@odata.id`."""
    check_may_write(request, document)
    reference = request.body.get("@odata.id") if isinstance(request.body, dict) else None
    owner = directory_objects.referenced(request.context, reference)["id"]
    if owner in document["owners"]:
        raise bad_request(
            "One or more added object references already exist for the following modified properties: 'owners'."
        )
    directory.update(request.context, kind, {**document, "owners": [*document["owners"], owner]})
    return Reply(204)


def remove_owner(request: Request, kind: str, document: dict[str, Any]) -> Reply:
    """`DELETE …/owners/{id}/$ref`."""
    check_may_write(request, document)
    owner = request.parameters["owner"].lower()
    if owner not in document["owners"]:
        raise not_found(request.parameters["owner"])
    remaining = [other for other in document["owners"] if other != owner]
    directory.update(request.context, kind, {**document, "owners": remaining})
    return Reply(204)


def forget(context: Context, object_id: str) -> None:
    """Take an object that no longer exists off every list of owners."""
    for kind in ("application", "servicePrincipal"):
        for document in context.store.all(kind):
            if object_id in document["owners"]:
                remaining = [owner for owner in document["owners"] if owner != object_id]
                context.store.put(kind, document["id"], {**document, "owners": remaining})
