"""Role assignments: who has which role where (REST reference, "Role Assignments", Microsoft.Authorization).

An assignment's name is a GUID, unique in the whole tenant. Principal, role and scope never change; those of a deleted
principal stay, with the principal type they were made with (Azure documentation, "Troubleshoot Azure RBAC", "Role
assignments with identity not found").
"""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from rehearsal.azure.arm import (
    content,
    inventory,
    resource_ids,
    role_conditions,
    role_definitions,
    role_principal,
    roles,
)
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.scopes import check_exists
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

_TYPE = "Microsoft.Authorization/roleAssignments"
_ROLE = re.compile(
    r"(/subscriptions/[^/]+)?/providers/Microsoft\.Authorization/roleDefinitions/([^/]+)/?", re.IGNORECASE
)
_PRINCIPAL_TYPES = ("User", "Group", "ServicePrincipal", "ForeignGroup", "Device")
_FILTER = re.compile(r"(principalId\s+eq\s+'(?P<at>[^']*)'|assignedTo\('(?P<to>[^']*)'\)|atScope\(\))", re.IGNORECASE)
_CHANGEABLE = ("condition", "conditionVersion", "description", "delegatedManagedIdentityResourceId")


def put(request: Request) -> Reply:
    """Create an assignment (201), or change description or condition of one (200)."""
    context, scope = request.context, resource_ids.target(request.path).parent
    name = _guid(request.parameters["assignment"])
    if name is None:
        raise ArmError(
            400,
            "InvalidRoleAssignmentId",
            f"The role assignment ID '{request.parameters['assignment']}' is not valid. "
            "The role assignment ID must be a GUID.",
        )
    check_exists(context, scope)
    given = content.properties(request)
    role_conditions.check(content.member(given, "condition"), content.member(given, "conditionVersion"))
    role = _role(context, scope, given)
    principal, kind = _principal(context, given)
    wanted = (resource_ids.key(scope), role, principal)
    same_name = next((one for one in inventory.role_assignments(context) if one["name"] == name), None)
    if same_name is not None and _what(same_name) != wanted:
        raise ArmError(
            400,
            "RoleAssignmentUpdateNotPermitted",
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        )
    for other in inventory.role_assignments(context, principal_id=principal):
        if other["name"] != name and _what(other) == wanted:
            shown = other["name"].replace("-", "")
            text = f"The role assignment already exists. The ID of the existing role assignment is {shown}."
            raise ArmError(409, "RoleAssignmentExists", text)
    caller = request.caller.object_id if request.caller else None
    moment = context.clock.time().isoformat().replace("+00:00", "Z")
    document = same_name or {
        "id": f"{scope}/providers/{_TYPE}/{name}",
        "name": name,
        "type": _TYPE,
        "scope": scope,
        "roleId": role,
        "principalId": principal,
        "principalType": kind,
        "createdOn": moment,
        "createdBy": caller,
        "since": context.clock.now(),
    }
    document |= {member: content.member(given, member) for member in _CHANGEABLE}
    document |= {"updatedOn": moment, "updatedBy": caller}
    inventory.keep_role_assignment(context, document)
    # The reply to a creation shows no creator yet; later reads do.
    body = _shown(document) if same_name else _shown({**document, "createdBy": None})
    return Reply(200 if same_name else 201, body)


def get(request: Request) -> Reply:
    """One assignment, or 404."""
    document = _find(request)
    if document is None:
        name = request.parameters["assignment"]
        raise ArmError(404, "RoleAssignmentNotFound", f"The role assignment '{name}' is not found.")
    return Reply(body=_shown(document))


def delete(request: Request) -> Reply:
    """Remove an assignment: 200 with what it was, or 204 when there is none."""
    document = _find(request)
    if document is None:
        return Reply(204)
    request.context.store.remove(inventory.ROLE_ASSIGNMENT, resource_ids.key(document["id"]))
    return Reply(body=_shown(document))


