"""Deleting what the program no longer has: group by group, sparing what something undeleted still needs."""

from __future__ import annotations

from rehearsal.engine.execution.answers import Answers
from rehearsal.engine.execution.workers import Workers
from rehearsal.engine.plan import deletion
from rehearsal.engine.plan.session import Session


def carry_out(session: Session, answers: Answers, workers: Workers) -> None:
    """Plan the deletions and carry them out, once everything else has been.

    What a failed step needs is spared; everything else goes on, unless the workers have halted.
    Raises PlanError when there is no such plan.
    """
    workers.wait()
    if workers.halted.is_set():
        return
    sames, deletions = answers.of(deletion.plan(session))
    if sames:
        workers.start(sames)
        workers.wait()
    for group in deletion.in_order(session, deletions):
        spared = {
            id(needed)
            for step in workers.failed
            for state in (step.old, step.new)
            if state is not None and state in session.graph
            for needed in session.graph.transitive_dependencies_of(state)
        }
        if workers.halted.is_set():
            return
        workers.together([step for step in group if id(step.resource) not in spared])
