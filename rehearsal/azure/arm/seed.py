"""What a fresh subscription holds: the deployer owns it."""

import uuid

from rehearsal.azure.arm import inventory, resource_ids
from rehearsal.azure.arm.built_in_roles import OWNER
from rehearsal.azure.context import Context

_NAMESPACE = uuid.UUID("5a2d7c8e-6c0b-4f0e-9a58-3a1a5d2a3b77")


def seed(context: Context, subscription: str, object_id: str) -> None:
    """Make the service principal `object_id` Owner of the subscription; doing it again changes nothing."""
    scope = resource_ids.subscription_id(subscription)
    name = str(uuid.uuid5(_NAMESPACE, f"{scope}|{object_id}"))
    moment = context.clock.timestamp()
    inventory.keep_role_assignment(
        context,
        {
            "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
            "name": name,
            "type": "Microsoft.Authorization/roleAssignments",
            "scope": scope,
            "roleId": OWNER.id,
            "principalId": object_id,
            "principalType": "ServicePrincipal",
            "createdOn": moment,
            "updatedOn": moment,
            "createdBy": object_id,
            "updatedBy": object_id,
            "since": 0,
            "seeded": True,
        },
    )
