"""What must be true of every checkpoint (pulumi/pulumi, pkg/resource/deploy/snapshot.go, `VerifyIntegrity`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rehearsal.engine import urn as urns
from rehearsal.engine.resource import Resource


def faults(resources: Sequence[Resource]) -> Iterator[str]:
    """Everything that is wrong: missing ids, unknown or later dependencies, URNs that are there twice."""
    every = {resource.urn for resource in resources}
    present: set[str] = set()
    alive: set[str] = set()
    references: set[str] = set()
    for resource in resources:
        if resource.custom and not resource.id:
            yield f"custom resource {resource.urn} has no id"
        if resource.provider and resource.provider not in references and not resource.pending_replacement:
            yield f"resource {resource.urn} refers to unknown provider {resource.provider}"
        for relation, urn, _ in resource.related():
            if urn not in present:
                where = "comes after it" if urn in every else "is missing"
                yield f"resource {resource.urn} depends on {urn} ({relation.value}), which {where}"
        if resource.urn in alive and not resource.delete:
            yield f"duplicate resource {resource.urn} (not marked for deletion)"
        present.add(resource.urn)
        if not resource.delete:
            alive.add(resource.urn)
        if resource.is_provider:
            references.add(urns.reference(resource.urn, resource.id))
