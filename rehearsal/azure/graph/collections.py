"""Answers to Graph queries: one object or a page of a collection, after `$filter`, `$select`, `$top` and `$count`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from rehearsal.azure.errors import GraphError
from rehearsal.azure.graph import filters
from rehearsal.azure.graph.refusals import bad_query, unsupported
from rehearsal.azure.routing import Reply, Request

_PAGE = 100
_LARGEST_PAGE = 999
_KNOWN = {"$filter", "$select", "$top", "$skiptoken", "$count", "$orderby", "$format"}


@dataclass(frozen=True)
class Resource:
    """What queries need to know of a resource: its type's name, its collection's name, the properties it always has."""

    type_name: str
    collection: str
    properties: frozenset[str]


def version(request: Request) -> str:
    """`v1.0` or `beta`, as the request's path says."""
    return request.path.lstrip("/").split("/")[0]


def page(request: Request, documents: Sequence[Mapping[str, Any]], resource: Resource) -> Reply:
    """A page of already serialised documents.

    Raises Graph's 400 for options that are malformed, unknown or not modelled.
    """
    _check_options(request)
    _check_selection(request, resource)
    found = list(documents)
    if "$filter" in request.query:
        advanced = _is_advanced(request)
        condition = filters.parse(request.query["$filter"], resource.properties, resource.type_name, advanced=advanced)
        found = [document for document in found if condition(dict(document))]
    if "$orderby" in request.query:
        found = _ordered(request, found, resource)
    start, size = _start(request), _size(request)
    body: dict[str, Any] = {"@odata.context": f"{request.base_url}/{version(request)}/$metadata#{resource.collection}"}
    if request.query.get("$count", "").lower() == "true":
        body["@odata.count"] = len(found)
    if start + size < len(found):
        body["@odata.nextLink"] = _next_link(request, start + size)
    body["value"] = [_selected(request, document) for document in found[start : start + size]]
    return Reply(body=body)


def single(request: Request, document: Mapping[str, Any], resource: Resource) -> Reply:
    """One already serialised document."""
    _check_options(request)
    _check_selection(request, resource)
    context = f"{request.base_url}/{version(request)}/$metadata#{resource.collection}/$entity"
    return Reply(body={"@odata.context": context, **_selected(request, document)})


def count(request: Request, documents: Sequence[Mapping[str, Any]]) -> Reply:
    """`…/$count`: the number of objects, an advanced query."""
    if request.headers.get("consistencylevel", "").lower() != "eventual":
        raise unsupported("$count is not currently supported without the header ConsistencyLevel: eventual.")
    return Reply(body=len(documents), headers={"Content-Type": "text/plain"})


def _selection(request: Request) -> list[str]:
    return [name.strip() for name in request.query.get("$select", "").split(",") if name.strip()]


def _selected(request: Request, document: Mapping[str, Any]) -> dict[str, Any]:
    names = _selection(request)
    if not names or "*" in names:
        return dict(document)
    return {name: value for name, value in document.items() if name in names or name.startswith("@")}


def _check_selection(request: Request, resource: Resource) -> None:
    for name in _selection(request):
        if name != "*" and name not in resource.properties:
            raise bad_query(
                f"Parsing OData Select and Expand failed: Could not find a property named '{name}' on type "
                f"'microsoft.graph.{resource.type_name}'."
            )


def _check_options(request: Request) -> None:
    for name in request.query:
        if name.startswith("$") and name not in _KNOWN:
            raise bad_query(
                f"The stand-in does not model the query option '{name}'. It knows {', '.join(sorted(_KNOWN))}."
            )


def _is_advanced(request: Request) -> bool:
    eventual = request.headers.get("consistencylevel", "").lower() == "eventual"
    return eventual and request.query.get("$count", "").lower() == "true"


def _ordered(request: Request, documents: list[Mapping[str, Any]], resource: Resource) -> list[Mapping[str, Any]]:
    clause = request.query["$orderby"].strip()
    name, _, direction = clause.partition(" ")
    if name not in resource.properties or direction.strip().lower() not in ("", "asc", "desc"):
        raise bad_query(
            f"Invalid orderby clause: Could not order 'microsoft.graph.{resource.type_name}' by '{clause}'."
        )
    if not _is_advanced(request):
        raise unsupported("Sorting not supported for current query.")
    descending = direction.strip().lower() == "desc"
    return sorted(documents, key=lambda document: str(document.get(name)).lower(), reverse=descending)


def _size(request: Request) -> int:
    text = request.query.get("$top", str(_PAGE))
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise bad_query(
            f"Invalid value '{text}' for $top query option found. The $top query option requires a non-negative "
            "integer value."
        )
    if not 1 <= int(text) <= _LARGEST_PAGE:
        raise unsupported(f"Invalid page size specified: '{text}'. Must be between 1 and {_LARGEST_PAGE} inclusive.")
    return int(text)


def _start(request: Request) -> int:
    token = request.query.get("$skiptoken")
    if token is None:
        return 0
    try:
        start = int(base64.urlsafe_b64decode(token.encode()).decode().removeprefix("after:"))
    except (binascii.Error, ValueError):
        start = -1
    if start < 0:
        raise GraphError(
            400,
            "Directory_ExpiredPageToken",
            "The specified page token value has expired and can no longer be included in your request.",
        )
    return start


def _next_link(request: Request, start: int) -> str:
    token = base64.urlsafe_b64encode(f"after:{start}".encode()).decode()
    query = urlencode({**request.query, "$skiptoken": token}, safe="$,'()/:")
    return f"{request.base_url}{request.path}?{query}"
