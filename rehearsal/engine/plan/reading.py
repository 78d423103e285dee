"""Resources that the program only looks at."""

from __future__ import annotations

from rehearsal.engine.plan import names
from rehearsal.engine.plan.questions import PlanError, Planning
from rehearsal.engine.plan.session import Session
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.resource import ReadGoal, Resource


def plan(session: Session, goal: ReadGoal) -> Planning:
    """The step that reads a resource; one that was managed and is now only read under another id is given up."""
    urn = yield from names.claim_urn(session, goal.parent, goal.type, goal.name)
    old, former, _ = yield from names.find_old(session, urn, goal.parent, goal.type, goal.name, ())
    if not goal.id:
        raise PlanError(f"Expected an ID for {urn}", urn)
    new = Resource(
        urn=urn,
        type=goal.type,
        custom=True,
        id=goal.id,
        external=True,
        inputs=dict(goal.properties),
        parent=goal.parent,
        dependencies=list(goal.dependencies),
        provider=goal.provider,
        additional_secret_outputs=list(goal.additional_secret_outputs),
        aliases=[former] if former else [],
    )
    if old is not None and not old.external and old.id != goal.id:
        session.replaces.add(urn)
        return [
            Step(Op.READ_REPLACEMENT, old, new, goal, pending_delete=True),
            Step(Op.REPLACE, old, new, pending_delete=True),
        ]
    session.reads.add(urn)
    return [Step(Op.READ, old, new, goal)]
