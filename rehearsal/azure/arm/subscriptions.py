"""The subscription, the tenant and the regions (REST reference, "Subscriptions" and "Tenants")."""

from typing import Any

from rehearsal.azure.arm import inventory, locations
from rehearsal.azure.arm.pages import page
from rehearsal.azure.context import Context
from rehearsal.azure.routing import Reply, Request


def listing(request: Request) -> Reply:
    """`GET /subscriptions`: the one there is, for everybody who has some role in it."""
    caller = request.caller
    known = caller is not None and inventory.role_assignments(request.context, principal_id=caller.object_id)
    shown = [_shown(request.context)] if known else []
    return Reply(body={"value": shown, "count": {"type": "Total", "value": len(shown)}})


def get(request: Request) -> Reply:
    """`GET /subscriptions/{subscription}`; clients read `tenantId`."""
    return Reply(body=_shown(request.context))


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
    return Reply(body={"value": locations.listing(request.context.tenant.subscription_id)})


def _shown(context: Context) -> dict[str, Any]:
    tenant = context.tenant
    return {
        "id": f"/subscriptions/{tenant.subscription_id}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": tenant.subscription_id,
        "tenantId": tenant.id,
        "displayName": tenant.subscription_name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }
