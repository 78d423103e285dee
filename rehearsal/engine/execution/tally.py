"""Counts what happens on its way to the display."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace

from rehearsal.engine.execution.concealing import Concealing
from rehearsal.engine.execution.deployment import Deployment
from rehearsal.engine.execution.events import (
    Asked,
    Event,
    Listener,
    Message,
    StepBegan,
    StepEnded,
    Violated,
    is_internal,
)
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.result import Result
from rehearsal.engine.state.checkpoint import Checkpoint
from rehearsal.engine.values import equal


class Tally:
    """Passes events on, one at a time and without secrets, and counts logical steps by what they did."""

    def __init__(self, display: Listener) -> None:
        self._display = display
        self._lock = threading.RLock()
        self._changes: Counter[Op] = Counter()
        self._steps: list[Step] = []
        self.concealing = Concealing()

    def show(self, event: Event) -> None:
        """Pass an event on to the display."""
        with self._lock:
            match event:
                case Asked(properties):
                    self.concealing.learn_from(properties)
                    return
                case StepBegan(step) | StepEnded(step):
                    for state in (step.old, step.new):
                        if state is not None:
                            self.concealing.learn_from([state.inputs, state.outputs])
                case Message():
                    event = replace(event, text=self.concealing.concealed(event.text))
                case Violated(violation):
                    said = self.concealing.concealed(violation.message)
                    event = replace(event, violation=replace(violation, message=said))
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
