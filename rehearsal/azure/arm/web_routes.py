"""Operations of Microsoft.Web."""

from rehearsal.azure.arm import plans, resource_types, site_children, site_names, sites
from rehearsal.azure.arm.gate import existence, route
from rehearsal.azure.routing import Route

_SUBSCRIPTION = "/subscriptions/{subscription}"
_WEB = "/providers/Microsoft.Web"
_IN_GROUP = _SUBSCRIPTION + "/resourceGroups/{group}" + _WEB
_PLAN = _IN_GROUP + "/serverfarms/{plan}"
_SITE = _IN_GROUP + "/sites/{site}"
_POLICIES = _SITE + "/basicPublishingCredentialsPolicies"
_P, _S, _C = resource_types.PLANS, resource_types.SITES, resource_types.SITE_CONFIG
_POLICY = resource_types.SITE_POLICIES
_PLANS, _SITES = "Microsoft.Web/serverfarms", "Microsoft.Web/sites"
_POLICY_ACTION = f"{_SITES}/basicPublishingCredentialsPolicies"

ROUTES: tuple[Route, ...] = (
    route("PUT", _PLAN, plans.put, _P, f"{_PLANS}/write", "Create or update an App Service plan"),
    route("PATCH", _PLAN, plans.patch, _P, f"{_PLANS}/write", "Change an App Service plan"),
    route("GET", _PLAN, plans.get, _P, f"{_PLANS}/read", "Get an App Service plan"),
    route("HEAD", _PLAN, existence(plans.get), _P, f"{_PLANS}/read", "Check whether an App Service plan exists"),
    route("DELETE", _PLAN, plans.delete, _P, f"{_PLANS}/delete", "Delete an App Service plan"),
    route("GET", _PLAN + "/sites", sites.listing_on_plan, _P, f"{_PLANS}/sites/read", "List the sites of a plan"),
    route("GET", _IN_GROUP + "/serverfarms", plans.listing, _P, f"{_PLANS}/read", "List plans of a group"),
    route("GET", _SUBSCRIPTION + _WEB + "/serverfarms", plans.listing, _P, f"{_PLANS}/read", "List all plans"),
    route("PUT", _SITE, sites.put, _S, f"{_SITES}/write", "Create or update a site"),
    route("PATCH", _SITE, sites.patch, _S, f"{_SITES}/write", "Change a site"),
    route("GET", _SITE, sites.get, _S, f"{_SITES}/read", "Get a site"),
    route("HEAD", _SITE, existence(sites.get), _S, f"{_SITES}/read", "Check whether a site exists"),
    route("DELETE", _SITE, sites.delete, _S, f"{_SITES}/delete", "Delete a site"),
    route("GET", _IN_GROUP + "/sites", sites.listing, _S, f"{_SITES}/read", "List sites of a group"),
    route("GET", _SUBSCRIPTION + _WEB + "/sites", sites.listing, _S, f"{_SITES}/read", "List all sites"),
    route("GET", _SITE + "/config", site_children.list_configs, _C, f"{_SITES}/config/read", "List configurations"),
    route("GET", _SITE + "/config/web", site_children.get_web_config, _C, f"{_SITES}/config/read", "Get config/web"),
    route(
        "PUT", _SITE + "/config/web", site_children.put_web_config, _C, f"{_SITES}/config/write", "Replace config/web"
    ),
    route(
        "PATCH",
        _SITE + "/config/web",
        site_children.patch_web_config,
        _C,
        f"{_SITES}/config/write",
        "Change config/web",
    ),
    route(
        "PUT",
        _SITE + "/config/appsettings",
        site_children.put_settings,
        _C,
        f"{_SITES}/config/write",
        "Replace application settings",
    ),
    route(
        "POST",
        _SITE + "/config/appsettings/list",
        site_children.list_settings,
        _C,
        f"{_SITES}/config/list/action",
        "List application settings",
    ),
    route("GET", _POLICIES, site_children.list_policies, _POLICY, f"{_POLICY_ACTION}/read", "List publishing policies"),
    route(
        "GET",
        _POLICIES + "/{policy}",
        site_children.get_policy,
        _POLICY,
        f"{_POLICY_ACTION}/read",
        "Get a publishing policy",
    ),
    route(
        "PUT",
        _POLICIES + "/{policy}",
        site_children.put_policy,
        _POLICY,
        f"{_POLICY_ACTION}/write",
        "Allow or forbid basic authentication",
    ),
    route(
        "POST",
        _SUBSCRIPTION + _WEB + "/checknameavailability",
        site_names.check,
        resource_types.SITE_NAMES,
        "Microsoft.Web/checknameavailability/read",
        "Check a site's name",
    ),
    route(
        "GET",
        _SUBSCRIPTION + _WEB + "/geoRegions",
        site_names.geo_regions,
        resource_types.GEO_REGIONS,
        "Microsoft.Web/geoRegions/read",
        "List the regions of a SKU",
    ),
)
