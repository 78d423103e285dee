"""The outputs that components and the stack register once their parts are there."""

from __future__ import annotations

import threading

from rehearsal.engine.execution.events import Listener, OutputsRegistered
from rehearsal.engine.plan.questions import PlanError
from rehearsal.engine.plan.steps import Step
from rehearsal.engine.state.journal import Journal
from rehearsal.engine.urn import ROOT_STACK_TYPE, qualified_type
from rehearsal.engine.values import Properties, equal


class Outputs:
    """Which resources still owe their outputs, and those of the stack, which are recorded last."""

    def __init__(self, journal: Journal, listener: Listener) -> None:
        self._journal, self._listener = journal, listener
        self._lock = threading.Lock()
        self._expected: dict[str, Step] = {}
        self._of_stack: Properties | None = None

    def expect(self, step: Step) -> None:
        """Note that the resource of a completed step may register outputs."""
        with self._lock:
            self._expected[step.urn] = step

    def register(self, urn: str, outputs: Properties) -> None:
        """Record a component's outputs, and keep the stack's for `finish`.

        Raises PlanError when the resource was not registered, or has registered its outputs already.
        """
        if qualified_type(urn) == ROOT_STACK_TYPE:
            self._of_stack = outputs
            return
        with self._lock:
            step = self._expected.pop(urn, None)
        if step is None:
            raise PlanError(f"cannot complete a resource '{urn}' whose registration isn't pending", urn)
        if not step.skipped_create:
            self._complete(step, outputs)

    def finish(self, *, failed: bool) -> None:
        """Record the stack's outputs; after a failure, those the program didn't get to are kept."""
        step = next((s for s in self._expected.values() if s.resource.is_root_stack), None)
        if step is None or self._of_stack is None:
            return
        outputs = self._of_stack
        if failed and step.old is not None:
            outputs = {**step.old.outputs, **outputs}
        self._complete(step, outputs)

    def _complete(self, step: Step, outputs: Properties) -> None:
        before = step.old.outputs if step.old is not None else None
        step.resource.outputs = outputs
        self._listener.show(OutputsRegistered(step))
        self._journal.outputs(changed=before is None or not equal(before, outputs))
