"""App Service plans, "server farms" (REST reference, "App Service Plans", Microsoft.Web).

All SKUs are kept as sent; the rules of Flex Consumption (`FC1`) are those of `flex_consumption`.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from rehearsal.azure.arm import content, inventory, locations, resource_ids, resource_types, schemas
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.scopes import existing_resource
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError, WebError
from rehearsal.azure.routing import Reply, Request

TYPE = "Microsoft.Web/serverfarms"
_NAME = re.compile(r"[0-9a-zA-Z_-]{1,60}")
_TIERS = {
    "FC": "FlexConsumption",
    "Y": "Dynamic",
    "F": "Free",
    "D": "Shared",
    "B": "Basic",
    "S": "Standard",
    "EP": "ElasticPremium",
}
_SKU = re.compile(r"(?P<family>[A-Z]+)\d+(v\d)?", re.IGNORECASE)
_SCHEMA: schemas.Schema = {
    "asyncScalingEnabled": bool,
    "elasticScaleEnabled": bool,
    "hyperV": bool,
    "isSpot": bool,
    "isXenon": bool,
    "maximumElasticWorkerCount": int,
    "perSiteScaling": bool,
    "reserved": bool,
    "targetWorkerCount": int,
    "targetWorkerSizeId": int,
    "workerTierName": str,
    "zoneRedundant": bool,
}
_NOT_MODELLED = ("hostingEnvironmentProfile", "kubeEnvironmentProfile", "spotExpirationTime", "freeOfferExpirationTime")


def put(request: Request) -> Reply:
    """Create or replace a plan: 200 with the plan, as Microsoft.Web answers without an operation to wait for."""
    context, name = request.context, request.parameters["plan"]
    if not _NAME.fullmatch(name):
        raise _invalid("name")
    existing = inventory.find(context, request.path)
    given = content.read(request)
    location = content.check_region(given, resource_types.PLANS, existing, name)
    subscription, group = resource_ids.subscription_of(request.path), request.parameters["group"]
    document = {
        "id": existing["id"] if existing else resource_ids.in_group(subscription, group, f"{TYPE}/{name}"),
        "name": existing["name"] if existing else name,
        "type": TYPE,
        "location": location,
        "kind": given.kind or (existing["kind"] if existing else "app"),
        "tags": dict(given.tags),
        "sku": _sku(given.sku, existing),
        "properties": _properties(given.properties),
        "createdTime": existing["createdTime"] if existing else f"{context.clock.time():%Y-%m-%dT%H:%M:%S.%f}",
    }
    _check_change(context, document, existing)
    inventory.keep(context, document)
    body = shown(context, document)
    # Recorded PUT replies repeat the SKU inside `properties` and the location as it was sent.
    body["properties"]["sku"] = body["sku"]
    return Reply(body={**body, "location": given.location or body["location"]})


def patch(request: Request) -> Reply:
    """Change what the body names."""
    document = existing_resource(request.context, request.path)
    before = dict(document)
    given = content.read(request)
    if "kind" in given.given:
        document["kind"] = given.kind
    document["properties"] = {**document["properties"], **_properties(given.properties)}
    _check_change(request.context, document, before)
    inventory.keep(request.context, document)
    return Reply(body=shown(request.context, document))


def get(request: Request) -> Reply:
    """One plan, or 404."""
    return Reply(body=shown(request.context, existing_resource(request.context, request.path)))


def delete(request: Request) -> Reply:
    """Delete a plan: 200, 204 when there is none, 409 while web apps are assigned to it
    (hashicorp/terraform-provider-azurerm#13377).
    """
    document = inventory.find(request.context, request.path)
    if document is None:
        return Reply(204)
    sites = inventory.sites_on(request.context, document["id"])
    if sites:
        raise WebError(
            409,
            "Conflict",
            "Server farm '{0}' cannot be deleted because it has web app(s) {1} assigned to it.",
            document["name"],
            ", ".join(site["name"] for site in sites),
            extended_code="11003",
        )
    inventory.remove(request.context, document["id"])
    return Reply(200)


def listing(request: Request) -> Reply:
    """The plans of a group or of the subscription."""
    scope = resource_ids.target(request.path).scope
    return page(request, [shown(request.context, plan) for plan in inventory.within(request.context, scope, TYPE)])


def is_flex(plan: Mapping[str, Any]) -> bool:
    """Whether a plan is of the Flex Consumption SKU."""
    return bool(plan["sku"]["tier"] == "FlexConsumption")


def web_space(plan: Mapping[str, Any]) -> str:
    """The name of the unit of App Service that a plan lives in; on Flex it is the plan's own."""
    return f"flex-{hashlib.sha256(resource_ids.key(plan['id']).encode()).hexdigest()}-webspace"


def shown(context: Context, document: Mapping[str, Any]) -> dict[str, Any]:
    """A plan as Microsoft.Web shows it."""
    subscription = document["id"].split("/")[2]
    region = locations.display_name(document["location"])
    number = int(hashlib.sha256(document["id"].encode()).hexdigest()[:4], 16)
    dynamic = document["sku"]["tier"] in ("FlexConsumption", "Dynamic")
    workers = 0 if dynamic else document["sku"]["capacity"]
    return {
        **{name: document[name] for name in ("id", "name", "type", "kind", "tags", "sku")},
        "location": region,
        "properties": {
            "serverFarmId": number,
            "name": document["name"],
            "workerSize": "Small",
            "workerSizeId": 0,
            "workerTierName": None,
            "numberOfWorkers": workers,
            "currentNumberOfWorkers": workers,
            "status": "Ready",
            "webSpace": web_space(document),
            "subscription": subscription,
            "hostingEnvironment": None,
            "hostingEnvironmentProfile": None,
            "maximumNumberOfWorkers": 0 if dynamic else 10,
            "planName": "VirtualDedicatedPlan",
            "computeMode": "Dynamic" if dynamic else "Dedicated",
            "geoRegion": region,
            "perSiteScaling": False,
            "elasticScaleEnabled": False,
            "maximumElasticWorkerCount": 1,
            "numberOfSites": len(inventory.sites_on(context, document["id"])),
            "isSpot": False,
            "tags": document["tags"],
            "kind": document["kind"],
            "resourceGroup": resource_ids.group_name(document["id"]),
            "reserved": False,
            "isXenon": False,
            "hyperV": False,
            "targetWorkerCount": 0,
            "targetWorkerSizeId": 0,
            "zoneRedundant": False,
            "asyncScalingEnabled": False,
            **document["properties"],
            "provisioningState": "Succeeded",
            "createdTime": document["createdTime"],
            "powerState": "Running",
        },
    }


def _properties(given: Mapping[str, Any]) -> dict[str, Any]:
    for name in _NOT_MODELLED:
        if content.member(given, name) is not None:
            text = f"The stand-in does not model the property '{name}' of an App Service plan. Leave it out."
            raise ArmError(400, "BadRequest", text)
    return schemas.read(given, _SCHEMA, lambda name, _value, _allowed: _refuse(name))


def _sku(given: Mapping[str, Any], existing: Mapping[str, Any] | None) -> dict[str, Any]:
    name = content.member(given, "name")
    if name is None:
        if existing is not None:
            return dict(existing["sku"])
        name = "F1"
    known = _SKU.fullmatch(name) if isinstance(name, str) else None
    capacity = content.member(given, "capacity")
    if known is None or not (capacity is None or (type(capacity) is int and 0 <= capacity <= 100)):
        raise _invalid("sku")
    family = known["family"].upper()
    version = (known[2] or "").lower()
    tier = _TIERS.get(family, f"Premium{version.upper()}" if family == "P" else "")
    if not tier:
        raise _invalid("sku")
    dynamic = tier in ("FlexConsumption", "Dynamic")
    return {
        "name": name,
        "tier": tier,
        "size": name,
        "family": family + version,
        "capacity": 0 if dynamic else 1 if capacity is None else capacity,
    }


def _check_change(context: Context, document: Mapping[str, Any], existing: Mapping[str, Any] | None) -> None:
    """A plan never changes between Linux and Windows, nor between Flex Consumption and another SKU; Flex is Linux."""
    reserved = document["properties"].get("reserved", False)
    if is_flex(document) and not reserved:
        raise WebError(
            400,
            "BadRequest",
            "{0} is invalid.  {1}",
            "properties.reserved",
            "Flex Consumption plans are Linux plans: reserved must be true.",
            extended_code="51021",
        )
    if existing is None or not inventory.sites_on(context, existing["id"]):
        return
    if is_flex(existing) != is_flex(document) or existing["properties"].get("reserved", False) != reserved:
        raise WebError(
            409,
            "Conflict",
            "{0}",
            "The plan has web apps: neither its operating system nor its Flex Consumption SKU can change.",
        )


def _invalid(name: str) -> WebError:
    return WebError(400, "BadRequest", "The parameter {0} has an invalid value.", name, extended_code="01007")


def _refuse(name: str) -> NoReturn:
    raise _invalid(name)
