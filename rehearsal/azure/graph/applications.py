"""Applications: registrations of APIs and clients."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.graph import (
    app_role_assignments,
    app_roles,
    application_properties,
    deleted_items,
    directory,
    identifier_uris,
    owners,
    properties,
    service_principals,
)
from rehearsal.azure.graph.collections import count, page, single, version
from rehearsal.azure.graph.permissions import check_may_write
from rehearsal.azure.graph.refusals import invalid_value, not_found
from rehearsal.azure.routing import Reply, Request

_KIND = "application"
_AUDIENCES = {"AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"}
_LONGEST_NAME = 256


def create(request: Request) -> Reply:
    """`POST /applications`. The caller becomes an owner, beside those that `owners@odata.bind` names."""
    context = request.context
    given = properties.read("Application", application_properties.WRITABLE, _without_owners(request.body))
    caller_id = request.caller.object_id if request.caller else ""
    known = {
        "id": str(uuid.uuid4()),
        "deletedDateTime": None,
        "appId": str(uuid.uuid4()),
        "createdDateTime": context.clock.timestamp(),
        "publisherDomain": context.tenant.domain,
        "owners": owners.bound(context, request.body, caller_id),
    }
    document = _checked(context, {}, application_properties.new({**given, **known}))
    directory.create(context, _KIND, document)
    reply = single(request, application_properties.shown(document, version(request)), application_properties.RESOURCE)
    location = (
        f"{request.base_url}/v2/{context.tenant.id}/directoryObjects/{document['id']}/Microsoft.DirectoryServices"
    )
    return Reply(201, reply.body, {"Location": f"{location}.Application"})


def get(request: Request) -> Reply:
    """`GET /applications/{id}`."""
    shown = application_properties.shown(find(request), version(request))
    return single(request, shown, application_properties.RESOURCE)


def list_all(request: Request) -> Reply:
    """`GET /applications`."""
    return page(request, _shown(request), application_properties.RESOURCE)


def count_all(request: Request) -> Reply:
    """`GET /applications/$count`."""
    return count(request, _shown(request))


def update(request: Request) -> Reply:
    """`PATCH /applications/{id}`: complex properties merge, collections are replaced."""
    before = find(request)
    if not directory.is_replicated(request.context, _KIND, before["id"]):
        raise not_found(before["id"])
    check_may_write(request, before)
    shape = {**application_properties.WRITABLE, "id": properties.Kind.GUID}
    change = properties.read("Application", shape, request.body)
    if change.pop("id", before["id"]) != before["id"]:
        raise invalid_value("id", "Application")
    change = properties.with_defaults(change, application_properties.DEFAULTS)
    after = _checked(request.context, before, properties.merge(before, change, application_properties.WRITABLE))
    directory.update(request.context, _KIND, after)
    principal = service_principals.of_application(request.context, after["appId"])
    if principal is not None:
        service_principals.mirror(request.context, principal, after)
        app_role_assignments.remove_without_role(request.context, principal["id"], after["appRoles"])
    return Reply(204)


def delete(request: Request) -> Reply:
    """`DELETE /applications/{id}`: into the deleted items, and its service principal with it (Microsoft Entra
    documentation, "Restore a soft deleted enterprise application").
    """
    document = find(request)
    check_may_write(request, document)
    principal = service_principals.of_application(request.context, document["appId"])
    if principal is not None:
        service_principals.soft_delete(request.context, principal)
    directory.remove(request.context, _KIND, document["id"])
    deleted_items.add(request.context, _KIND, document)
    owners.forget(request.context, document["id"])
    return Reply(204)


def list_owners(request: Request) -> Reply:
    """`GET /applications/{id}/owners`."""
    return owners.list_owners(request, find(request))


def add_owner(request: Request) -> Reply:
    """`POST /applications/{id}/owners/$ref`."""
    return owners.add_owner(request, _KIND, find(request))


def remove_owner(request: Request) -> Reply:
    """`DELETE /applications/{id}/owners/{owner}/$ref`."""
    return owners.remove_owner(request, _KIND, find(request))


def find(request: Request) -> dict[str, Any]:
    """The application that a path names, by `{id}` or by `(appId='{app_id}')`. Raises Graph's 404."""
    if "app_id" in request.parameters:
        return directory.read_by_app_id(request.context, _KIND, request.parameters["app_id"])
    return directory.read(request.context, _KIND, request.parameters["id"])


def _shown(request: Request) -> list[dict[str, Any]]:
    documents = directory.listing(request.context, _KIND)
    return [application_properties.shown(document, version(request)) for document in documents]


def _without_owners(body: Any) -> Any:
    return (
        {name: value for name, value in body.items() if name != "owners@odata.bind"} if isinstance(body, dict) else body
    )


def _checked(context: Context, before: Mapping[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The application with complete roles and scopes, if every rule holds. `before` is empty for a new one."""
    name = after.get("displayName")
    if not name or len(name) > _LONGEST_NAME:
        raise invalid_value("displayName", "Application")
    if after["signInAudience"] not in _AUDIENCES:
        raise invalid_value("signInAudience", "Application")
    if after["api"]["requestedAccessTokenVersion"] not in (None, 1, 2):
        raise invalid_value("api/requestedAccessTokenVersion", "Application")
    roles = app_roles.complete(after["appRoles"])
    scopes = app_roles.complete_scopes(after["api"]["oauth2PermissionScopes"])
    app_roles.check_unique(roles, scopes)
    if before:
        app_roles.check_change(before["appRoles"], roles)
        app_roles.check_change(before["api"]["oauth2PermissionScopes"], scopes)
    former = before["identifierUris"] if before else []
    identifier_uris.check(context, after["id"], after["appId"], former, after["identifierUris"])
    return {**after, "appRoles": roles, "api": {**after["api"], "oauth2PermissionScopes": scopes}}
