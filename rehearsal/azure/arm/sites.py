"""Sites: function apps and web apps (REST reference, "Web Apps", Microsoft.Web).

A PUT answers 200 with the whole site, principal id included; 201 never, which clients take for an error
(azure-mgmt-web, `begin_create_or_update` accepts 200 and 202).
"""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.azure.arm import (
    authorization,
    content,
    flex_consumption,
    inventory,
    plans,
    resource_ids,
    resource_types,
    site_identity,
    site_properties,
    site_view,
)
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.scopes import existing_resource
from rehearsal.azure.context import Context
from rehearsal.azure.errors import WebError
from rehearsal.azure.routing import Reply, Request

TYPE = "Microsoft.Web/sites"
_NAME = re.compile(r"(?!-)[0-9a-zA-Z-]{2,60}(?<!-)")


def put(request: Request) -> Reply:
    """Create a site or replace its properties; settings and identity that are left out stay as they are."""
    context, name = request.context, request.parameters["site"]
    if not _NAME.fullmatch(name):
        # Azure/Azure-Functions#1645.
        raise WebError(400, "BadRequest", "The host name {0} is invalid.", f"{name}.azurewebsites.net")
    existing = inventory.find(context, request.path)
    if existing is None and inventory.named(context, TYPE, name) is not None:
        # serverless/serverless-azure-functions#125.
        raise WebError(409, "Conflict", "Website with given name {0} already exists.", name, extended_code="54001")
    given = content.read(request)
    location = content.check_region(given, resource_types.SITES, existing, name)
    document = existing or _new(request, name)
    document |= {"location": location, "tags": dict(given.tags), "properties": {}, "siteConfig": {}}
    document["kind"] = given.kind or document["kind"]
    return _write(request, document, given, creating=existing is None)


def patch(request: Request) -> Reply:
    """Change what the body names; `functionAppConfig` is replaced as a whole."""
    document = find(request)
    return _write(request, document, content.read(request), creating=False)


def get(request: Request) -> Reply:
    """One site, or 404."""
    return Reply(body=shown(request.context, find(request)))


def delete(request: Request) -> Reply:
    """Delete a site with its principal: 200, or 204 when there is none.

    The last site takes its plan along unless `deleteEmptyServerFarm=false` (REST reference, "Web Apps - Delete").
    """
    context = request.context
    document = inventory.find(context, request.path)
    if document is None:
        return Reply(204)
    site_identity.remove(context, document)
    inventory.remove(context, document["id"])
    plan_id = document["serverFarmId"]
    spare = request.query.get("deleteemptyserverfarm", "true").lower() == "false"
    if not spare and not inventory.sites_on(context, plan_id):
        inventory.remove(context, plan_id)
    return Reply(200)


def listing(request: Request) -> Reply:
    """The sites of a group or of the subscription."""
    sites = inventory.within(request.context, resource_ids.target(request.path).scope, TYPE)
    return page(request, [shown(request.context, site) for site in sites])


def listing_on_plan(request: Request) -> Reply:
    """The sites assigned to a plan."""
    context = request.context
    plan = existing_resource(context, resource_ids.target(request.path).scope)
    return page(request, [shown(context, site) for site in inventory.sites_on(context, plan["id"])])


def find(request: Request) -> dict[str, Any]:
    """The site that a path lies at or below. Raises 404 for one that does not exist."""
    return existing_resource(request.context, "/" + "/".join(resource_ids.segments(request.path)[:8]))


def shown(context: Context, document: Mapping[str, Any]) -> dict[str, Any]:
    """A site as Microsoft.Web shows it."""
    plan = _plan(context, document["serverFarmId"])
    return site_view.site(document, plan, deployment_site(context, document))


def deployment_site(context: Context, document: Mapping[str, Any]) -> str:
    """Where a site takes deployments, without the scheme: a path of the stand-in, which has but one host name."""
    return f"{context.https_url.removeprefix('https://')}/scm/{document['name'].lower()}"


