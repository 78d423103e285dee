"""Owners of an application or service principal. The list in the program is the whole list, not an addition."""

from __future__ import annotations

from typing import Final

from rehearsal.providers.azuread.graph import Graph
from rehearsal.providers.http import Deadline

BOUND_AT_CREATION: Final = 20
"""How many owners Microsoft Graph takes with a create request, the caller among them."""


def at_creation(graph: Graph, owners: list[str]) -> tuple[list[str], list[str]]:
    """The addresses to bind when the object is created, the caller first, and the owners to add afterwards."""
    others = [owner for owner in owners if not is_caller(graph, owner)]
    bound = [graph.identity.object_id, *others[: BOUND_AT_CREATION - 1]]
    return [graph.object_url(owner) for owner in bound], others[BOUND_AT_CREATION - 1 :]


def is_caller(graph: Graph, owner: str) -> bool:
    """Whether the owner is who the provider is signed in as."""
    return owner.lower() == graph.identity.object_id.lower()


async def add(graph: Graph, path: str, owner: str, deadline: Deadline) -> None:
    """Make a principal an owner of the object at that path."""
    await graph.post(f"{path}/owners/$ref", {"@odata.id": graph.object_url(owner)}, deadline)


async def remove(graph: Graph, path: str, owner: str, deadline: Deadline) -> None:
    """Take ownership from a principal."""
    await graph.delete(f"{path}/owners/{owner}/$ref", deadline)


async def ids(graph: Graph, path: str, deadline: Deadline) -> list[str]:
    """The object ids of the owners."""
    return [owner["id"] for owner in await graph.all(f"{path}/owners", deadline)]


async def become(graph: Graph, path: str, wanted: list[str], deadline: Deadline) -> None:
    """Add the owners that are missing, then remove those that are too many: so there is never none."""
    existing = await ids(graph, path, deadline)
    for owner in wanted:
        if owner not in existing:
            await add(graph, path, owner, deadline)
    for owner in existing:
        if owner not in wanted:
            await remove(graph, path, owner, deadline)
