"""From one registration to its steps: same, create, update, replace or import.

The decisions and their order are those of pulumi/pulumi, pkg/resource/deploy/step_generator.go.
"""

from __future__ import annotations

from collections.abc import Generator

from rehearsal.engine import paths
from rehearsal.engine.plan import names, replacement, targeting
from rehearsal.engine.plan.asking import checked, compared
from rehearsal.engine.plan.difference import (
    NO_DIFFERENCE,
    Changes,
    Difference,
    replaced_because,
    with_replace_on_changes,
)
from rehearsal.engine.plan.questions import Analyse, Carry, PlanError, Planning, ProviderDiff, Question, Tell
from rehearsal.engine.plan.session import Session
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.resource import Goal, Resource
from rehearsal.engine.values import contains_unknowns, equal, without_secrets


def plan(session: Session, goal: Goal, seed: bytes) -> Planning:
    """The steps that make the resource what the program asked for; they are to be carried out one after the other.

    None are left when an import has already found it as the program wants it.
    `seed` is what the provider may derive a random name from.
    """
    urn = yield from names.claim_urn(session, goal.parent, goal.type, goal.name)
    old, former, valid = yield from names.find_old(session, urn, goal.parent, goal.type, goal.name, goal.aliases)
    new = wanted(urn, goal, old, former)
    if new.is_provider:
        session.providers[urn] = new
        if former:
            session.providers[former] = new
    imported = False
    if _is_import(goal, old):
        old = yield from _imported(session, goal, urn, old, new, seed)
        if old is None:
            return []
        new, imported = wanted(urn, goal, old, former), True
    steps = yield from _decide(session, goal, old, new, seed, valid=valid, imported=imported)
    return (yield from targeting.confined(session, steps))


def wanted(urn: str, goal: Goal, old: Resource | None, former: str) -> Resource:
    """The state a registration asks for, before any provider has had its say."""
    return Resource(
        urn=urn,
        type=goal.type,
        custom=goal.custom,
        inputs=dict(goal.properties),
        parent=goal.parent,
        protect=bool(goal.protect),
        dependencies=list(goal.dependencies),
        provider=goal.provider,
        property_dependencies=dict(goal.property_dependencies),
        additional_secret_outputs=list(goal.additional_secret_outputs),
        aliases=[former] if former else [],
        timeouts=goal.timeouts,
        import_id=goal.import_id,
        retain_on_delete=bool(goal.retain_on_delete),
        deleted_with=goal.deleted_with,
        replace_with=list(goal.replace_with),
        created=old.created if old else "",
        modified=old.modified if old else "",
        ignore_changes=list(goal.ignore_changes),
        replace_on_changes=list(goal.replace_on_changes),
        replacement_trigger=goal.replacement_trigger,
        refresh_before_update=old.refresh_before_update if old else False,
    )


def _is_import(goal: Goal, old: Resource | None) -> bool:
    if not goal.custom or not goal.import_id:
        return False
    return old is None or old.external or (old.import_id or old.id) != goal.import_id


def _imported(
    session: Session, goal: Goal, urn: str, old: Resource | None, new: Resource, seed: bytes
) -> Generator[Question, Resource | None, Resource | None]:
    """Have the resource imported; what was found is the old state that the program's goal is then compared with."""
    session.imports.add(urn)
    steps: tuple[Step, ...]
    if old is not None and urn not in session.deletes:
        steps = (
            Step(Op.IMPORT_REPLACEMENT, None, new, goal, original=old, seed=seed, pending_delete=True),
            Step(Op.REPLACE, old, new, pending_delete=True),
        )
    else:
        steps = (Step(Op.IMPORT, None, new, goal, seed=seed),)
    return (yield Carry(steps))


