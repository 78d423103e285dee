"""Replication: what Microsoft Entra ID was told takes a while until it is known everywhere.

The azuread provider goes on asking only where it knows the answers that mean "not yet", and only for as long as the
operation may take. That is 5 minutes for an app role assignment and for every deletion, and 10 for registrations
(terraform-provider-azuread, the `Timeouts` of `app_role_assignment_resource.go`, `application_resource.go` and
`service_principal_resource.go`); the more time, the more often it asks (go-azure-sdk, `client.go`, `safeRetryNumber`).
Where it does not go on asking, one resource has to follow the other.
"""

from __future__ import annotations

import pulumi

SPREADS_WITHIN = "15m"
"""As a Pulumi duration: three times what an assignment has by itself, and short enough to hear of a lasting fault."""


def awaited(*, creation: bool = False, change: bool = False, deletion: bool = False) -> pulumi.CustomTimeouts:
    """Returns the timeouts of a resource whose provider waits, at these operations, for the directory to spread."""
    return pulumi.CustomTimeouts(
        create=SPREADS_WITHIN if creation else None,
        update=SPREADS_WITHIN if change else None,
        delete=SPREADS_WITHIN if deletion else None,
    )
