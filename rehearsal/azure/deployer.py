"""The deployer: the application whose client id and secret a deployment signs in with, and what it may do."""

from __future__ import annotations

from rehearsal.azure.arm import seed as subscription
from rehearsal.azure.context import GRAPH_APP_ID, Context
from rehearsal.azure.graph import (
    app_role_assignments,
    application_properties,
    passwords,
    service_principal_properties,
)

_NAME = "rehearsal-deployer"
_GRAPH_ROLES = ("Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All")
_UNTIL = "2099-12-31T00:00:00Z"


def seed(context: Context, client_secret: str) -> None:
    """Put the deployer with its secret, its Graph roles and its ownership of the subscription, unless it is there.

    These are the rights that hashicorp/terraform-provider-azuread's documentation asks for, "Configuring a service
    principal for managing Microsoft Entra ID".
    """
    tenant, now = context.tenant, context.clock.timestamp()
    if context.store.get("application", tenant.deployer_application_id) is None:
        application = application_properties.new(
            {
                "id": tenant.deployer_application_id,
                "deletedDateTime": None,
                "appId": tenant.deployer_app_id,
                "createdDateTime": now,
                "displayName": _NAME,
                "publisherDomain": tenant.domain,
                "owners": [],
                "passwordCredentials": [
                    passwords.new(context, client_secret, start=now, end=_UNTIL, name="rehearsal"),
                ],
            }
        )
        context.store.put("application", application["id"], application)
        principal = service_principal_properties.new(
            {
                "id": tenant.deployer_principal_id,
                "deletedDateTime": None,
                "createdDateTime": now,
                "appId": tenant.deployer_app_id,
                **service_principal_properties.mirrored(application, tenant.id),
            }
        )
        context.store.put("servicePrincipal", principal["id"], principal)
        [graph] = context.store.find("servicePrincipal", appId=GRAPH_APP_ID)
        for role in graph["appRoles"]:
            if role["value"] in _GRAPH_ROLES:
                app_role_assignments.add(context, principal, graph, role["id"])
    subscription.seed(context, tenant.subscription_id, tenant.deployer_principal_id)
