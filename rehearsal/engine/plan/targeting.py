"""Operations on part of a stack: what isn't targeted stays as it is, and has to stay complete.

After pulumi/pulumi, pkg/resource/deploy/step_generator.go (`validateSteps`, `queueUntargetedDependencySames`).
"""

from __future__ import annotations

from collections.abc import Generator

from rehearsal.engine.plan.questions import PlanError, Question, Tell
from rehearsal.engine.plan.session import Session
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.resource import Goal, Relation, Resource


def confined(session: Session, steps: list[Step]) -> Generator[Question, None, list[Step]]:
    """The steps, with what they need carried along, if nothing they depend on was left out.

    Raises PlanError, unless in a preview, when a step depends on a resource that doesn't exist and isn't targeted, or
    is excluded. In the latter case Pulumi goes on, and leaves a state that no command can read.
    """
    steps = [*_carried_along(session), *steps]
    for step in steps:
        if step.new is None or step.skipped_create:
            continue
        for urn in sorted(step.new.requires() & session.skipped_creates):
            about = f"Resource '{step.urn}' depends on '{urn}'"
            said = f"{about} which was was not specified in --target list."
            if session.scope.excludes.constrained:
                said = (
                    f"{about}, which is excluded and does not exist yet.\n"
                    "Exclude both, as --exclude-dependents does, or neither."
                )
            yield Tell("error", said, step.urn)
            session.failed = True
            if not session.scope.preview:
                raise PlanError("untargeted create", step.urn, told=True)
            session.skipped_creates.discard(urn)
    return steps


def untouched(session: Session, goal: Goal, old: Resource, new: Resource) -> list[Step]:
    """Same steps for a resource that isn't targeted and, first, for everything it needs that nobody registered."""
    steps: list[Step] = []

    def carry(resource: Resource, request: Goal | None) -> None:
        if resource.delete:
            return
        session.registered.add(resource.urn)
        session.sames.update({new.urn, resource.urn})
        if resource.provider:
            provider = session.olds.get(resource.provider_urn)
            kept = session.has_step(resource.provider_urn) or session.is_kept(resource.provider_urn)
            if provider is not None and not kept:
                carry(provider, None)
        for relation, urn, key in resource.related():
            if session.has_step(urn):
                continue
            if urn not in session.olds:
                what = f"{relation.value} {urn} of untargeted resource {new.urn}"
                if relation is Relation.PROPERTY:
                    what += f"'s property {key}"
                raise PlanError(f"{what} has no old state", new.urn)
            carry(session.olds[urn], None)
        steps.append(Step(Op.SAME, resource, resource.copy(), request, untargeted=True))

    carry(old, goal)
    return steps


def carry_dependencies_along(session: Session, new: Resource) -> None:
    """Queue what a targeted resource needs from the old state and nobody has registered (yet)."""
    if not session.scope.targets.constrained:
        return

    def queue(urn: str) -> None:
        old = session.olds.get(urn)
        queued = any(step.urn == urn for step in session.carried_along)
        if old is None or old.delete or queued or session.has_step(urn):
            return
        step = Step(Op.SAME, old, old.copy(), untargeted=True)
        for needed in sorted(old.requires()):
            queue(needed)
        session.carried_along.append(step)

    for _, urn, _ in new.related():
        queue(urn)


def _carried_along(session: Session) -> list[Step]:
    steps = []
    for step in session.carried_along:
        if session.has_step(step.urn) or session.is_kept(step.urn):
            continue
        session.registered.add(step.urn)
        session.sames.add(step.urn)
        steps.append(step)
    session.carried_along.clear()
    return steps
