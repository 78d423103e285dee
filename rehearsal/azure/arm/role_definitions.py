"""Role definitions, built-in and custom ones (REST reference, "Role Definitions", Microsoft.Authorization)."""

import re
from typing import Any

from rehearsal.azure.arm import custom_roles, resource_ids
from rehearsal.azure.arm.built_in_roles import BUILT_IN_ROLES, BY_ID
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.role import Role
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

_CONDITION = re.compile(r"(roleName|type)\s+eq\s+'((?:[^']|'')*)'|(atScopeAndBelow)\(\)", re.IGNORECASE)
_ROOT = "/"
_CREATED = "2015-02-02T21:55:09.8806423Z"


def find(context: Context, role_id: str) -> Role | None:
    """The role with this id, or None."""
    return BY_ID.get(role_id.lower()) or custom_roles.find(context, role_id)


def get(request: Request) -> Reply:
    """One definition by id, or 404. At the tenant's root only built-in ones are found."""
    name = request.parameters["role"]
    scope = resource_ids.target(request.path).parent
    role = BY_ID.get(name.lower()) if scope == _ROOT else find(request.context, name)
    if role is None:
        raise missing(name, status=404)
    return Reply(body=_shown(role, scope))


def put(request: Request) -> Reply:
    """Create or change a custom role: 201 either way."""
    name = custom_roles.identifier(request.parameters["role"])
    _check_custom(name)
    return Reply(201, _shown(custom_roles.keep(request, name), resource_ids.target(request.path).parent))


def delete(request: Request) -> Reply:
    """Delete a custom role: 200 with what it was, or 204 when there is none."""
    name = request.parameters["role"]
    _check_custom(name)
    role = custom_roles.find(request.context, name)
    if role is None:
        return Reply(204)
    custom_roles.remove(request.context, role)
    return Reply(body=_shown(role, resource_ids.target(request.path).parent))


def listing(request: Request) -> Reply:
    """The definitions; `$filter` by name (case does not count) or type."""
    scope = resource_ids.target(request.path).parent
    roles = [*BUILT_IN_ROLES, *(() if scope == _ROOT else custom_roles.every(request.context))]
    for condition in re.split(r"\sand\s", request.query.get("$filter", ""), flags=re.IGNORECASE):
        if not condition.strip():
            continue
        found = _CONDITION.fullmatch(condition.strip())
        if not found:
            raise ArmError(
                400,
                "InvalidFilter",
                f"The filter '{condition}' is not supported. The stand-in models: roleName eq '…', type eq '…', "
                "atScopeAndBelow().",
            )
        if found[1] and found[1].lower() == "rolename":
            roles = [role for role in roles if role.name.lower() == found[2].replace("''", "'").lower()]
        elif found[1]:
            roles = [role for role in roles if _type(role).lower() == found[2].lower()]
    return page(request, [_shown(role, scope) for role in roles])


def missing(name: str, *, status: int) -> ArmError:
    """The refusal of a role that does not exist; the id is shown without dashes."""
    text = f"The specified role definition with ID '{name.replace('-', '')}' does not exist."
    return ArmError(status, "RoleDefinitionDoesNotExist", text)


def role_id(scope: str, name: str) -> str:
    """A role definition's id as shown at a scope: qualified with the subscription at and below one, else not
    (Azure/azure-rest-api-specs#11103).
    """
    parts = resource_ids.segments(scope)
    qualified = f"/subscriptions/{parts[1]}" if len(parts) > 1 and parts[0].lower() == "subscriptions" else ""
    return f"{qualified}/providers/Microsoft.Authorization/roleDefinitions/{name}"


def _check_custom(name: str) -> None:
    if name.lower() in BY_ID:
        text = f"The role definition '{name}' is a built-in role, which nobody can change."
        raise ArmError(400, "RoleDefinitionIsBuiltIn", text)


def _type(role: Role) -> str:
    return "CustomRole" if role.custom else "BuiltInRole"


def _shown(role: Role, scope: str) -> dict[str, Any]:
    return {
        "id": role_id(scope, role.id),
        "name": role.id,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": role.name,
            "type": _type(role),
            "description": role.description,
            "assignableScopes": list(role.scopes),
            "permissions": [
                {
                    "actions": list(role.actions),
                    "notActions": list(role.not_actions),
                    "dataActions": list(role.data_actions),
                    "notDataActions": list(role.not_data_actions),
                }
            ],
            "createdOn": _CREATED,
            "updatedOn": _CREATED,
            "createdBy": None,
            "updatedBy": None,
        },
    }
