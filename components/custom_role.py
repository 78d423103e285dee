"""Roles for what no built-in role gives alone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pulumi
from pulumi_azure_native import authorization


def declare(
    name: str,
    *,
    role_name: str,
    description: str,
    subscription_id: str,
    actions: Sequence[str] = (),
    data_actions: Sequence[str] = (),
    opts: pulumi.ResourceOptions,
) -> authorization.RoleDefinition:
    """Declares a role that can be assigned in one subscription; its name must be the only one in the tenant."""
    scope = f"/subscriptions/{subscription_id}"
    return authorization.RoleDefinition(
        name,
        role_definition_id=guid(role_name, subscription_id),
        scope=scope,
        role_name=role_name,
        role_type="CustomRole",
        description=description,
        permissions=[
            authorization.PermissionArgs(
                actions=list(actions), not_actions=[], data_actions=list(data_actions), not_data_actions=[]
            )
        ],
        assignable_scopes=[scope],
        opts=opts,
    )


def guid(role_name: str, subscription_id: str) -> str:
    """Returns the role's id, known before it exists and always the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"/subscriptions/{subscription_id.lower()}/{role_name}"))
