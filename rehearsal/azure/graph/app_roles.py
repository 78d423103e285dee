"""Rules for app roles and permission scopes of an application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.azure.errors import GraphError
from rehearsal.azure.graph.refusals import duplicate_values, invalid_value

_MEMBER_TYPES = {"User", "Application"}
_LONGEST_VALUE = 120
_ALLOWED_IN_VALUES = set(":!#$%&'()*+,-./;<=>?@[]^_`{|}~")


def complete(roles: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Roles as they are kept: with every property, enabled unless said otherwise, in the order given.

    Raises Graph's 400 for a role that breaks a rule of Microsoft Graph documentation, "appRole resource type": an id, a
    name, a description, one or two member types out of `User` and `Application`, a value of at most 120 characters that
    holds no blank and does not start with a full stop.
    """
    return [_complete_role(role) for role in roles]


def complete_scopes(scopes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same for permission scopes ("permissionScope resource type")."""
    kept = []
    for scope in scopes:
        _require(scope, ("id", "value"), "api/oauth2PermissionScopes")
        _check_value(scope["value"], "oauth2PermissionScopes")
        names = (
            "adminConsentDescription",
            "adminConsentDisplayName",
            "userConsentDescription",
            "userConsentDisplayName",
        )
        kept.append(
            {
                **dict.fromkeys(names),
                "type": "User",
                **scope,
                "isEnabled": scope.get("isEnabled") is not False,
            }
        )
    return kept


def check_unique(roles: Sequence[Mapping[str, Any]], scopes: Sequence[Mapping[str, Any]]) -> None:
    """Ids are unique among roles and scopes together, and so are values: they share one name space. Only a role and a
    scope that say the same of everything may share both (MicrosoftDocs/azure-docs#81899).
    """
    facts = {role["id"]: _facts(role, "description", "displayName") for role in roles}
    twins = [
        scope
        for scope in scopes
        if facts.get(scope["id"]) == _facts(scope, "adminConsentDescription", "adminConsentDisplayName")
    ]
    both = [*roles, *(scope for scope in scopes if scope not in twins)]
    ids = [item["id"] for item in both]
    values = [item["value"].lower() for item in both if item.get("value")]
    if len(set(ids)) < len(ids) or len(set(values)) < len(values):
        raise duplicate_values("appRoles" if roles else "oauth2PermissionScopes")


def _facts(item: Mapping[str, Any], description: str, name: str) -> tuple[Any, ...]:
    return item["value"], item["isEnabled"], item.get(description), item.get(name)


def check_change(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> None:
    """An enabled role or scope may only be disabled; deleting or altering it takes a second request after that
    (Microsoft Graph documentation, "appRole resource type", `isEnabled`).
    """
    now = {item["id"]: item for item in after}
    for old in before:
        new = now.get(old["id"])
        if old["isEnabled"] and (new is None or {**new, "isEnabled": True} != dict(old)):
            raise GraphError(
                400,
                "CannotDeleteOrUpdateEnabledEntitlement",
                "Permission (scope or role) cannot be deleted or updated unless disabled first.",
            )


def _complete_role(role: Mapping[str, Any]) -> dict[str, Any]:
    _require(role, ("id", "displayName", "description", "allowedMemberTypes"), "appRoles")
    types = role["allowedMemberTypes"]
    if not set(types) <= _MEMBER_TYPES or len(set(types)) < len(types):
        raise invalid_value("appRoles/allowedMemberTypes", "Application")
    _check_value(role.get("value"), "appRoles")
    return {
        "allowedMemberTypes": types,
        "description": role["description"],
        "displayName": role["displayName"],
        "id": role["id"],
        "isEnabled": role.get("isEnabled") is not False,
        "origin": "Application",
        "value": role.get("value"),
    }


def _require(item: Mapping[str, Any], names: Sequence[str], collection: str) -> None:
    for name in names:
        if not item.get(name):
            raise invalid_value(f"{collection}/{name}", "Application")


def _check_value(value: str | None, collection: str) -> None:
    if not value:
        return
    allowed = all(
        character.isascii() and (character.isalnum() or character in _ALLOWED_IN_VALUES) for character in value
    )
    if len(value) > _LONGEST_VALUE or value.startswith(".") or not allowed:
        raise invalid_value(f"{collection}/value", "Application")
