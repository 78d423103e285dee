"""Which resources a refresh looks at, and the old state as it is afterwards.

After pulumi/pulumi, pkg/resource/deploy/deployment_executor.go (`refresh`, `rebuildBaseState`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rehearsal.engine.plan.session import Session
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.resource import Resource


def plan(session: Session, *, flagged_only: bool = False) -> list[Step]:
    """A refresh of every resource the operation may touch.

    `flagged_only`: just of those whose providers want them read before an update.
    """
    scope = session.scope
    targets, excludes = scope.targets.copy(), scope.excludes.copy()
    steps = []
    for resource in session.past:
        if flagged_only and not resource.refresh_before_update:
            continue
        needed = {urn for _, urn, _ in resource.related()}
        if excludes.constrained:
            if excludes.names(resource.urn):
                continue
            if scope.exclude_dependents and any(map(excludes.names, needed)):
                excludes.urns.add(resource.urn)
                continue
        elif resource.urn not in targets:
            if not (scope.target_dependents and any(map(targets.names, needed))):
                continue
            targets.urns.add(resource.urn)
        steps.append(Step(Op.REFRESH, resource, resource))
    return steps


def rebuilt(past: Sequence[Resource], steps: Sequence[Step]) -> list[Resource]:
    """The old state after the steps: what is gone is left out, and nothing refers to it any more."""
    found: Mapping[int, Resource | None] = {id(step.old): step.new for step in steps}
    resources: list[Resource] = []
    present: set[str] = set()
    for resource in past:
        new = found.get(id(resource), resource)
        if new is not None:
            resources.append(_referring_to(new, present))
            present.add(new.urn)
    return resources


def _referring_to(resource: Resource, present: set[str]) -> Resource:
    """The resource with only those references that lead somewhere."""
    kept = resource.copy()
    kept.parent = resource.parent if resource.parent in present else ""
    kept.dependencies = [urn for urn in resource.dependencies if urn in present]
    used = {key: [urn for urn in urns if urn in present] for key, urns in resource.property_dependencies.items()}
    kept.property_dependencies = {key: urns for key, urns in used.items() if urns}
    kept.deleted_with = resource.deleted_with if resource.deleted_with in present else ""
    kept.replace_with = [urn for urn in resource.replace_with if urn in present]
    return kept
