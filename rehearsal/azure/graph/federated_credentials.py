"""Federated identity credentials of applications: whose tokens stand in for a secret."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from rehearsal.azure.errors import GraphError
from rehearsal.azure.graph import applications, properties
from rehearsal.azure.graph.collections import Resource, page, single
from rehearsal.azure.graph.permissions import check_may_write
from rehearsal.azure.graph.refusals import bad_request, invalid_value, not_found
from rehearsal.azure.routing import Reply, Request

RESOURCE = Resource(
    "federatedIdentityCredential",
    "federatedIdentityCredentials",
    frozenset({"id", "name", "issuer", "subject", "description", "audiences"}),
)

_KIND = "federatedIdentityCredential"
_TEXT = properties.Kind.TEXT
_SHAPE = {"name": _TEXT, "issuer": _TEXT, "subject": _TEXT, "description": _TEXT, "audiences": [_TEXT]}
_MOST = 20
_LONGEST = 600


def create(request: Request) -> Reply:
    """`POST /applications/{id}/federatedIdentityCredentials`."""
    application = applications.find(request)
    check_may_write(request, application)
    given = {"description": None, **properties.read("FederatedIdentityCredential", _SHAPE, request.body)}
    others = request.context.store.find(_KIND, application=application["id"])
    if len(others) >= _MOST:
        raise bad_request(f"An application can have at most {_MOST} federated identity credentials.")
    document = {"id": str(uuid.uuid4()), **given, "application": application["id"]}
    _check(document, others)
    request.context.store.put(_KIND, document["id"], document)
    return Reply(201, single(request, _shown(document), RESOURCE).body)


def list_all(request: Request) -> Reply:
    """`GET /applications/{id}/federatedIdentityCredentials`."""
    found = request.context.store.find(_KIND, application=applications.find(request)["id"])
    return page(request, [_shown(document) for document in found], RESOURCE)


def get(request: Request) -> Reply:
    """`GET /applications/{id}/federatedIdentityCredentials/{credential}`, by id or by name."""
    return single(request, _shown(_find(request)), RESOURCE)


def update(request: Request) -> Reply:
    """`PATCH …/{credential}`; the name cannot change."""
    check_may_write(request, applications.find(request))
    before = _find(request)
    change = properties.read("FederatedIdentityCredential", {**_SHAPE, "id": _TEXT}, request.body)
    if change.get("id", before["id"]) != before["id"]:
        raise bad_request("The id of a federated identity credential cannot be changed.")
    if change.get("name", before["name"]) != before["name"]:
        raise bad_request("The name of a federated identity credential cannot be changed.")
    after = {**before, **change}
    others = request.context.store.find(_KIND, application=before["application"])
    _check(after, [other for other in others if other["id"] != before["id"]])
    request.context.store.put(_KIND, after["id"], after)
    return Reply(204)


def delete(request: Request) -> Reply:
    """`DELETE …/{credential}`."""
    check_may_write(request, applications.find(request))
    request.context.store.remove(_KIND, _find(request)["id"])
    return Reply(204)


def _find(request: Request) -> dict[str, Any]:
    wanted = request.parameters["credential"]
    for document in request.context.store.find(_KIND, application=applications.find(request)["id"]):
        if wanted in (document["id"], document["name"]):
            return document
    raise not_found(wanted)


def _check(document: Mapping[str, Any], others: list[dict[str, Any]]) -> None:
    """The rules of Microsoft Entra documentation, "Important considerations and restrictions for federated identity
    credentials": a name of 3 to 120 characters, one audience, at most 600 characters each, issuer and subject unique
    together.
    """
    for name in ("name", "issuer", "subject"):
        value = document.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
            raise invalid_value(name, "FederatedIdentityCredential")
    name = document["name"]
    if (
        not 3 <= len(name) <= 120
        or not all(letter.isalnum() or letter in "-_" for letter in name)
        or not name.isascii()
    ):
        raise invalid_value("name", "FederatedIdentityCredential")
    audiences = document.get("audiences") or []
    if len(audiences) != 1 or not 0 < len(audiences[0]) <= _LONGEST:
        raise invalid_value("audiences", "FederatedIdentityCredential")
    for other in others:
        same_pair = (other["issuer"], other["subject"]) == (document["issuer"], document["subject"])
        if other["name"] == document["name"] or same_pair:
            raise GraphError(
                409,
                "Request_MultipleObjectsWithSameKeyValue",
                "FederatedIdentityCredential with the same name, or with the same issuer and subject, already exists.",
            )


def _shown(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "application"}
