"""Role definitions, built-in and custom (REST reference, "Role Definitions", Microsoft.Authorization)."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from rehearsal.azure.arm import authorization, content, inventory, resource_ids, roles
from rehearsal.azure.arm.built_in_roles import BUILT_IN_ROLES, BY_ID
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.role import Role
from rehearsal.azure.arm.scopes import check_exists
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

_TYPE = "Microsoft.Authorization/roleDefinitions"
_CONDITION = re.compile(r"(roleName|type)\s+eq\s+'((?:[^']|'')*)'|(atScopeAndBelow)\(\)", re.IGNORECASE)
_CREATED = "2015-02-02T21:55:09.8806423Z"
_CUSTOM, _BUILT_IN = "CustomRole", "BuiltInRole"
_ACTIONS = ("actions", "notActions", "dataActions", "notDataActions")


def get(request: Request) -> Reply:
    """One definition by id, or 404."""
    name, scope = request.parameters["role"].lower(), resource_ids.target(request.path).parent
    if name in BY_ID:
        return Reply(body=_shown(BY_ID[name], scope))
    document = roles.custom(request.context, name)
    if document is None or not roles.assignable(document, scope):
        raise missing(request.parameters["role"], status=404)
    return Reply(body=_shown_custom(document, scope))


def put(request: Request) -> Reply:
    """Create a custom role, or change it: 201 either way."""
    context, scope = request.context, resource_ids.target(request.path).parent
    name = _guid(request.parameters["role"])
    check_exists(context, scope)
    given = content.properties(request)
    _check_not_built_in(name)
    existing = roles.custom(context, name)
    role_name = _role_name(request, given, name)
    scopes = _scopes(request, given, scope)
    moment = context.clock.time().isoformat().replace("+00:00", "Z")
    caller = request.caller.object_id if request.caller else None
    document = {
        "id": f"{scope}/providers/{_TYPE}/{name}",
        "createdOn": moment,
        "createdBy": caller,
        **(existing or {}),
        "name": name,
        "roleName": role_name,
        "description": content.member(given, "description") or "",
        "permissions": _permissions(given),
        "assignableScopes": scopes,
        "updatedOn": moment,
        "updatedBy": caller,
    }
    roles.keep(context, document)
    return Reply(201, _shown_custom(document, scope))


def delete(request: Request) -> Reply:
    """Remove a custom role that nobody holds: 200 with what it was, or 204 when there is none."""
    context, name = request.context, request.parameters["role"].lower()
    _check_not_built_in(name)
    document = roles.custom(context, name)
    if document is None:
        return Reply(204)
    if any(assignment["roleId"] == name for assignment in inventory.role_assignments(context)):
        # Azure documentation, "Troubleshoot Azure RBAC".
        text = f"There are existing role assignments referencing role '{document['roleName']}'."
        raise _bad("RoleDefinitionHasAssignments", text)
    roles.remove(context, name)
    return Reply(body=_shown_custom(document, resource_ids.target(request.path).parent))


def listing(request: Request) -> Reply:
    """The definitions; `$filter` by name (case does not count) or type."""
    scope = resource_ids.target(request.path).parent
    shown = [_shown(role, scope) for role in BUILT_IN_ROLES] + [
        _shown_custom(document, scope)
        for document in roles.all_custom(request.context)
        if roles.assignable(document, scope)
    ]
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
        if found[1]:
            member = "roleName" if found[1].lower() == "rolename" else "type"
            wanted = found[2].replace("''", "'").lower()
            shown = [each for each in shown if each["properties"][member].lower() == wanted]
    return page(request, shown)


def missing(name: str, *, status: int) -> ArmError:
    """The refusal of a role that does not exist; the id is shown without dashes."""
    text = f"The specified role definition with ID '{name.replace('-', '')}' does not exist."
    return ArmError(status, "RoleDefinitionDoesNotExist", text)


def role_id(scope: str, name: str) -> str:
    """A role definition's id as shown at a scope: qualified with the subscription at and below one, else not
    (Azure/azure-rest-api-specs#11103).
    """
    subscription = resource_ids.subscription_of(scope)
    qualified = resource_ids.subscription_id(subscription) if subscription else ""
    return f"{qualified}/providers/{_TYPE}/{name}"


def _check_not_built_in(name: str) -> None:
    if name in BY_ID:
        raise _bad("RoleDefinitionIsBuiltIn", f"The role '{BY_ID[name].name}' is built in and cannot be changed.")


def _guid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise _bad("InvalidRoleDefinitionId", f"The role definition ID '{text}' is not valid.") from None


def _role_name(request: Request, given: Mapping[str, Any], name: str) -> str:
    """The role's name, which no other role of the tenant has."""
    asked = content.member(given, "roleName")
    if not isinstance(asked, str) or not asked.strip():
        raise _bad("InvalidRoleDefinition", "The role definition must have a roleName.")
    kind = content.member(given, "type")
    if kind not in (None, _CUSTOM):
        raise _bad("InvalidRoleDefinition", f"The type of a role that is written is {_CUSTOM}, not {kind!r}.")
    others = [(role.id, role.name) for role in BUILT_IN_ROLES] + [
        (document["name"], document["roleName"]) for document in roles.all_custom(request.context)
    ]
    if any(known.lower() == asked.lower() for other, known in others if other != name):
        # MicrosoftDocs/azure-docs#60446.
        text = "A role definition cannot be updated with a name that already exists."
        raise ArmError(409, "RoleDefinitionWithSameNameExists", text)
    return asked


def _scopes(request: Request, given: Mapping[str, Any], scope: str) -> list[str]:
    """Where the role can be assigned: subscriptions and what is in them, where the caller may write roles too."""
    asked = content.member(given, "assignableScopes")
    if not isinstance(asked, list) or not asked or not all(isinstance(each, str) for each in asked):
        raise _bad("InvalidRoleDefinition", "The role definition must have assignableScopes.")
    for each in asked:
        if not resource_ids.subscription_of(each):
            raise _bad("InvalidRoleDefinition", f"The stand-in models no assignable scope like '{each}'.")
        check_exists(request.context, each)
        authorization.authorize_linked(request.context, request.caller, f"{_TYPE}/write", scope, f"{_TYPE}/write", each)
    if not any(resource_ids.covers(each, scope) for each in asked):
        raise _bad("InvalidRoleDefinition", f"The scope '{scope}' is none of the role's assignableScopes.")
    return list(asked)


def _permissions(given: Mapping[str, Any]) -> list[dict[str, list[str]]]:
    asked = content.member(given, "permissions")
    if not isinstance(asked, list) or not asked or not all(isinstance(each, dict) for each in asked):
        raise _bad("InvalidRoleDefinition", "The role definition must have permissions.")
    read = [{name: content.member(each, name) or [] for name in _ACTIONS} for each in asked]
    entries = [entry for permission in read for entry in permission.values()]
    if any(not isinstance(entry, list) or not all(isinstance(action, str) for action in entry) for entry in entries):
        raise _bad("InvalidRoleDefinition", f"Each of {', '.join(_ACTIONS)} must be a list of text.")
    if not any(permission["actions"] or permission["dataActions"] for permission in read):
        raise _bad("InvalidRoleDefinition", "The role definition gives no action.")
    return read


def _bad(code: str, text: str) -> ArmError:
    return ArmError(400, code, text)


def _shown(role: Role, scope: str) -> dict[str, Any]:
    permission = {
        "actions": list(role.actions),
        "notActions": list(role.not_actions),
        "dataActions": list(role.data_actions),
        "notDataActions": list(role.not_data_actions),
    }
    return _definition(
        role_id(scope, role.id),
        role.id,
        roleName=role.name,
        type=_BUILT_IN,
        description=role.description,
        assignableScopes=["/"],
        permissions=[permission],
        createdOn=_CREATED,
        updatedOn=_CREATED,
        createdBy=None,
        updatedBy=None,
    )


def _shown_custom(document: roles.Document, scope: str) -> dict[str, Any]:
    members = ("roleName", "description", "assignableScopes", "permissions")
    stamps = ("createdOn", "updatedOn", "createdBy", "updatedBy")
    return _definition(
        role_id(scope, document["name"]),
        document["name"],
        type=_CUSTOM,
        **{member: document[member] for member in (*members, *stamps)},
    )


def _definition(resource_id: str, name: str, **properties: Any) -> dict[str, Any]:
    return {"id": resource_id, "name": name, "type": _TYPE, "properties": properties}
