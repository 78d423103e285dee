"""The roles there are: the built-in ones, and the custom ones of the tenant as documents in the store.

A custom role's document has `id`, `name` (its GUID), `roleName`, `description`, `permissions` and `assignableScopes`,
where it can be assigned (Azure documentation, "Azure custom roles").
"""

from __future__ import annotations

from typing import Any

from rehearsal.azure.arm import resource_ids
from rehearsal.azure.arm.built_in_roles import BY_ID
from rehearsal.azure.arm.role import Role
from rehearsal.azure.context import Context

Document = dict[str, Any]

_KIND = "armRoleDefinition"


def find(context: Context, role_id: str, scope: str) -> Role | None:
    """The role with this GUID, if it can be assigned at `scope`."""
    if role_id in BY_ID:
        return BY_ID[role_id]
    document = custom(context, role_id)
    return _role(document) if document is not None and assignable(document, scope) else None


def custom(context: Context, role_id: str) -> Document | None:
    """The custom role with this GUID."""
    return context.store.get(_KIND, role_id)


def all_custom(context: Context) -> list[Document]:
    """Every custom role, in order of creation."""
    return context.store.all(_KIND)


def keep(context: Context, document: Document) -> None:
    """Write a custom role, new or changed."""
    context.store.put(_KIND, document["name"], document)


def remove(context: Context, role_id: str) -> None:
    """Forget a custom role."""
    context.store.remove(_KIND, role_id)


def assignable(document: Document, scope: str) -> bool:
    """Whether a custom role can be assigned at a scope."""
    return any(resource_ids.covers(place, scope) for place in document["assignableScopes"])


def _role(document: Document) -> Role:
    actions, not_actions, data_actions, not_data_actions = (
        tuple(entry for permission in document["permissions"] for entry in permission[member])
        for member in ("actions", "notActions", "dataActions", "notDataActions")
    )
    return Role(
        document["name"],
        document["roleName"],
        document["description"],
        actions,
        not_actions,
        data_actions,
        not_data_actions,
    )
