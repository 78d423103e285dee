"""Refreshing the old state: every resource is read, and what is gone is forgotten."""

from __future__ import annotations

from rehearsal.engine.execution.workers import Workers
from rehearsal.engine.plan import refreshing
from rehearsal.engine.plan.session import Session
from rehearsal.engine.state.journal import Journal


def carry_out(session: Session, workers: Workers, journal: Journal, *, flagged_only: bool = False) -> None:
    """Refresh all that the session may touch; what could not be read stays as it was, and counts as failed.

    `flagged_only`: just what its provider wants to be read before an update.
    """
    steps = refreshing.plan(session, flagged_only=flagged_only)
    if not steps:
        return
    workers.together(steps)
    resources = refreshing.rebuilt(session.past, steps)
    session.rebase(resources)
    journal.rebase(resources)