def configure(context: Context, document: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Take over a `siteConfig`: its properties, and the settings when it has them."""
    if plans.is_flex(_plan(context, document["serverFarmId"])):
        flex_consumption.check_site_config(given)
    document["siteConfig"] = {**document["siteConfig"], **site_properties.read_config(given)}
    settings = content.member(given, "appSettings")
    if settings is not None:
        change_settings(context, document, site_properties.read_pairs(settings, "appSettings"))


def change_settings(context: Context, document: dict[str, Any], settings: dict[str, str]) -> None:
    """Replace all application settings of a site."""
    if plans.is_flex(_plan(context, document["serverFarmId"])):
        flex_consumption.check_settings(settings)
    document["appSettings"] = settings


def environment(context: Context, name: str) -> dict[str, str] | None:
    """The environment variables that App Service gives a site's process: its application settings and the platform's
    own (Azure documentation, "Environment variables and app settings in Azure App Service"). None when there is no
    such site.
    """
    document = inventory.named(context, TYPE, name)
    if document is None:
        return None
    platform = {
        "WEBSITE_SITE_NAME": document["name"],
        "WEBSITE_HOSTNAME": site_view.host_name(document),
        "WEBSITE_RESOURCE_GROUP": resource_ids.group_name(document["id"]),
        "WEBSITE_OWNER_NAME": f"{resource_ids.subscription_of(document['id'])}+{document['location']}webspace-Linux",
        "WEBSITE_SKU": _plan(context, document["serverFarmId"])["sku"]["tier"],
        "FUNCTIONS_EXTENSION_VERSION": "~4",
    }
    runtime = (document["functionAppConfig"] or {}).get("runtime")
    if runtime:
        platform["FUNCTIONS_WORKER_RUNTIME"] = runtime["name"]
    return {**document["appSettings"], **platform}


def identity(context: Context, name: str) -> dict[str, str] | None:
    """`principalId` and `tenantId` of a site's system-assigned identity; None without site or identity."""
    document = inventory.named(context, TYPE, name)
    return document["identity"] if document else None


def _new(request: Request, name: str) -> dict[str, Any]:
    subscription, group = resource_ids.subscription_of(request.path), request.parameters["group"]
    return {
        "id": resource_ids.in_group(subscription, group, f"{TYPE}/{name}"),
        "name": name,
        "type": TYPE,
        "kind": "app",
        "identity": None,
        "serverFarmId": "",
        "functionAppConfig": None,
        "appSettings": {},
        "policies": {"ftp": True, "scm": True},
    }


def _write(request: Request, document: dict[str, Any], given: content.Content, *, creating: bool) -> Reply:
    context = request.context
    if "kind" in given.given:
        document["kind"] = given.kind
    document["properties"] = {**document["properties"], **site_properties.read_site(given.properties)}
    plan = _assign_plan(request, document, given.properties)
    _configure_functions(document, plan, given.properties, creating=creating)
    config = content.member(given.properties, "siteConfig")
    if config is not None:
        if not isinstance(config, dict):
            site_properties.refuse("siteConfig")
        configure(context, document, config)
    site_identity.update(context, document, given.identity)
    document["modified"] = f"{context.clock.time():%Y-%m-%dT%H:%M:%S.%f}"
    inventory.keep(context, document)
    return Reply(body=shown(context, document))


def _assign_plan(request: Request, document: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    context = request.context
    asked = content.member(given, "serverFarmId")
    if asked is None:
        if document["serverFarmId"]:
            return _plan(context, document["serverFarmId"])
        raise WebError(
            400,
            "BadRequest",
            "{0} is invalid.  {1}",
            "properties.serverFarmId",
            "The stand-in does not model sites without a plan of their own: name one.",
            extended_code="51021",
        )
    if not isinstance(asked, str) or resource_ids.target(asked).full_type.lower() != plans.TYPE.lower():
        site_properties.refuse("serverFarmId")
    plan = _plan(context, asked)
    authorization.authorize_linked(
        context, request.caller, f"{TYPE}/write", document["id"], "Microsoft.Web/serverFarms/join/action", plan["id"]
    )
    others = [site for site in inventory.sites_on(context, plan["id"]) if site["id"] != document["id"]]
    if plans.is_flex(plan) and others:
        raise flex_consumption.one_site_only(plan["name"])
    document["serverFarmId"] = plan["id"]
    return plan


def _configure_functions(
    document: dict[str, Any], plan: Mapping[str, Any], given: Mapping[str, Any], *, creating: bool
) -> None:
    asked = content.member(given, "functionAppConfig")
    if plans.is_flex(plan):
        config = flex_consumption.check_config(asked, creating=creating)
        document["properties"]["reserved"] = True
        document["functionAppConfig"] = config or document["functionAppConfig"]
    elif asked is not None:
        raise WebError(
            400,
            "BadRequest",
            "{0} is invalid.  {1}",
            "Site.FunctionAppConfig",
            f"Only Flex Consumption plans take one; {plan['name']} is {plan['sku']['tier']}.",
            extended_code="51021",
        )


def _plan(context: Context, plan_id: str) -> dict[str, Any]:
    """The plan with an id. Raises Microsoft.Web's 404 for one that does not exist."""
    plan = inventory.find(context, plan_id)
    if plan is None:
        name = resource_ids.segments(plan_id)[-1]
        raise WebError(404, "NotFound", "Cannot find {0} with name {1}.", "ServerFarm", name, extended_code="51004")
    return plan
