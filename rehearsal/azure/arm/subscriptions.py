"""The subscriptions, the tenant and the regions (REST reference, "Subscriptions" and "Tenants")."""

from typing import Any

from rehearsal.azure.arm import inventory, locations, resource_ids
from rehearsal.azure.arm.pages import page
from rehearsal.azure.context import Context
from rehearsal.azure.routing import Reply, Request


def listing(request: Request) -> Reply:
    """`GET /subscriptions`: those that the caller has some role in."""
    context, caller = request.context, request.caller
    held = inventory.role_assignments(context, principal_id=caller.object_id) if caller else []
    reached = {resource_ids.subscription_of(assignment["scope"]) for assignment in held}
    shown = [_shown(context, each) for each in inventory.subscriptions(context) if each["id"] in reached]
    return Reply(body={"value": shown, "count": {"type": "Total", "value": len(shown)}})


def get(request: Request) -> Reply:
    """`GET /subscriptions/{subscription}`; clients read `tenantId`."""
    context, asked = request.context, request.parameters["subscription"].lower()
    [known] = [each for each in inventory.subscriptions(context) if each["id"] == asked]
    return Reply(body=_shown(context, known))


def tenants(request: Request) -> Reply:
    """`GET /tenants`: the one there is."""
    tenant = request.context.tenant
    return page(
        request,
        [
            {
                "id": f"/tenants/{tenant.id}",
                "tenantId": tenant.id,
                "displayName": tenant.display_name,
                "domains": [tenant.domain],
                "defaultDomain": tenant.domain,
                "tenantCategory": "Home",
            }
        ],
    )


def regions(request: Request) -> Reply:
    """`GET /subscriptions/{subscription}/locations`."""
    return Reply(body={"value": locations.listing(resource_ids.subscription_of(request.path))})


def _shown(context: Context, subscription: inventory.Document) -> dict[str, Any]:
    return {
        "id": resource_ids.subscription_id(subscription["id"]),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": subscription["id"],
        "tenantId": context.tenant.id,
        "displayName": subscription["name"],
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }
