"""Service principals: an application's presence in the tenant, and the identities of Azure resources."""

from __future__ import annotations

import uuid
from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.errors import GraphError
from rehearsal.azure.graph import (
    app_role_assignments,
    deleted_items,
    directory,
    owners,
    properties,
    service_principal_properties,
)
from rehearsal.azure.graph.collections import count, page, single, version
from rehearsal.azure.graph.permissions import OWNED, check_may_write
from rehearsal.azure.graph.refusals import bad_request, denied, invalid_value
from rehearsal.azure.routing import Reply, Request

_KIND = "servicePrincipal"


def create(request: Request) -> Reply:
    """`POST /servicePrincipals` with the `appId` of an application of this tenant."""
    context = request.context
    given = properties.read("ServicePrincipal", service_principal_properties.CREATABLE, _without_owners(request.body))
    app_id = given.get("appId")
    if not app_id:
        raise invalid_value("appId", "ServicePrincipal")
    check_free(context, app_id)
    application = _backing_application(request, app_id)
    caller_id = request.caller.object_id if request.caller else ""
    known = {
        "id": str(uuid.uuid4()),
        "deletedDateTime": None,
        "createdDateTime": context.clock.timestamp(),
        "owners": owners.bound(context, request.body, caller_id),
        **service_principal_properties.mirrored(application, context.tenant.id),
    }
    document = service_principal_properties.new({**given, **known})
    directory.create(context, _KIND, document)
    shown = service_principal_properties.shown(document, version(request))
    reply = single(request, shown, service_principal_properties.RESOURCE)
    location = (
        f"{request.base_url}/v2/{context.tenant.id}/directoryObjects/{document['id']}/Microsoft.DirectoryServices"
    )
    return Reply(201, reply.body, {"Location": f"{location}.ServicePrincipal"})


def get(request: Request) -> Reply:
    """`GET /servicePrincipals/{id}`."""
    shown = service_principal_properties.shown(find(request), version(request))
    return single(request, shown, service_principal_properties.RESOURCE)


def list_all(request: Request) -> Reply:
    """`GET /servicePrincipals`."""
    return page(request, _shown(request), service_principal_properties.RESOURCE)


def count_all(request: Request) -> Reply:
    """`GET /servicePrincipals/$count`."""
    return count(request, _shown(request))


def update(request: Request) -> Reply:
    """`PATCH /servicePrincipals/{id}`."""
    before = find(request)
    check_may_write(request, before)
    shape = {**service_principal_properties.WRITABLE, "id": properties.Kind.GUID}
    change = properties.read("ServicePrincipal", shape, request.body)
    if change.pop("id", before["id"]) != before["id"]:
        raise invalid_value("id", "ServicePrincipal")
    change = properties.with_defaults(change, service_principal_properties.DEFAULTS)
    directory.update(request.context, _KIND, properties.merge(before, change, service_principal_properties.WRITABLE))
    return Reply(204)


def delete(request: Request) -> Reply:
    """`DELETE /servicePrincipals/{id}`: into the deleted items.

    Those of published APIs and of managed identities are refused: the first are not the tenant's to delete, the second
    go with their Azure resource (Microsoft Entra documentation, "Troubleshoot adding apps": managed identities' service
    principals cannot be deleted as enterprise applications).
    """
    document = find(request)
    check_may_write(request, document)
    if document.get("published") or document["servicePrincipalType"] == "ManagedIdentity":
        raise denied()
    soft_delete(request.context, document)
    return Reply(204)


def soft_delete(context: Context, document: dict[str, Any]) -> None:
    """Move a service principal to the deleted items, with the assignments it took part in."""
    assignments = app_role_assignments.remove_of(context, document["id"])
    directory.remove(context, _KIND, document["id"])
    deleted_items.add(context, _KIND, {**document, "assignments": assignments})
    owners.forget(context, document["id"])


def of_application(context: Context, app_id: str) -> dict[str, Any] | None:
    """The service principal of an application; None when it has none."""
    found = context.store.find(_KIND, appId=app_id)
    return found[0] if found else None


def mirror(context: Context, principal: dict[str, Any], application: dict[str, Any]) -> None:
    """Repeat an application's properties on its service principal."""
    mirrored = service_principal_properties.mirrored(application, context.tenant.id)
    directory.update(context, _KIND, {**principal, **mirrored})


def list_owners(request: Request) -> Reply:
    """`GET /servicePrincipals/{id}/owners`."""
    return owners.list_owners(request, find(request))


def add_owner(request: Request) -> Reply:
    """`POST /servicePrincipals/{id}/owners/$ref`."""
    return owners.add_owner(request, _KIND, find(request))


def remove_owner(request: Request) -> Reply:
    """`DELETE /servicePrincipals/{id}/owners/{owner}/$ref`."""
    return owners.remove_owner(request, _KIND, find(request))


def find(request: Request) -> dict[str, Any]:
    """The service principal that a path names, by `{id}` or by `(appId='{app_id}')`. Raises Graph's 404."""
    if "app_id" in request.parameters:
        return directory.read_by_app_id(request.context, _KIND, request.parameters["app_id"])
    return directory.read(request.context, _KIND, request.parameters["id"])


def check_free(context: Context, app_id: str) -> None:
    if of_application(context, app_id) is not None:
        # The words: Azure/reliable-web-app-pattern-java#185.
        raise GraphError(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            "The service principal cannot be created, updated, or restored because the service principal name "
            f"{app_id} is already in use.",
        )


def _backing_application(request: Request, app_id: str) -> dict[str, Any]:
    found = request.context.store.find("application", appId=app_id)
    roles = request.caller.roles if request.caller else frozenset()
    only_owned = OWNED in roles and roles.isdisjoint({"Application.ReadWrite.All", "Directory.ReadWrite.All"})
    if found and directory.is_replicated(request.context, "application", found[0]["id"]):
        check_may_write(request, found[0])
        return found[0]
    if only_owned:
        # Words as hashicorp/terraform-provider-azuread retries them, `service_principal_resource.go`.
        raise GraphError(
            403,
            "Authorization_RequestDenied",
            "When using this permission, the backing application of the service principal being created must in the "
            "local tenant",
        )
    raise bad_request(f"The appId '{app_id}' of the service principal does not reference a valid application object.")


def _shown(request: Request) -> list[dict[str, Any]]:
    documents = directory.listing(request.context, _KIND)
    return [service_principal_properties.shown(document, version(request)) for document in documents]


def _without_owners(body: Any) -> Any:
    return (
        {name: value for name, value in body.items() if name != "owners@odata.bind"} if isinstance(body, dict) else body
    )
