"""Requests on deleted applications and service principals: listing, restoring, removing for good.

Microsoft Graph documentation, "deletedItems".
"""

from __future__ import annotations

from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.graph import (
    app_role_assignments,
    application_properties,
    deleted_items,
    directory,
    directory_objects,
    service_principal_properties,
    service_principals,
)
from rehearsal.azure.graph.collections import page, single, version
from rehearsal.azure.graph.permissions import check_may_write
from rehearsal.azure.graph.refusals import bad_request
from rehearsal.azure.routing import Reply, Request


def list_applications(request: Request) -> Reply:
    """`GET /directory/deletedItems/microsoft.graph.application`."""
    documents = deleted_items.listing(request.context, "application")
    shown = [application_properties.shown(document, version(request)) for document in documents]
    return page(request, shown, application_properties.RESOURCE)


def list_service_principals(request: Request) -> Reply:
    """`GET /directory/deletedItems/microsoft.graph.servicePrincipal`."""
    documents = deleted_items.listing(request.context, "servicePrincipal")
    shown = [service_principal_properties.shown(document, version(request)) for document in documents]
    return page(request, shown, service_principal_properties.RESOURCE)


def get(request: Request) -> Reply:
    """`GET /directory/deletedItems/{id}`."""
    kind, document = deleted_items.find(request.context, request.parameters["id"])
    return single(request, directory_objects.shown(request, {**document, "kind": kind}), directory_objects.RESOURCE)


def restore(request: Request) -> Reply:
    """`POST /directory/deletedItems/{id}/restore`. An application comes back without its service principal, which is
    restored on its own (Microsoft Entra PowerShell documentation, "Restore-EntraDeletedApplication").
    """
    context = request.context
    kind, document = deleted_items.find(request.context, request.parameters["id"])
    check_may_write(request, document)
    assignments = document.pop("assignments", [])
    document["deletedDateTime"] = None
    document["owners"] = [owner for owner in document["owners"] if directory_objects.find(context, owner)]
    if kind == "servicePrincipal":
        service_principals.check_free(context, document["appId"])
        document = _mirrored(context, document)
    deleted_items.remove(context, kind, document["id"])
    directory.create(context, kind, document)
    app_role_assignments.put_back(context, assignments)
    return single(request, directory_objects.shown(request, {**document, "kind": kind}), directory_objects.RESOURCE)


def purge(request: Request) -> Reply:
    """`DELETE /directory/deletedItems/{id}`: for good."""
    kind, document = deleted_items.find(request.context, request.parameters["id"])
    check_may_write(request, document)
    deleted_items.purge(request.context, kind, document)
    return Reply(204)


def _mirrored(context: Context, principal: dict[str, Any]) -> dict[str, Any]:
    found = context.store.find("application", appId=principal["appId"])
    if not found:
        raise bad_request(
            f"The appId '{principal['appId']}' of the service principal does not reference a valid application object."
        )
    return {**principal, **service_principal_properties.mirrored(found[0], context.tenant.id)}