def _decide(
    session: Session, goal: Goal, old: Resource | None, new: Resource, seed: bytes, *, valid: bool, imported: bool
) -> Planning:
    urn = new.urn
    recreating = urn in session.deletes
    was_external = old is not None and old.external
    included = session.is_included(new)
    inputs = new.inputs
    if old is not None:
        inputs, impossible = paths.keep_old(old.inputs, inputs, goal.ignore_changes)
        if impossible:
            listed = '", "'.join(impossible)
            yield Tell("info", f'cannot ignore changes in added or removed elements of the path: "{listed}"', urn)
    if goal.custom:
        if not included:
            inputs = old.inputs if old else {}
        else:
            fresh = recreating or was_external or old is None or session.is_to_be_replaced(urn, old)
            olds, news = (None, goal.properties) if fresh or old is None else (old.inputs, inputs)
            inputs, accepted = yield from checked(new, olds, news, seed)
            valid = valid and accepted
        new.inputs = inputs
    if included:
        targeting.carry_dependencies_along(session, new)
    allowed = yield Analyse(new, goal, session.providers.get(new.provider_urn))
    session.failed = session.failed or not allowed
    if not (valid and (allowed or session.scope.preview)):
        raise PlanError(f"resource {urn} is invalid", urn, told=True)

    if recreating and old is not None:
        return replacement.recreated(session, goal, old, new)
    if was_external and old is not None:
        session.creates.add(urn)
        return [
            Step(Op.CREATE_REPLACEMENT, old, new, goal, pending_delete=True),
            Step(Op.REPLACE, old, new, pending_delete=True),
        ]
    if session.scope.excludes.constrained and not included and session.is_excluded(new):
        session.excluded.urns.add(urn)
    elif included and session.scope.targets.constrained and session.is_targeted(new):
        session.targeted.urns.add(urn)
    if old is None:
        if not included:
            session.sames.add(urn)
            session.skipped_creates.add(urn)
            return [Step(Op.SAME, new.copy(), new, goal, skipped_create=True)]
        session.creates.add(urn)
        return [Step(Op.CREATE, None, new, goal)]
    if not included:
        return targeting.untouched(session, goal, old, new)
    return (yield from _compared(session, goal, old, new, seed, imported=imported))


def _compared(session: Session, goal: Goal, old: Resource, new: Resource, seed: bytes, *, imported: bool) -> Planning:
    trigger = _triggered(session, old, new)
    difference = Difference(Changes.SOME) if trigger else (yield from _difference(session, old, new))
    if new.urn in session.deletes:
        return replacement.recreated(session, goal, old, new)
    difference = with_replace_on_changes(difference, goal.replace_on_changes, has_init_errors=bool(old.init_errors))
    if difference.changes is Changes.SOME or old.pending_replacement:
        if difference.replaces or trigger or old.pending_replacement:
            return (yield from replacement.plan(session, goal, old, new, difference, seed))
        session.updates.add(new.urn)
        return [_update(goal, old, new, difference)]
    if old.init_errors:
        session.updates.add(new.urn)
        return [_update(goal, old, new, difference)]
    if imported:
        return []
    session.sames.add(new.urn)
    return [Step(Op.SAME, old, new, goal)]


def _update(goal: Goal, old: Resource, new: Resource, difference: Difference) -> Step:
    return Step(Op.UPDATE, old, new, goal, changed_keys=difference.changed_keys, detailed=difference.detailed)


def _triggered(session: Session, old: Resource, new: Resource) -> bool:
    """Whether the resource's replacement trigger has changed since it was last recorded."""
    before, now = without_secrets(old.replacement_trigger), without_secrets(new.replacement_trigger)
    if contains_unknowns(now) and not session.scope.preview:
        raise PlanError(f"replacement trigger contains unknowns for {new.urn}", new.urn)
    if contains_unknowns(before) or contains_unknowns(now):
        return True
    return before is not None and now is not None and not equal(before, now)


def _difference(session: Session, old: Resource, new: Resource) -> Generator[Question, Difference | None, Difference]:
    """What would change, where the engine itself may already know that the resource has to be replaced."""
    if session.is_to_be_replaced(new.urn, old):
        return replaced_because("id")
    if any(urn in session.replaces for urn in new.replace_with):
        return replaced_because("replaceWith")
    if new.deleted_with in session.replaces:
        return replaced_because("deletedWith")
    if (yield from _provider_changed(session, old, new)):
        return replaced_because("provider")
    if not new.custom:
        return NO_DIFFERENCE if equal(old.inputs, new.inputs) else Difference(Changes.SOME)
    return (yield from compared(old, new, new.inputs))


def _provider_changed(session: Session, old: Resource, new: Resource) -> Generator[Question, Difference | None, bool]:
    """Whether the new provider can't manage what the old one created."""
    if old.provider == new.provider:
        return False
    if not old.provider or not new.provider:
        return True
    if session.new_of_alias.get(old.provider_urn) == new.provider_urn:
        return False
    before, now = session.olds.get(old.provider_urn), session.providers.get(new.provider_urn)
    if before is None or now is None:
        raise PlanError(f"failed to resolve provider reference: {new.provider!r}", new.urn)
    answer = yield ProviderDiff(before, now)
    return answer is not None and answer.replaces