def listing(request: Request) -> Reply:
    """Assignments at, above and below a scope; `atScope()` leaves out those below."""
    scope = resource_ids.target(request.path).scope
    check_exists(request.context, scope)
    principal, below = _filter(request)
    found = [
        one
        for one in inventory.role_assignments(request.context, principal_id=principal)
        if resource_ids.covers(one["scope"], scope) or (below and resource_ids.covers(scope, one["scope"]))
    ]
    return page(request, [_shown(one) for one in found])


def _find(request: Request) -> dict[str, Any] | None:
    return request.context.store.get(inventory.ROLE_ASSIGNMENT, resource_ids.key(request.path))


def _role(context: Context, scope: str, given: Mapping[str, Any]) -> str:
    asked = content.member(given, "roleDefinitionId")
    found = _ROLE.fullmatch(asked) if isinstance(asked, str) else None
    name = _guid(found[2]) if found else None
    if name is None:
        # hashicorp/terraform-provider-azurerm#8547.
        raise ArmError(400, "InvalidRoleDefinitionId", f"The role definition ID '{asked}' is not valid.")
    if roles.find(context, name, scope) is None:
        raise role_definitions.missing(name, status=400)
    return name


def _principal(context: Context, given: Mapping[str, Any]) -> tuple[str, str]:
    """Object id and type of the principal. Without a type, and for a type that contradicts it, the directory
    decides.
    """
    asked = content.member(given, "principalId")
    principal = _guid(asked) if isinstance(asked, str) else None
    if principal is None:
        text = "A valid principal ID must be provided for role assignment."
        raise ArmError(400, "InvalidPrincipalId", text)
    kind = content.member(given, "principalType")
    known = next((one for one in _PRINCIPAL_TYPES if one.lower() == str(kind).lower()), None)
    if kind is not None and known is None:
        allowed = ", ".join(_PRINCIPAL_TYPES)
        raise ArmError(400, "InvalidPrincipalType", f"The principal type '{kind}' is not valid. Allowed: {allowed}.")
    in_directory = role_principal.kind(context, principal) is not None
    if in_directory and known not in (None, "ServicePrincipal"):
        # The misspelling is the service's own.
        raise ArmError(
            400,
            "UnmatchedPrincipalType",
            f"The PrincipalId '{principal.replace('-', '')}' has type 'ServicePrincipal' , "
            f"which is different from specified PrinciaplType '{known}'.",
        )
    if not in_directory and known is None:
        raise ArmError(
            400,
            "PrincipalNotFound",
            f"Principal {principal.replace('-', '')} does not exist in the directory {context.tenant.id}. Check that "
            "you have the correct principal ID. If you are creating this principal and then immediately assigning a "
            "role, this error might be related to a replication delay. In this case, set the role assignment "
            "principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
        )
    return principal, known or "ServicePrincipal"


def _filter(request: Request) -> tuple[str | None, bool]:
    text = request.query.get("$filter", "")
    principal, below = None, True
    for condition in re.split(r"\sand\s", text, flags=re.IGNORECASE):
        if not condition.strip():
            continue
        found = _FILTER.fullmatch(condition.strip())
        if not found:
            raise ArmError(
                400,
                "UnsupportedQuery",
                f"The filter '{text}' is not supported. Supported filters are either 'atScope()' or "
                "'principalId eq '{value}' or assignedTo('{value}')'.",
            )
        asked = found["at"] if found["at"] is not None else found["to"]
        if asked is None:
            below = False
        else:
            principal = asked.lower()
    return principal, below


def _what(document: Mapping[str, Any]) -> tuple[str, str, str]:
    return resource_ids.key(document["scope"]), document["roleId"], document["principalId"]


def _guid(text: str) -> str | None:
    try:
        return str(uuid.UUID(text)) if len(text) == 36 else None
    except ValueError:
        return None


def _shown(document: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("principalId", "principalType", "scope", "createdOn", "updatedOn", "createdBy", "updatedBy")
    return {
        **{member: document[member] for member in ("id", "name", "type")},
        "properties": {
            "roleDefinitionId": role_definitions.role_id(document["scope"], document["roleId"]),
            **{member: document[member] for member in shown},
            **{member: document.get(member) for member in _CHANGEABLE},
        },
    }
