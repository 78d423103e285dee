"""Azure RBAC: what an app's identity may do with the resources around it."""

from __future__ import annotations

import uuid

import pulumi
from pulumi_azure_native import authorization

STORAGE_BLOB_DATA_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
"""Azure built-in role: what the Functions host needs on its storage (Azure Functions, "Connecting to host storage with
an identity"), and enough for the deployment package too."""
MONITORING_METRICS_PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"
"""Azure built-in role: what sends telemetry (Azure Monitor, "Microsoft Entra authentication for Application
Insights")."""


def assign(
    name: str,
    *,
    role: str,
    scope: pulumi.Output[str],
    principal_id: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
) -> authorization.RoleAssignment:
    """Declares that an identity holds the built-in `role` (its GUID) at `scope` (an ARM id)."""
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
        principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
        role_definition_id=scope.apply(lambda known: role_definition_id(role=role, scope=known)),
        opts=opts,
    )


def role_assignment_name(*, role: str, scope: str, principal_id: str) -> str:
    """Returns the name of the assignment of `role` at `scope` to `principal_id`: a stable GUID."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope.lower()}/{role}/{principal_id.lower()}"))


def role_definition_id(*, role: str, scope: str) -> str:
    """Returns the ARM id of the built-in `role` in the subscription that the ARM id `scope` lies in."""
    subscription = "/".join(scope.split("/")[:3])
    return f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
