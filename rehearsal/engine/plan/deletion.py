"""What is deleted once the program has registered everything, and in which order."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from rehearsal.engine.plan import replacement
from rehearsal.engine.plan.graph import Graph
from rehearsal.engine.plan.questions import PlanError, Question, Tell
from rehearsal.engine.plan.session import Session
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.resource import Resource


def plan(session: Session) -> Generator[Question, None, tuple[list[Step], list[Step]]]:
    """Two lists: sames for what stays because it isn't targeted, and deletions, both in no particular order.

    Raises PlanError, unless in a preview, when a deletion would take an untargeted resource along.
    """
    allowed = yield from _allowed(session)
    kept = _kept(session)
    sames, deletions = [], []
    for resource in session.past:
        included = resource.urn in allowed if allowed is not None else resource.urn not in kept
        if not included:
            if not session.is_kept(resource.urn) and not resource.delete:
                sames.append(Step(Op.SAME, resource, resource.copy(), untargeted=True))
        elif resource.delete:
            if id(resource) not in session.deleted_early:
                session.deletes.add(resource.urn)
                deletions.append(replacement.delete_replaced(resource, pending_replacement=False))
        elif not session.is_kept(resource.urn):
            session.deletes.add(resource.urn)
            deletions.append(_deletion(resource))
    yield from _nothing_untargeted(session, deletions)
    return sames, deletions


def kept_by_protection(resources: Sequence[Resource]) -> list[str]:
    """The URNs of everything that is protected or that something protected needs."""
    graph = Graph(resources)
    kept = {
        needed.urn
        for resource in resources
        if resource.protect
        for needed in (resource, *graph.transitive_dependencies_of(resource))
    }
    return sorted(kept)


def _deletion(resource: Resource) -> Step:
    if resource.pending_replacement:
        return Step(Op.REMOVE_PENDING_REPLACE, resource, None)
    return Step(Op.DISCARD if resource.external else Op.DELETE, resource, None)


def _allowed(session: Session) -> Generator[Question, object, set[str] | None]:
    """With targets: them, what depends on them, and what their deletion would force to be replaced."""
    targets = session.scope.targets
    if not targets.constrained:
        return None
    allowed: set[str] = set()
    for resource in session.past:
        if resource.urn not in targets:
            continue
        for dependent in [resource, *session.graph.depending_on(resource, children=True)]:
            allowed.add(dependent.urn)
            going_along = yield from replacement.dependents(session, dependent)
            allowed.update(found.urn for found, _ in going_along)
    return allowed


def _kept(session: Session) -> set[str]:
    """With excludes: them, what they depend on and, if wanted, what depends on them."""
    kept: set[str] = set()
    open_ = [r for r in session.past if session.scope.excludes.names(r.urn)]
    while open_:
        resource = open_.pop()
        if resource.urn in kept:
            continue
        kept.add(resource.urn)
        open_.extend(session.graph.dependencies_of(resource))
        if session.scope.exclude_dependents:
            open_.extend(session.graph.depending_on(resource, children=True))
    return kept


def _nothing_untargeted(session: Session, deletions: Sequence[Step]) -> Generator[Question, None, None]:
    untargeted = [
        step.urn for step in deletions if step.urn not in session.scope.targets and not session.scope.target_dependents
    ]
    for urn in untargeted:
        yield Tell(
            "error",
            f"Resource '{urn}' will be destroyed but was not specified in --target list.\n"
            "Either include resource in --target list or pass --target-dependents to proceed.",
            urn,
        )
        session.failed = True
    if untargeted and not session.scope.preview:
        raise PlanError("delete untargeted resource", told=True)


def in_order(session: Session, deletions: Sequence[Step]) -> list[list[Step]]:
    """The deletions in groups: those of one group side by side, a group only after the one before it.

    What depends on something is deleted before it. A resource goes in the last group it can, as in Pulumi's
    `ScheduleDeletes`: the groups are built from the resources that depend on nothing condemned, backwards.
    """
    waiting = {id(step.resource): step for step in deletions}
    groups: list[list[Step]] = []
    while waiting:
        free = [
            step
            for step in waiting.values()
            if not any(id(needed) in waiting for needed in session.graph.dependencies_of(step.resource))
        ]
        for step in free:
            del waiting[id(step.resource)]
        groups.append(free)
    return groups[::-1]
