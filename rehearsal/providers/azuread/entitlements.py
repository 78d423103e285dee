"""App roles and delegated permissions: what an application must not have twice, and how one may be changed at all.

Microsoft Graph refuses to change or remove an enabled one (`CannotDeleteOrUpdateEnabledEntitlement`), so those that
change are disabled first (terraform-provider-azuread, `applicationDisableAppRoles`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.providers.azuread.graph import Graph
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline
from rehearsal.providers.values import UNKNOWN, Properties

_LOOKED_FOR: Final = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Seconds before each look at whether something is disabled; the real provider starts with 0 and 1 s and doubles."""


@dataclass(frozen=True)
class Entitlement:
    """App roles or delegated permissions: where an application has them, and which fields make one another."""

    title: str
    attribute: str
    fields: tuple[str, ...]
    nested: bool = False

    def of(self, application: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Those of an application."""
        if self.nested:
            return list((application.get("api") or {}).get("oauth2PermissionScopes") or [])
        return list(application.get("appRoles") or [])

    def body(self, application: Mapping[str, Any], items: list[dict[str, Any]]) -> dict[str, Any]:
        """The body of a request that sets the application's."""
        if self.nested:
            return {"api": {"oauth2PermissionScopes": items}}
        # `origin` is Graph's to say and is not sent back.
        writable = [{key: value for key, value in item.items() if key != "origin"} for item in items]
        return {"id": application.get("id"), "appRoles": writable}

    def changes(self, existing: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
        """Whether the wanted one is another than the existing one; null and the empty string are the same."""
        return any((existing.get(name) or "") != (wanted.get(name) or "") for name in self.fields)


APP_ROLES: Final = Entitlement("App Roles", "app_role", ("allowedMemberTypes", "description", "displayName", "value"))
SCOPES: Final = Entitlement(
    "OAuth2 Permission Scopes",
    "api.0.oauth2_permission_scope",
    (
        "adminConsentDescription",
        "adminConsentDisplayName",
        "isEnabled",
        "type",
        "userConsentDescription",
        "userConsentDisplayName",
        "value",
    ),
    nested=True,
)


def clash(roles: list[Any], scopes: list[Any]) -> str | None:
    """What is wrong with having these roles and delegated permissions together: an id or a value used twice."""
    seen: list[tuple[str, str, tuple[Any, ...]]] = []
    for item in [*_known(roles), *_known(scopes)]:
        own = (item["id"], item["value"], _description(item))
        for other in seen:
            if own[0] == other[0] and own[1] != other[1]:
                return f'validation failed: duplicate ID found: "{own[0]}"'
            if own[1] == other[1] and own[0] != other[0]:
                return f'validation failed: duplicate value found: "{own[1]}"'
            if own[:2] == other[:2] and own != other:
                return (
                    "validation failed: a role and a delegated permission with the same identifier "
                    f'"{own[0]}" must also have the same description, display name and enabled'
                )
        seen.append(own)
    return None


async def disable_changed(
    graph: Graph, object_id: str, kind: Entitlement, wanted: list[dict[str, Any]], deadline: Deadline
) -> None:
    """Disable what is about to change or go, and wait until Graph shows it.

    `wanted` are the roles or delegated permissions there shall be, as they are sent. Raises `ProviderError`.
    """
    path, described = f"/applications/{object_id}", f'Application (Application: "{object_id}")'
    try:
        found = await graph.get(path, deadline)
    except ProviderError as error:
        raise ProviderError(f"retrieving {described}: {error}") from None
    existing = kind.of(found)
    by_id = {item["id"]: item for item in wanted}
    disabled = {
        item["id"]
        for item in existing
        if item["id"] not in by_id or (item.get("isEnabled") and kind.changes(item, by_id[item["id"]]))
    }
    if not disabled:
        return
    shown = [{**item, "isEnabled": False} if item["id"] in disabled else item for item in existing]
    try:
        await graph.patch(path, {"@odata.type": "#microsoft.graph.application", **kind.body(found, shown)}, deadline)
    except ProviderError as error:
        raise ProviderError(f"disabling {kind.title} for {described}: {error}") from None
    looks = 0
    while await deadline.sleep(_LOOKED_FOR[min(looks, len(_LOOKED_FOR) - 1)]):
        now = kind.of(await graph.get(path, deadline))
        if not any(item.get("isEnabled") for item in now if item["id"] in disabled):
            return
        looks += 1
    raise ProviderError(
        f"waiting for {kind.title} to be disabled for {described}: "
        "timeout while waiting for state to become 'Disabled' (last state: 'Waiting')"
    )


def _known(items: list[Any]) -> list[Properties]:
    return [
        item
        for item in items
        if isinstance(item, dict) and all(item.get(name) and item[name] is not UNKNOWN for name in ("id", "value"))
    ]


def _description(item: Properties) -> tuple[Any, ...]:
    if "adminConsentDescription" in item:
        return item.get("adminConsentDisplayName"), item.get("adminConsentDescription"), item.get("enabled")
    return item.get("displayName"), item.get("description"), item.get("enabled")
