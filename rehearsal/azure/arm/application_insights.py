"""Application Insights components (REST reference, "Components", Microsoft.Insights), workspace-based ones only.

With `DisableLocalAuth` a component takes telemetry from identities alone, and its instrumentation key is no key any
more (Azure documentation, "Microsoft Entra authentication for Application Insights").
"""

import re
import uuid
from collections.abc import Mapping
from typing import Any, NoReturn

from rehearsal.azure.arm import content, inventory, resource_ids, resource_types, schemas, workspaces
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.scopes import existing_resource, not_found
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

TYPE = "microsoft.insights/components"
_NAME = re.compile(r"[^<>%&:?/\\]{1,260}")
_ACCESS = ("Enabled", "Disabled")
_SCHEMA: schemas.Schema = {
    "Application_Type": ("web", "other"),
    "DisableIpMasking": bool,
    "DisableLocalAuth": bool,
    "Flow_Type": str,
    "ForceCustomerStorageForProfiler": bool,
    "IngestionMode": ("ApplicationInsights", "ApplicationInsightsWithDiagnosticSettings", "LogAnalytics"),
    "publicNetworkAccessForIngestion": _ACCESS,
    "publicNetworkAccessForQuery": _ACCESS,
    "Request_Source": str,
    "RetentionInDays": int,
    "WorkspaceResourceId": str,
}


def put(request: Request) -> Reply:
    """Create a component or replace its properties: 200 either way."""
    context, name = request.context, request.parameters["component"]
    if not _NAME.fullmatch(name):
        _refuse("resourceName", name, "1 to 260 characters, none of <>%&:?/\\")
    existing = inventory.find(context, request.path)
    given = content.read(request)
    location = content.check_region(given, resource_types.COMPONENTS, existing, name)
    properties = _properties(given.properties)
    _check_workspace(request, properties)
    if existing and properties["Application_Type"] != existing["properties"]["Application_Type"]:
        _refuse("Application_Type", properties["Application_Type"], existing["properties"]["Application_Type"])
    subscription, group = resource_ids.subscription_of(request.path), request.parameters["group"]
    document = existing or {
        "id": resource_ids.in_group(subscription, group, f"{TYPE}/{name}"),
        "name": name,
        "type": TYPE,
        "created": f"{context.clock.time():%Y-%m-%dT%H:%M:%S.%f+00:00}",
        "instrumentationKey": str(uuid.uuid4()),
        "appId": str(uuid.uuid4()),
    }
    kind = given.kind or "web"
    document |= {"location": location, "tags": dict(given.tags), "kind": kind, "properties": properties}
    inventory.keep(context, document)
    return Reply(body=shown(document))


def get(request: Request) -> Reply:
    """One component, or 404."""
    return Reply(body=shown(existing_resource(request.context, request.path)))


def delete(request: Request) -> Reply:
    """Delete a component: 200, or 204 when there is none."""
    document = inventory.find(request.context, request.path)
    if document is None:
        return Reply(204)
    inventory.remove(request.context, document["id"])
    return Reply(200)


def listing(request: Request) -> Reply:
    """The components of a group or of the subscription."""
    found = inventory.within(request.context, resource_ids.target(request.path).scope, TYPE)
    return page(request, [shown(component) for component in found])


def shown(document: Mapping[str, Any]) -> dict[str, Any]:
    """A component as Microsoft.Insights shows it; `TenantId` is the subscription's id."""
    region = document["location"]
    return {
        **{name: document[name] for name in ("id", "name", "type", "location", "tags", "kind")},
        "properties": {
            "ApplicationId": document["name"],
            "AppId": document["appId"],
            "InstrumentationKey": document["instrumentationKey"],
            "ConnectionString": (
                f"InstrumentationKey={document['instrumentationKey']};"
                f"IngestionEndpoint=https://{region}-1.in.applicationinsights.azure.com/;"
                f"LiveEndpoint=https://{region}.livediagnostics.monitor.azure.com/;ApplicationId={document['appId']}"
            ),
            "Name": document["name"],
            "CreationDate": document["created"],
            "TenantId": document["id"].split("/")[2],
            "provisioningState": "Succeeded",
            "SamplingPercentage": None,
            "RetentionInDays": 90,
            "IngestionMode": "LogAnalytics",
            "publicNetworkAccessForIngestion": "Enabled",
            "publicNetworkAccessForQuery": "Enabled",
            "Ver": "v2",
            **document["properties"],
        },
    }


def _properties(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"Application_Type": "web", **schemas.read(given, _SCHEMA, _refuse)}


def _check_workspace(request: Request, properties: Mapping[str, Any]) -> None:
    workspace = properties.get("WorkspaceResourceId")
    if workspace is None or properties.get("IngestionMode", "LogAnalytics") != "LogAnalytics":
        text = "The stand-in models workspace-based components only: give WorkspaceResourceId."
        raise ArmError(400, "BadRequest", text)
    found = inventory.find(request.context, workspace)
    if found is None or found["type"] != workspaces.TYPE:
        raise not_found(workspace)


def _refuse(name: str, value: Any, allowed: str) -> NoReturn:
    raise ArmError(400, "BadRequest", f"The value '{value}' of '{name}' is not valid. Allowed: {allowed}.")
