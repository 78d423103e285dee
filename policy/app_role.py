"""App roles, and Azure roles: which may be granted, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from access.roles.published import PublishedRole, azure_role, graph_role
from policy.resource import Resource, objects
from policy.rule import DEVELOPMENT_STACKS, Question, ResourceRule, Setting

APP_ROLE_ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment"
ROLE_ASSIGNMENT = "azure-native:authorization:RoleAssignment"
_APPLICATION = "azuread:index/application:Application"
_APP_ROLE = "azuread:index/applicationAppRole:ApplicationAppRole"


def _takeovers(resource: Resource) -> Iterator[PublishedRole]:
    """Goes through the roles of a resource that let their holder give itself everything.

    They are known by id, so that neither the API's name nor the role's can hide them.
    """
    if resource.type == APP_ROLE_ASSIGNMENT:
        found = [_known(graph_role, resource.value("appRoleId"))]
    elif resource.type == ROLE_ASSIGNMENT:
        found = [_known(azure_role, resource.value("roleDefinitionId"))]
    elif resource.type == _APPLICATION:
        found = [
            _known(graph_role, access.get("id"))
            for required in resource.items("requiredResourceAccesses")
            for access in objects(required.get("resourceAccesses"))
            if access.get("type") == "Role"
        ]
    else:
        found = []
    yield from (role for role in found if role is not None and role.takeover)


def _known(look_up: Callable[[str], PublishedRole | None], role_id: object) -> PublishedRole | None:
    return look_up(role_id) if isinstance(role_id, str) else None


def _no_takeover(resource: Resource, question: Question) -> Iterator[str]:
    allowed = {entry["role"] for entry in question.settings["allowed"] if entry["reason"].strip()}
    for role in _takeovers(resource):
        if role.name not in allowed:
            where = "its scope" if resource.type == ROLE_ASSIGNMENT else "the tenant"
            yield (
                f"{resource.name} gives {role.name}, which takes over {where} by {role.takeover}. Grant a narrower "
                "role, or list this one with a reason under `allowed` in the configuration of the policy pack."
            )


def _no_users(resource: Resource, question: Question) -> Iterator[str]:
    if question.is_among("developmentStacks"):
        return
    roles = [resource.properties] if resource.type == _APP_ROLE else list(resource.items("appRoles"))
    for role in roles if resource.type in (_APP_ROLE, _APPLICATION) else ():
        members = role.get("allowedMemberTypes")
        if isinstance(members, list) and "User" in members:
            yield (
                f"{resource.name} lets users have the role {role.get('value')!r} in the stack {question.stack!r}. "
                "Take 'User' out of allowedMemberTypes; sign people in on a development stack."
            )


NO_TAKEOVER = ResourceRule(
    "no-takeover-role",
    "Nobody is granted a role that takes over the tenant or a subscription, unless it is listed with a reason.",
    _no_takeover,
    {
        "allowed": Setting(
            "Roles that may be granted all the same: each with `role`, its value, and `reason`.",
            {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["role", "reason"],
                    "properties": {"role": {"type": "string"}, "reason": {"type": "string", "minLength": 1}},
                },
            },
            [],
        )
    },
)
NO_USERS = ResourceRule(
    "no-user-role-outside-development",
    "Users cannot have an API's roles, but on development stacks.",
    _no_users,
    {"developmentStacks": DEVELOPMENT_STACKS},
)
