"""Counts what happens on its way to the display."""

from __future__ import annotations

import threading
from collections import Counter

from rehearsal.engine.execution.deployment import Deployment
from rehearsal.engine.execution.events import Event, Listener, StepEnded, is_internal
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.result import Result
from rehearsal.engine.state.checkpoint import Checkpoint
from rehearsal.engine.values import equal


class Tally:
    """Passes events on, one at a time, and counts logical steps by what they did."""

    def __init__(self, display: Listener) -> None:
        self._display = display
        self._lock = threading.RLock()
        self._changes: Counter[Op] = Counter()
        self._steps: list[Step] = []

    def show(self, event: Event) -> None:
        """Pass an event on to the display."""
        with self._lock:
            if isinstance(event, StepEnded):
                self._steps.append(event.step)
                if event.succeeded and _counts(event):
                    self._changes[event.op] += 1
            self._display.show(event)

    def result(self, deployment: Deployment, before: Checkpoint) -> Result:
        """What came of it all; without a stack resource the outputs are those that were there before."""
        outputs = before.outputs() or {}
        for step in self._steps:
            if step.resource.is_root_stack:
                outputs = step.new.outputs if step.new is not None else {}
        failed = deployment.failed or deployment.cancelled
        return Result(not failed, dict(self._changes), tuple(self._steps), outputs)


def _counts(event: StepEnded) -> bool:
    step = event.step
    if is_internal(step) or not (step.is_logical or (step.op is Op.REFRESH and event.op is not Op.REFRESH)):
        return False
    if step.op is Op.READ:
        return step.old is not None and step.new is not None and not equal(step.old.outputs, step.new.outputs)
    return True
