"""Locks: `CanNotDelete` and `ReadOnly` on a resource, a group or the subscription, inherited downwards.

Source: Azure documentation, "Lock your resources to protect your infrastructure"; the words of Azure/apiops#606.
"""

from typing import Any

from rehearsal.azure.arm import content, resource_ids
from rehearsal.azure.arm.inventory import LOCK
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.scopes import check_exists
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

_LEVELS = {"cannotdelete": "CanNotDelete", "readonly": "ReadOnly"}


def check(context: Context, method: str, path: str) -> None:
    """Raises 409 `ScopeLocked` when a lock forbids the request.

    `CanNotDelete` stops deletes at or below its scope, and of what its scope lies in; `ReadOnly` stops writes and
    actions as well.
    """
    if method in ("GET", "HEAD"):
        return
    target = resource_ids.target(path, post=method == "POST").scope
    stopping = []
    for lock in context.store.all(LOCK):
        above = resource_ids.covers(lock["scope"], target)
        below = resource_ids.covers(target, lock["scope"])
        if (method == "DELETE" and (above or below)) or (method != "DELETE" and above and lock["level"] == "ReadOnly"):
            stopping.append(lock["scope"])
    if stopping:
        scopes = ",".join(dict.fromkeys(stopping))
        verb = "delete" if method == "DELETE" else "write"
        raise ArmError(
            409,
            "ScopeLocked",
            f"The scope '{target}' cannot perform {verb} operation because following scope(s) are locked: '{scopes}'. "
            "Please remove the lock and try again.",
        )


def put(request: Request) -> Reply:
    """Create or change a lock: 201 for a new one, else 200."""
    given = content.properties(request)
    level = _LEVELS.get(str(content.member(given, "level")).lower())
    if level is None:
        text = f"The lock level '{content.member(given, 'level')}' is invalid. Allowed: CanNotDelete, ReadOnly."
        raise ArmError(400, "LockLevelNotValid", text)
    notes = content.member(given, "notes")
    if notes is not None and not isinstance(notes, str):
        raise ArmError(400, "InvalidLockNotes", "The notes of a lock must be a string of at most 512 characters.")
    scope = resource_ids.target(request.path).parent
    check_exists(request.context, scope)
    existing = request.context.store.get(LOCK, resource_ids.key(request.path))
    document = {
        "id": existing["id"] if existing else request.path,
        "name": request.parameters["name"],
        "scope": scope,
        "level": level,
        "notes": notes,
    }
    request.context.store.put(LOCK, resource_ids.key(request.path), document)
    return Reply(200 if existing else 201, _shown(document))


def get(request: Request) -> Reply:
    """One lock, or 404."""
    document = request.context.store.get(LOCK, resource_ids.key(request.path))
    if document is None:
        raise ArmError(404, "LockNotFound", f"The lock '{request.parameters['name']}' could not be found.")
    return Reply(body=_shown(document))


def delete(request: Request) -> Reply:
    """Remove a lock: 200, or 204 when there is none."""
    return Reply(200 if request.context.store.remove(LOCK, resource_ids.key(request.path)) else 204)


def listing(request: Request) -> Reply:
    """The locks at, above and below a scope."""
    scope = resource_ids.target(request.path).parent
    return page(
        request,
        [
            _shown(lock)
            for lock in request.context.store.all(LOCK)
            if resource_ids.covers(scope, lock["scope"]) or resource_ids.covers(lock["scope"], scope)
        ],
    )


def _shown(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": document["id"],
        "name": document["name"],
        "type": "Microsoft.Authorization/locks",
        "properties": {"level": document["level"], "notes": document["notes"]},
    }
