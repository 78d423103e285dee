"""Directory objects: applications and service principals by id, whatever they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.graph import application_properties, service_principal_properties
from rehearsal.azure.graph.collections import Resource, page, single, version
from rehearsal.azure.graph.properties import is_guid
from rehearsal.azure.graph.refusals import bad_request, invalid_value, not_found
from rehearsal.azure.routing import Reply, Request

RESOURCE = Resource(
    "directoryObject",
    "directoryObjects",
    application_properties.RESOURCE.properties | service_principal_properties.RESOURCE.properties,
)

_KINDS = ("servicePrincipal", "application")
_MOST_IDS = 1000
_REFERENCE = re.compile(
    r".*/(?:v1\.0|beta)/(?:directoryObjects|servicePrincipals|applications|users)/(?P<id>[^/?#]+)", re.IGNORECASE
)


def find(context: Context, object_id: str) -> dict[str, Any] | None:
    """The object of that id with its `kind`; None when there is none."""
    for kind in _KINDS:
        document = context.store.get(kind, object_id.lower())
        if document is not None:
            return {**document, "kind": kind}
    return None


def referenced(context: Context, reference: Any) -> dict[str, Any]:
    """The object that an `@odata.id` or `@odata.bind` reference names. Raises Graph's 400 or 404 for none."""
    found = _REFERENCE.fullmatch(reference) if isinstance(reference, str) else None
    if found is None or not is_guid(found["id"]):
        raise bad_request(
            "Invalid URL format specified in @odata.id or @odata.bind. It must be '{Graph}/v1.0/directoryObjects/{id}'."
        )
    document = find(context, found["id"])
    if document is None:
        raise not_found(found["id"])
    return document


def shown(request: Request, document: Mapping[str, Any]) -> dict[str, Any]:
    """An object with its type, as polymorphic collections show it."""
    kind = document["kind"]
    properties = {name: value for name, value in document.items() if name != "kind"}
    module = application_properties if kind == "application" else service_principal_properties
    return {"@odata.type": f"#microsoft.graph.{kind}", **module.shown(properties, version(request))}


def get(request: Request) -> Reply:
    """`GET /directoryObjects/{id}`."""
    object_id = request.parameters["id"]
    if not is_guid(object_id):
        raise bad_request(f"Invalid object identifier '{object_id}'.")
    document = find(request.context, object_id)
    if document is None:
        raise not_found(object_id)
    return single(request, shown(request, document), RESOURCE)


def get_by_ids(request: Request) -> Reply:
    """`POST /directoryObjects/getByIds`; ids that lead nowhere are left out."""
    ids = request.body.get("ids") if isinstance(request.body, dict) else None
    if not isinstance(ids, list) or not all(is_guid(item) for item in ids) or not 0 < len(ids) <= _MOST_IDS:
        raise invalid_value("ids", "DirectoryObject")
    found = [find(request.context, item) for item in ids]
    return page(request, [shown(request, item) for item in found if item is not None], RESOURCE)
