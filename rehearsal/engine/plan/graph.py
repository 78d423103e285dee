"""Who depends on whom among recorded resources.

The list is in order: everything a resource depends on comes before it. During a replacement two resources share a URN;
the one that comes last before a resource is the one it depends on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rehearsal.engine.resource import Relation, Resource


class Graph:
    """The dependencies of a list of resources, as pulumi/pulumi, pkg/resource/graph/dependency_graph.go has them."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._resources = list(resources)
        self._index = {id(resource): i for i, resource in enumerate(self._resources)}
        self._parents = {resource.urn: resource.parent for resource in self._resources}

    def __contains__(self, resource: Resource) -> bool:
        return id(resource) in self._index

    def alias(self, new: Resource, existing: Resource) -> None:
        """Let `new`, a refreshed state, stand where `existing` stands."""
        self._index[id(new)] = self._index[id(existing)]

    def depending_on(
        self, resource: Resource, ignored: Collection[str] = (), *, children: bool = False
    ) -> list[Resource]:
        """Everything that directly or indirectly needs the resource, in order; `children`: being a child counts."""
        needed = {resource.urn}
        found = []
        for candidate in self._resources[self._index[id(resource)] + 1 :]:
            if candidate.urn in ignored:
                continue
            uses = {urn for relation, urn, _ in candidate.related() if children or relation is not Relation.PARENT}
            if candidate.provider:
                uses.add(candidate.provider_urn)
            if uses & needed:
                found.append(candidate)
                needed.add(candidate.urn)
        return found

    def dependencies_of(self, resource: Resource) -> list[Resource]:
        """What the resource directly needs: with a component also the children it has by then."""
        needed = {urn for relation, urn, _ in resource.related() if relation is not Relation.PARENT}
        if resource.provider:
            needed.add(resource.provider_urn)
        before = self._resources[: self._index[id(resource)]]
        components = {r.urn for r in before if r.urn in needed and not r.custom}
        return [
            candidate
            for candidate in before
            if candidate.urn in needed or candidate.urn == resource.parent or self._is_below(candidate, components)
        ]

    def transitive_dependencies_of(self, resource: Resource) -> list[Resource]:
        """Everything the resource directly or indirectly needs, its parents among it.

        What is yet to be deleted needs the old one of two resources with a URN, anything else the new one.
        """
        named = {deleted: {r.urn: r for r in self._resources if r.delete is deleted} for deleted in (True, False)}
        found: dict[int, Resource] = {}
        open_ = [resource]
        while open_:
            needing = open_.pop()
            for urn in (needing.provider_urn, *(urn for _, urn, _ in needing.related())):
                needed = named[needing.delete].get(urn) or named[not needing.delete].get(urn)
                if needed is not None and id(needed) not in found:
                    found[id(needed)] = needed
                    open_.append(needed)
        return list(found.values())

    def _is_below(self, resource: Resource, components: Collection[str]) -> bool:
        parent = resource.parent
        while components and parent:
            if parent in components:
                return True
            parent = self._parents.get(parent, "")
        return False
