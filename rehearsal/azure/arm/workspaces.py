"""Log Analytics workspaces (REST reference, "Workspaces", Microsoft.OperationalInsights).

A deleted workspace keeps its name and its customer id for two weeks, and a new one with the same id is the old one
recovered; `force=true` deletes for good (Azure documentation, "Delete and recover Azure Log Analytics workspace").
"""

import re
import uuid
from collections.abc import Mapping
from typing import Any, NoReturn

from rehearsal.azure.arm import content, inventory, resource_ids, resource_types, schemas
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.scopes import existing_resource
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

TYPE = "Microsoft.OperationalInsights/workspaces"
_DELETED = "armDeletedWorkspace"
_RECOVERABLE = 14 * 86_400
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]")
_SKUS = ("Free", "Standard", "Premium", "PerNode", "PerGB2018", "Standalone", "CapacityReservation", "LACluster")
_ACCESS = ("Enabled", "Disabled")
_SCHEMA: schemas.Schema = {
    "features": dict,
    "forceCmkForQuery": bool,
    "publicNetworkAccessForIngestion": _ACCESS,
    "publicNetworkAccessForQuery": _ACCESS,
    "retentionInDays": int,
    "sku": dict,
    "workspaceCapping": dict,
}
_DEFAULT_FEATURES = {"legacy": 0, "searchVersion": 1, "enableLogAccessUsingOnlyResourcePermissions": True}


def put(request: Request) -> Reply:
    """Create a workspace, recover a deleted one, or replace its properties: 201 for one that was not there, else 200.

    The service answers a creation while it is still `Creating`; here it is done at once.
    """
    context, name = request.context, request.parameters["workspace"]
    if not _NAME.fullmatch(name):
        _refuse("workspaceName", name, "4 to 63 letters, digits and '-', the first and last no '-'")
    existing = inventory.find(context, request.path)
    given = content.read(request)
    location = content.check_region(given, resource_types.WORKSPACES, existing, name)
    moment = f"{context.clock.time():%Y-%m-%dT%H:%M:%S.%fZ}"
    subscription, group = resource_ids.subscription_of(request.path), request.parameters["group"]
    document = existing or {
        "id": resource_ids.in_group(subscription, group, f"{TYPE}/{name}"),
        "name": name,
        "type": TYPE,
        "created": moment,
        "customerId": _recovered(context, request.path) or str(uuid.uuid4()),
    }
    document |= {
        "location": location,
        "tags": dict(given.tags),
        "properties": _properties(given.properties),
        "modified": moment,
    }
    inventory.keep(context, document)
    return Reply(200 if existing else 201, shown(document))


def get(request: Request) -> Reply:
    """One workspace, or 404."""
    return Reply(body=shown(existing_resource(request.context, request.path)))


def delete(request: Request) -> Reply:
    """Delete a workspace, with `force=true` for good: 200, or 204 when there is none."""
    context = request.context
    document = inventory.find(context, request.path)
    if document is None:
        return Reply(204)
    if request.query.get("force", "").lower() == "true":
        context.store.remove(_DELETED, resource_ids.key(document["id"]))
    else:
        remember(context, document)
    inventory.remove(context, document["id"])
    return Reply(200)


def listing(request: Request) -> Reply:
    """The workspaces of a group or of the subscription."""
    found = inventory.within(request.context, resource_ids.target(request.path).scope, TYPE)
    return page(request, [shown(workspace) for workspace in found])


def remember(context: Context, document: Mapping[str, Any]) -> None:
    """Keep what a deleted workspace was, for its recovery."""
    kept = {"id": document["id"], "customerId": document["customerId"], "at": context.clock.now()}
    context.store.put(_DELETED, resource_ids.key(document["id"]), kept)


def shown(document: Mapping[str, Any]) -> dict[str, Any]:
    """A workspace as Microsoft.OperationalInsights shows it."""
    given = document["properties"]
    return {
        **{name: document[name] for name in ("id", "name", "type", "location", "tags")},
        "properties": {
            "customerId": document["customerId"],
            "provisioningState": "Succeeded",
            "retentionInDays": 30,
            "publicNetworkAccessForIngestion": "Enabled",
            "publicNetworkAccessForQuery": "Enabled",
            "workspaceCapping": {"dailyQuotaGb": -1.0, "dataIngestionStatus": "RespectQuota"},
            **given,
            "sku": {"name": "PerGB2018", **given.get("sku", {}), "lastSkuUpdate": document["created"]},
            "features": {**_DEFAULT_FEATURES, **given.get("features", {})},
            "createdDate": document["created"],
            "modifiedDate": document["modified"],
        },
    }


def _recovered(context: Context, path: str) -> str | None:
    deleted = context.store.get(_DELETED, resource_ids.key(path))
    if deleted is None:
        return None
    context.store.remove(_DELETED, resource_ids.key(path))
    return str(deleted["customerId"]) if context.clock.now() - deleted["at"] < _RECOVERABLE else None


def _properties(given: Mapping[str, Any]) -> dict[str, Any]:
    properties = schemas.read(given, _SCHEMA, _refuse)
    name = content.member(properties.get("sku", {}), "name")
    if name is not None and str(name).lower() not in [sku.lower() for sku in _SKUS]:
        _refuse("sku.name", name, ", ".join(_SKUS))
    days = properties.get("retentionInDays", 30)
    if not 7 <= days <= 730:
        _refuse("retentionInDays", days, "7 to 730")
    return properties


def _refuse(name: str, value: Any, allowed: str) -> NoReturn:
    raise ArmError(400, "InvalidParameter", f"The value '{value}' of '{name}' is not valid. Allowed: {allowed}.")
