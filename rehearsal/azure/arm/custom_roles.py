"""Custom roles: what a tenant adds to the built-in ones (REST reference, "Role Definitions - Create Or Update")."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rehearsal.azure.arm import content, inventory, resource_ids
from rehearsal.azure.arm.role import Role
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Request

_KIND = "armRoleDefinition"
_PARTS = ("actions", "notActions", "dataActions", "notDataActions")


def find(context: Context, role_id: str) -> Role | None:
    """The custom role with this id, or None."""
    document = context.store.get(_KIND, role_id.lower())
    return _role(document) if document else None


def every(context: Context) -> list[Role]:
    """All custom roles in order of creation."""
    return [_role(document) for document in context.store.all(_KIND)]


def keep(request: Request, role_id: str) -> Role:
    """Create a role or replace it by the body of a request.

    Raises 400 for what is no role, and 409 `RoleDefinitionWithSameNameExists` (Azure/ARO-RP#1346): names are unique.
    """
    given = content.properties(request)
    name = content.member(given, "roleName")
    if not isinstance(name, str) or not name.strip():
        raise _invalid("The role definition's 'roleName' is missing.")
    for other in every(request.context):
        if other.name.lower() == name.lower() and other.id != role_id:
            text = "A role definition cannot be updated with a name that already exists."
            raise ArmError(409, "RoleDefinitionWithSameNameExists", text)
    actions, not_actions, data_actions, not_data_actions = _permissions(given)
    role = Role(
        role_id,
        name,
        str(content.member(given, "description") or ""),
        actions,
        not_actions,
        data_actions,
        not_data_actions,
        custom=True,
        scopes=_scopes(request.context, given),
    )
    request.context.store.put(_KIND, role_id, asdict(role))
    return role


def remove(context: Context, role: Role) -> None:
    """Delete a role. Raises 400 `RoleDefinitionHasAssignments` while somebody holds it (Azure documentation,
    "Troubleshoot Azure RBAC", "Unable to delete a custom role").
    """
    if any(assignment["roleId"] == role.id for assignment in inventory.role_assignments(context)):
        text = "There are existing role assignments referencing role."
        raise ArmError(400, "RoleDefinitionHasAssignments", text)
    context.store.remove(_KIND, role.id)


def identifier(name: str) -> str:
    """A role's id as the stand-in keeps it. Raises 400 for what is no GUID."""
    try:
        return str(uuid.UUID(name))
    except ValueError:
        text = f"The role definition ID '{name}' is not valid. The role definition ID must be a GUID."
        raise ArmError(400, "InvalidRoleDefinitionId", text) from None


def _permissions(given: Mapping[str, Any]) -> list[tuple[str, ...]]:
    permissions = content.member(given, "permissions")
    if not isinstance(permissions, list) or len(permissions) != 1 or not isinstance(permissions[0], dict):
        raise _invalid("A role definition needs 'permissions', a list that holds one object.")
    parts = [content.member(permissions[0], part) or [] for part in _PARTS]
    for name, part in zip(_PARTS, parts, strict=True):
        if not isinstance(part, list) or not all(isinstance(action, str) for action in part):
            raise _invalid(f"'{name}' must be a list of actions.")
    return [tuple(part) for part in parts]


def _scopes(context: Context, given: Mapping[str, Any]) -> tuple[str, ...]:
    scopes = content.member(given, "assignableScopes")
    known = resource_ids.subscription_id(context.tenant.subscription_id)
    if not isinstance(scopes, list) or [str(scope).lower() for scope in scopes] != [known.lower()]:
        raise _invalid(f"'assignableScopes' must be ['{known}']: the stand-in models roles of its subscription only.")
    return (known,)


def _role(document: dict[str, Any]) -> Role:
    members: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in document.items()
    }
    return Role(**members)


def _invalid(text: str) -> ArmError:
    return ArmError(400, "InvalidRoleDefinition", text)
