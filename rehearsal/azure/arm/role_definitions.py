"""Role definitions: the built-in ones (REST reference, "Role Definitions", Microsoft.Authorization)."""

import re
from typing import Any

from rehearsal.azure.arm import resource_ids
from rehearsal.azure.arm.built_in_roles import BUILT_IN_ROLES, BY_ID, BuiltInRole
from rehearsal.azure.arm.pages import page
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

_CONDITION = re.compile(r"(roleName|type)\s+eq\s+'((?:[^']|'')*)'|(atScopeAndBelow)\(\)", re.IGNORECASE)
_CREATED = "2015-02-02T21:55:09.8806423Z"


def get(request: Request) -> Reply:
    """One definition by id, or 404."""
    name = request.parameters["role"]
    role = BY_ID.get(name.lower())
    if role is None:
        raise missing(name, status=404)
    return Reply(body=_shown(role, resource_ids.target(request.path).parent))


def listing(request: Request) -> Reply:
    """The definitions; `$filter` by name (case does not count) or type."""
    roles = list(BUILT_IN_ROLES)
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
            roles = roles if found[2].lower() == "builtinrole" else []
    scope = resource_ids.target(request.path).parent
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


def _shown(role: BuiltInRole, scope: str) -> dict[str, Any]:
    return {
        "id": role_id(scope, role.id),
        "name": role.id,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": role.name,
            "type": "BuiltInRole",
            "description": role.description,
            "assignableScopes": ["/"],
            "permissions": [
                {
                    "actions": list(role.actions),
                    "notActions": list(role.not_actions),
                    "dataActions": list(role.data_actions),
                    "notDataActions": [],
                }
            ],
            "createdOn": _CREATED,
            "updatedOn": _CREATED,
            "createdBy": None,
            "updatedBy": None,
        },
    }
