"""Azure RBAC: what an identity may do with resources."""

from __future__ import annotations

import uuid

import pulumi
from pulumi_azure_native import authorization

from components import role_delegation

STORAGE_BLOB_DATA_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
"""Azure built-in role: what the Functions host needs on its storage (Azure Functions, "Connecting to host storage with
an identity"), and enough for the deployment package too."""
MONITORING_METRICS_PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"
"""Azure built-in role: what sends telemetry (Azure Monitor, "Microsoft Entra authentication for Application
Insights")."""

GIVEN_TO_APPS = (STORAGE_BLOB_DATA_OWNER, MONITORING_METRICS_PUBLISHER)
"""The roles that a deployment gives to the identities of its apps."""
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ROLE_BASED_ACCESS_CONTROL_ADMINISTRATOR = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
STORAGE_BLOB_DATA_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
STORAGE_BLOB_DATA_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"


def assign(
    name: str,
    *,
    role: str,
    scope: pulumi.Input[str],
    principal_id: pulumi.Input[str],
    principal_type: authorization.PrincipalType = authorization.PrincipalType.SERVICE_PRINCIPAL,
    condition: str | None = None,
    subscription_id: str | None = None,
    opts: pulumi.ResourceOptions,
) -> authorization.RoleAssignment:
    """Declares that an identity holds `role` (the GUID of a built-in or a custom one) at `scope` (an ARM id), if given
    under a condition.

    With `subscription_id`, which the scope lies in, a preview shows which role it is before the scope is there.
    """
    subscription = f"/subscriptions/{subscription_id}" if subscription_id else scope
    return authorization.RoleAssignment(
        name,
        # A new identity needs a new name: ARM refuses to change the principal of an assignment
        # (RoleAssignmentUpdateNotPermitted), and names are unique in the tenant.
        role_assignment_name=pulumi.Output.all(scope, principal_id).apply(
            lambda known: role_assignment_name(role=role, scope=known[0], principal_id=known[1])
        ),
        scope=scope,
        principal_id=principal_id,
        # Without it ARM looks the new identity up, and may not find it yet (PrincipalNotFound).
        principal_type=principal_type,
        role_definition_id=pulumi.Output.from_input(subscription).apply(
            lambda known: role_definition_id(role=role, scope=known)
        ),
        condition=condition,
        condition_version=role_delegation.VERSION if condition else None,
        opts=opts,
    )


def role_assignment_name(*, role: str, scope: str, principal_id: str) -> str:
    """Returns the name of the assignment of `role` at `scope` to `principal_id`: a stable GUID."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope.lower()}/{role}/{principal_id.lower()}"))


def role_definition_id(*, role: str, scope: str) -> str:
    """Returns the ARM id of `role` in the subscription that the ARM id `scope` lies in."""
    subscription = "/".join(scope.split("/")[:3])
    return f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
