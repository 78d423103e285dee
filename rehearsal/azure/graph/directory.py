"""The directory behind Graph: writing its objects, and reading them as a client sees them while a write spreads.

With a replication delay a write takes effect at once for the directory's own rules, and later for its readers. Real
clients cope with some of the effects only, so there are two reaches:

- always, while a creation spreads, the new object cannot be updated right away, referred to by an assignment or be the
  application of a new service principal; and while a deletion spreads, the object can still be read. The azuread
  provider waits for these (hashicorp/terraform-provider-azuread, `internal/services/applications` and
  `serviceprincipals`: retries on 404, on "Not a valid reference update" and on "does not reference a valid application
  object", and polls until a deleted object is gone).
- with `stale_reads` every read answers with the state before the write. It fails the provider's own read after a
  creation, as in hashicorp/terraform-provider-azuread#763.
"""

from __future__ import annotations

from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.graph.properties import is_guid
from rehearsal.azure.graph.refusals import bad_request, not_found

_BEFORE = "graphObjectBefore"


def create(context: Context, kind: str, document: dict[str, Any]) -> None:
    """Put a new object."""
    _remember(context, kind, document["id"], None)
    context.store.put(kind, document["id"], document)


def update(context: Context, kind: str, document: dict[str, Any]) -> None:
    """Put an object in place of its former self."""
    _remember(context, kind, document["id"], context.store.get(kind, document["id"]))
    context.store.put(kind, document["id"], document)


def remove(context: Context, kind: str, object_id: str) -> None:
    """Take an object out."""
    _remember(context, kind, object_id, context.store.get(kind, object_id))
    context.store.remove(kind, object_id)


def read(context: Context, kind: str, object_id: str) -> dict[str, Any]:
    """An object as a reader sees it. Raises Graph's 404 for none, and its 400 for an id that cannot be one."""
    if not is_guid(object_id):
        raise bad_request(f"Invalid object identifier '{object_id}'.")
    document = seen(context, kind, object_id.lower())
    if document is None:
        raise not_found(object_id)
    return document


def read_by_app_id(context: Context, kind: str, app_id: str) -> dict[str, Any]:
    """The same by the alternate key `appId`."""
    found = listing(context, kind, appId=app_id.lower())
    if not found:
        raise not_found(app_id)
    return found[0]


def seen(context: Context, kind: str, key: str) -> dict[str, Any] | None:
    """An object as a reader sees it; None for none."""
    return _seen(context, kind, key, context.store.get(kind, key))


def listing(context: Context, kind: str, **equal: Any) -> list[dict[str, Any]]:
    """Objects as a reader of a list sees them."""
    current = context.store.find(kind, **equal)
    if context.weather.replication_delay == 0 or not context.weather.stale_reads:
        return current
    former = [before for before in context.store.all(_BEFORE) if before["kind"] == kind]
    gone = [before["document"] for before in former if before["document"] and not context.store.get(kind, before["id"])]
    matching = [document for document in gone if all(document.get(name) == value for name, value in equal.items())]
    seen = [_seen(context, kind, document["id"], document) for document in current]
    seen += [_seen(context, kind, document["id"], None) for document in matching]
    return [document for document in seen if document is not None]


def is_replicated(context: Context, kind: str, object_id: str) -> bool:
    """False while the creation of an object spreads."""
    before = _still_before(context, kind, object_id)
    return before is None or before["document"] is not None


def _seen(context: Context, kind: str, object_id: str, current: dict[str, Any] | None) -> dict[str, Any] | None:
    before = _still_before(context, kind, object_id)
    if before is None or (current is not None and not context.weather.stale_reads):
        return current
    former: dict[str, Any] | None = before["document"]
    return former


def _remember(context: Context, kind: str, object_id: str, document: dict[str, Any] | None) -> None:
    delay = context.weather.replication_delay
    if delay == 0:
        return
    earlier = _still_before(context, kind, object_id)
    former = earlier["document"] if earlier else document
    before = {"kind": kind, "id": object_id, "document": former, "until": context.clock.now() + delay}
    context.store.put(_BEFORE, f"{kind}/{object_id}", before)


def _still_before(context: Context, kind: str, object_id: str) -> dict[str, Any] | None:
    """What an object was before the write that still spreads."""
    if context.weather.replication_delay == 0:
        return None
    key = f"{kind}/{object_id}"
    before = context.store.get(_BEFORE, key)
    if before is not None and before["until"] <= context.clock.now():
        context.store.remove(_BEFORE, key)
        return None
    return before
