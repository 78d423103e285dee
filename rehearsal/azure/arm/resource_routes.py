"""Operations of Resource Manager itself: subscription, tenant, providers, resource groups, lists of resources."""

from rehearsal.azure.arm import (
    generic_resources,
    group_deletion,
    resource_groups,
    resource_providers,
    resource_types,
    subscriptions,
)
from rehearsal.azure.arm.gate import route
from rehearsal.azure.routing import Route

_SUBSCRIPTION = "/subscriptions/{subscription}"
_GROUP = _SUBSCRIPTION + "/resourceGroups/{group}"
_PROVIDER = _SUBSCRIPTION + "/providers/{namespace}"
_SUBSCRIPTION_READ = "Microsoft.Resources/subscriptions/read"
_GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
_S, _G, _P = resource_types.SUBSCRIPTIONS, resource_types.GROUPS, resource_types.PROVIDERS

ROUTES: tuple[Route, ...] = (
    route("GET", "/subscriptions", subscriptions.listing, _S, "", "List subscriptions"),
    route("GET", "/tenants", subscriptions.tenants, resource_types.TENANTS, "", "List tenants"),
    route("GET", _SUBSCRIPTION, subscriptions.get, _S, _SUBSCRIPTION_READ, "Get a subscription"),
    route(
        "GET",
        _SUBSCRIPTION + "/locations",
        subscriptions.regions,
        _S,
        "Microsoft.Resources/subscriptions/locations/read",
        "List regions",
    ),
    route(
        "GET",
        _SUBSCRIPTION + "/operationresults/{operation}",
        group_deletion.poll,
        _G,
        "",
        "Poll the deletion of a resource group",
    ),
    route(
        "GET",
        _SUBSCRIPTION + "/providers",
        resource_providers.listing,
        _P,
        "Microsoft.Resources/subscriptions/providers/read",
        "List resource providers",
    ),
    route(
        "GET",
        _PROVIDER,
        resource_providers.get,
        _P,
        "Microsoft.Resources/subscriptions/providers/read",
        "Get a resource provider",
    ),
    *(
        route(
            "POST", f"{_SUBSCRIPTION}/providers/{namespace}/{verb}", handler, _P, f"{namespace}/{verb}/action", summary
        )
        for namespace in resource_types.NAMESPACES
        for verb, handler, summary in (
            ("register", resource_providers.register, "Register a resource provider"),
            ("unregister", resource_providers.unregister, "Unregister a resource provider"),
        )
    ),
    route(
        "GET", _SUBSCRIPTION + "/resourceGroups", resource_groups.listing, _G, f"{_GROUPS}/read", "List resource groups"
    ),
    route("PUT", _GROUP, resource_groups.put, _G, f"{_GROUPS}/write", "Create or update a resource group"),
    route("PATCH", _GROUP, resource_groups.patch, _G, f"{_GROUPS}/write", "Change a resource group's tags"),
    route("GET", _GROUP, resource_groups.get, _G, f"{_GROUPS}/read", "Get a resource group"),
    route("HEAD", _GROUP, resource_groups.head, _G, f"{_GROUPS}/read", "Check whether a resource group exists"),
    route("DELETE", _GROUP, resource_groups.delete, _G, f"{_GROUPS}/delete", "Delete a resource group"),
    route(
        "GET",
        _GROUP + "/resources",
        generic_resources.listing,
        resource_types.GENERIC,
        f"{_GROUPS}/resources/read",
        "List resources of a group",
    ),
    route(
        "GET",
        _SUBSCRIPTION + "/resources",
        generic_resources.listing,
        resource_types.GENERIC,
        "Microsoft.Resources/subscriptions/resources/read",
        "List resources of the subscription",
    ),
)
