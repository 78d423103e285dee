"""Replacing a resource: create before delete, or the other way round with everything that has to go along.

The decisions are those of pulumi/pulumi, pkg/resource/deploy/step_generator.go (`continueStepsFromDiff`,
`calculateDependentReplacements`, `findDependentCascadeReplacements`).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from rehearsal.engine import urn as urns
from rehearsal.engine.plan.asking import as_go, checked, compared
from rehearsal.engine.plan.difference import Difference, with_replace_on_changes
from rehearsal.engine.plan.questions import PlanError, Planning, Question, Tell
from rehearsal.engine.plan.session import Session
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.resource import Goal, Resource
from rehearsal.engine.values import Unknown


def plan(session: Session, goal: Goal, old: Resource, new: Resource, difference: Difference, seed: bytes) -> Planning:
    """The steps of a replacement.

    Raises PlanError when the resource is protected, or stays bound to an id by its `import` option.
    """
    yield from _allowed(session, goal, old, new, difference)
    session.replaces.add(new.urn)
    if new.custom and not session.is_to_be_replaced(new.urn, old):
        new.inputs, accepted = yield from checked(new, None, goal.properties, seed)
        if not accepted:
            raise PlanError(f"resource {new.urn} is invalid", new.urn, told=True)
    keys, changed, detailed = difference.replace_keys, difference.changed_keys, difference.detailed
    delete_first = difference.delete_before_replace
    if goal.delete_before_replace is not None:
        delete_first = goal.delete_before_replace
    replace = Step(Op.REPLACE, old, new, None, keys, changed, detailed, pending_delete=not delete_first)
    create = Step(Op.CREATE_REPLACEMENT, old, new, goal, keys, changed, detailed, pending_delete=not delete_first)
    if not delete_first:
        return [create, replace]
    steps = yield from _delete_first(session, old, new)
    return [*steps, replace, create]


def recreated(session: Session, goal: Goal, old: Resource, new: Resource) -> list[Step]:
    """The steps for a resource that had to be deleted early, because it depends on one that was replaced."""
    session.deletes.discard(new.urn)
    session.replaces.add(new.urn)
    keys = session.replace_keys_of_dependent.get(new.urn, ())
    return [Step(Op.REPLACE, old, new), Step(Op.CREATE_REPLACEMENT, old, new, goal, keys)]


def _allowed(
    session: Session, goal: Goal, old: Resource, new: Resource, difference: Difference
) -> Generator[Question, None, None]:
    if new.protect and old.protect:
        message = (
            f'unable to replace resource "{new.urn}"\n'
            "as it is currently marked for protection. To unprotect the resource, remove the `protect` flag from "
            "the resource in your Pulumi program and run `pulumi up`"
        )
        yield Tell("error", message, new.urn)
        session.failed = True
        if not session.scope.preview:
            raise PlanError(message, new.urn, told=True)
    if goal.import_id:
        changes = "\n".join(
            f"{key}: {as_go(old.inputs.get(key))} => {as_go(new.inputs.get(key))}" for key in difference.replace_keys
        )
        message = (
            "previously-imported resources that still specify an ID may not be replaced; "
            f"please remove the `import` declaration from your program;\n{changes}"
        )
        if not session.scope.preview:
            raise PlanError(message, new.urn)
        yield Tell("warning", message, new.urn)


def _delete_first(session: Session, old: Resource, new: Resource) -> Planning:
    """Delete the resource, and before it everything that its disappearance would force to be replaced."""
    going_along = (yield from dependents(session, old)) if old in session.graph else []
    going_along += _bound_to(session, new.urn)
    steps = []
    for dependent, keys in reversed(going_along):
        if id(dependent) in session.deleted_early:
            continue
        session.replace_keys_of_dependent[dependent.urn] = keys
        if dependent.delete:
            steps.append(Step(Op.DISCARD if dependent.external else Op.DELETE, dependent, None))
        else:
            if dependent.protect:
                message = (
                    f'unable to replace resource "{dependent.urn}" as part of replacing "{new.urn}" as it is currently '
                    "marked for protection. To unprotect the resource, remove the `protect` flag from the resource in "
                    "your Pulumi program and run `pulumi up`, or use the command:\n"
                    f"`pulumi state unprotect {urns.quoted(dependent.urn)}`"
                )
                yield Tell("error", message, new.urn)
                session.failed = True
                raise PlanError(message, new.urn, told=True)
            steps.append(delete_replaced(dependent, pending_replacement=True))
        session.deletes.add(dependent.urn)
        session.deleted_early.add(id(dependent))
    if not old.pending_replacement:
        session.deletes.add(old.urn)
        steps.append(delete_replaced(old, pending_replacement=True))
    return steps


def delete_replaced(old: Resource, *, pending_replacement: bool) -> Step:
    """The deletion of what was, or is to be, replaced."""
    op = Op.DISCARD_REPLACED if old.external else Op.DELETE_REPLACED
    return Step(op, old, None, pending_replacement=pending_replacement)


def dependents(session: Session, root: Resource) -> Generator[Question, Any, list[tuple[Resource, tuple[str, ...]]]]:
    """What has to be replaced when `root` goes before its replacement comes, in order, with the properties to blame.

    A resource goes along if its provider goes, if it is `deleted_with` one that goes, or if its provider says that it
    must be replaced once the properties that come from what goes are unknown.
    """
    decided = session.reads | session.creates | session.sames | session.updates | session.deletes | session.replaces
    going = {root.urn}
    found: list[tuple[Resource, tuple[str, ...]]] = []
    for candidate in session.graph.depending_on(root, decided):
        goes, keys = yield from _goes_along(candidate, going)
        if goes:
            going.add(candidate.urn)
            found.append((candidate, keys))
    return found


def _goes_along(candidate: Resource, going: set[str]) -> Generator[Question, Any, tuple[bool, tuple[str, ...]]]:
    if not candidate.custom or candidate.external:
        return False, ()
    if candidate.provider_urn in going or candidate.deleted_with in going:
        return True, ()
    inputs = dict(candidate.inputs)
    unknown = [key for key in inputs if going.intersection(candidate.property_dependencies.get(key, ()))]
    if not unknown:
        return False, ()
    inputs.update({key: Unknown() for key in unknown})
    difference = yield from compared(candidate, candidate, inputs)
    difference = with_replace_on_changes(difference, candidate.replace_on_changes, has_init_errors=False)
    return difference.replaces, difference.replace_keys


def _bound_to(session: Session, urn: str) -> list[tuple[Resource, tuple[str, ...]]]:
    """Resources that go with a URN by their own wish: `replace_with` and `deleted_with`."""
    found = {
        resource.urn: resource
        for resource in [*session.olds.values(), *session.news.values()]
        if urn in resource.replace_with or resource.deleted_with == urn
    }
    return [(resource, ()) for resource in found.values()]
