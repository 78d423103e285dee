"""App role assignments: a principal, an API's service principal, and one of the API's roles.

One assignment, two sides: `appRoleAssignedTo` on the API, `appRoleAssignments` on the principal.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.graph import directory, properties
from rehearsal.azure.graph.collections import Resource, page, single
from rehearsal.azure.graph.permissions import check_may_read
from rehearsal.azure.graph.refusals import bad_request, invalid_value, not_found
from rehearsal.azure.routing import Reply, Request

DEFAULT_ROLE = "00000000-0000-0000-0000-000000000000"
"""Assigned without any role; only for an API that has none (Microsoft Graph documentation, "appRoleAssignment resource
type", `appRoleId`)."""

RESOURCE = Resource(
    "appRoleAssignment",
    "appRoleAssignments",
    frozenset(
        {
            "id",
            "deletedDateTime",
            "appRoleId",
            "createdDateTime",
            "principalDisplayName",
            "principalId",
            "principalType",
            "resourceDisplayName",
            "resourceId",
        }
    ),
)

_KIND = "appRoleAssignment"
_SHAPE = {
    "appRoleId": properties.Kind.GUID,
    "principalId": properties.Kind.GUID,
    "resourceId": properties.Kind.GUID,
    "principalType": properties.Kind.TEXT,
    "principalDisplayName": properties.Kind.TEXT,
    "resourceDisplayName": properties.Kind.TEXT,
    "id": properties.Kind.TEXT,
    "createdDateTime": properties.Kind.TEXT,
}


def assign_on_resource(request: Request) -> Reply:
    """`POST /servicePrincipals/{id}/appRoleAssignedTo`, the API's side."""
    return _assign(request, "resourceId")


def assign_on_principal(request: Request) -> Reply:
    """`POST /servicePrincipals/{id}/appRoleAssignments`, the principal's side."""
    return _assign(request, "principalId")


def list_on_resource(request: Request) -> Reply:
    """`GET /servicePrincipals/{id}/appRoleAssignedTo`."""
    return _list(request, "resourceId")


def list_on_principal(request: Request) -> Reply:
    """`GET /servicePrincipals/{id}/appRoleAssignments`."""
    return _list(request, "principalId")


def get_on_resource(request: Request) -> Reply:
    """`GET /servicePrincipals/{id}/appRoleAssignedTo/{assignment}`."""
    return single(request, _read(request, "resourceId"), RESOURCE)


def get_on_principal(request: Request) -> Reply:
    """`GET /servicePrincipals/{id}/appRoleAssignments/{assignment}`."""
    return single(request, _read(request, "principalId"), RESOURCE)


def delete_on_resource(request: Request) -> Reply:
    """`DELETE /servicePrincipals/{id}/appRoleAssignedTo/{assignment}`."""
    return _delete(request, "resourceId")


def delete_on_principal(request: Request) -> Reply:
    """`DELETE /servicePrincipals/{id}/appRoleAssignments/{assignment}`."""
    return _delete(request, "principalId")


def add(context: Context, principal: dict[str, Any], resource: dict[str, Any], role_id: str) -> dict[str, Any]:
    """A new assignment. Ids are the URL-safe kind that Graph's are: one path segment."""
    assignment_id = base64.urlsafe_b64encode(uuid.UUID(principal["id"]).bytes + uuid.uuid4().bytes)
    document = {
        "id": assignment_id.rstrip(b"=").decode(),
        "deletedDateTime": None,
        "appRoleId": role_id,
        "createdDateTime": context.clock.timestamp(),
        "principalDisplayName": principal["displayName"],
        "principalId": principal["id"],
        "principalType": "ServicePrincipal",
        "resourceDisplayName": resource["displayName"],
        "resourceId": resource["id"],
    }
    directory.create(context, _KIND, document)
    return document


def remove_of(context: Context, principal_id: str) -> list[dict[str, Any]]:
    """Take away every assignment that a service principal has a part in, on either side; what was taken away."""
    found = {document["id"]: document for document in context.store.find(_KIND, principalId=principal_id)}
    found |= {document["id"]: document for document in context.store.find(_KIND, resourceId=principal_id)}
    for assignment_id in found:
        directory.remove(context, _KIND, assignment_id)
    return list(found.values())


def remove_without_role(context: Context, resource_id: str, roles: Sequence[dict[str, Any]]) -> None:
    """Take away the assignments of roles that an API no longer has."""
    kept = {DEFAULT_ROLE, *(role["id"] for role in roles)}
    for document in context.store.find(_KIND, resourceId=resource_id):
        if document["appRoleId"] not in kept:
            directory.remove(context, _KIND, document["id"])


def put_back(context: Context, assignments: Sequence[dict[str, Any]]) -> None:
    """Restore assignments whose two ends and role exist."""
    for document in assignments:
        resource = context.store.get("servicePrincipal", document["resourceId"])
        principal = context.store.get("servicePrincipal", document["principalId"])
        if resource and principal and _has_role(resource, document["appRoleId"]):
            directory.create(context, _KIND, document)


def _assign(request: Request, side: str) -> Reply:
    check_may_read(request)
    context = request.context
    given = properties.read("AppRoleAssignment", _SHAPE, request.body)
    for name in ("principalId", "resourceId", "appRoleId"):
        if not given.get(name):
            raise invalid_value(name, "AppRoleAssignment")
    if given[side] != _side(request)["id"]:
        raise invalid_value(side, "AppRoleAssignment")
    resource = directory.read(context, "servicePrincipal", given["resourceId"])
    principal = directory.read(context, "servicePrincipal", given["principalId"])
    # A deleted end is still read while its deletion spreads, but nothing can refer to it any more, nor to an end whose
    # creation still spreads (microsoftgraph/msgraph-bicep-types#193).
    for end in (resource, principal):
        if context.store.get("servicePrincipal", end["id"]) is None:
            raise not_found(end["id"])
        if not directory.is_replicated(context, "servicePrincipal", end["id"]):
            raise bad_request("Not a valid reference update.")
    role_id = given["appRoleId"]
    if not _has_role(resource, role_id):
        raise bad_request(f"Permission being assigned was not found on application '{resource['appId']}'.")
    if context.store.find(_KIND, principalId=principal["id"], resourceId=resource["id"], appRoleId=role_id):
        raise bad_request("Permission being assigned already exists on the object")
    return Reply(201, single(request, add(context, principal, resource, role_id), RESOURCE).body)


def _has_role(resource: dict[str, Any], role_id: str) -> bool:
    """Whether a service principal can be assigned that role: for applications, enabled, or the default role of an API
    without roles.
    """
    if role_id == DEFAULT_ROLE:
        return not resource["appRoles"]
    return any(
        role["id"] == role_id and role["isEnabled"] and "Application" in role["allowedMemberTypes"]
        for role in resource["appRoles"]
    )


def _list(request: Request, side: str) -> Reply:
    return page(request, directory.listing(request.context, _KIND, **{side: _side(request)["id"]}), RESOURCE)


def _read(request: Request, side: str) -> dict[str, Any]:
    owner, assignment_id = _side(request)["id"], request.parameters["assignment"]
    document = directory.seen(request.context, _KIND, assignment_id)
    if document is None or document[side] != owner:
        raise not_found(assignment_id)
    return document


def _delete(request: Request, side: str) -> Reply:
    document = request.context.store.get(_KIND, request.parameters["assignment"])
    if document is None or document[side] != _side(request)["id"]:
        # The words: microsoftgraph/microsoft-graph-docs#12385.
        raise bad_request("EntitlementGrant being updated or deleted is not found.")
    directory.remove(request.context, _KIND, document["id"])
    return Reply(204)


def _side(request: Request) -> dict[str, Any]:
    """The service principal that the path names."""
    if "app_id" in request.parameters:
        return directory.read_by_app_id(request.context, "servicePrincipal", request.parameters["app_id"])
    return directory.read(request.context, "servicePrincipal", request.parameters["id"])
