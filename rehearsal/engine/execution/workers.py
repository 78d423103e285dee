"""Runs chains of steps side by side: the steps of one chain one after the other, as many chains as allowed at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from rehearsal.engine.execution.events import Listener, Message, StepBegan, StepEnded
from rehearsal.engine.execution.failures import ProtectedResource, StepFailed
from rehearsal.engine.execution.operating import Operator
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.state.journal import Journal


class Workers:
    """The hands of a run.

    After a failure no further step is begun (steps under way are finished), unless the run continues on errors; a
    protected resource that was to be deleted counts as failed, but stops nothing else, since nothing was done.
    """

    def __init__(
        self,
        operator: Operator,
        journal: Journal,
        listener: Listener,
        done: Callable[[Step, bool], None],
        *,
        parallel: int,
        preview: bool,
        continue_on_error: bool,
        refresh_only: bool = False,
    ) -> None:
        """`done` is told of every step that was carried out, or not, once the journal knows it.

        `refresh_only`: refreshes are what the run is for, and are shown by what they came to.
        """
        self._operator, self._journal, self._listener, self._done = operator, journal, listener, done
        self._preview, self._continue_on_error, self._refresh_only = preview, continue_on_error, refresh_only
        self._pool = ThreadPoolExecutor(max_workers=max(parallel, 1), thread_name_prefix="worker")
        self._idle = threading.Condition()
        self._open = 0
        self.halted = threading.Event()
        self.terminated = threading.Event()
        self.failed: list[Step] = []
        self.faults: list[str] = []
        self.on_halt: Callable[[], None] = lambda: None

    def start(self, chain: Sequence[Step], then: Callable[[bool], None] = lambda _: None) -> None:
        """Carry out a chain as soon as there is a free hand; `then` is told whether all of it succeeded."""
        with self._idle:
            self._open += 1
        self._pool.submit(self._run, list(chain), then)

    def halt(self) -> None:
        """Begin nothing more."""
        self.halted.set()
        self.on_halt()

    def terminate(self) -> None:
        """Begin nothing more, and take what fails from now on for interrupted."""
        self.terminated.set()
        self.halt()

    def together(self, steps: Sequence[Step]) -> None:
        """Carry out steps side by side, and return when all have ended."""
        for step in steps:
            self.start([step])
        self.wait()

    def wait(self) -> None:
        """Return when nothing is under way."""
        with self._idle:
            self._idle.wait_for(lambda: self._open == 0)

    def close(self) -> None:
        """Let go of the hands; what is under way is finished."""
        self._pool.shutdown(wait=True)

    def _run(self, chain: list[Step], then: Callable[[bool], None]) -> None:
        succeeded = True
        try:
            for step in chain:
                succeeded = succeeded and not self.halted.is_set() and self._carry_out(step)
        except BaseException as fault:  # a fault of the engine itself must end the run, not hang it
            succeeded = False
            self.halt()
            self.failed.append(chain[0])
            self._listener.show(Message("error", f"the engine failed: {fault!r}", chain[0].urn))
        finally:
            then(succeeded)
            with self._idle:
                self._open -= 1
                self._idle.notify_all()

    def _carry_out(self, step: Step) -> bool:
        self._listener.show(StepBegan(step))
        self._journal.begin(step)
        began = time.monotonic()
        failure: StepFailed | None = None
        try:
            self._operator.carry_out(step)
        except StepFailed as failed:
            if self.terminated.is_set():
                self.failed.append(step)
                return False
            failure = failed
            prefix = "Preview failed: " if self._preview else ""
            self._listener.show(Message("error", f"{prefix}{failed}", step.urn))
        seconds = time.monotonic() - began
        op = step.result if step.result is not None and self._refresh_only else step.op
        self._listener.show(StepEnded(step, op, failure is None, seconds))
        self._journal.end(step, succeeded=failure is None or failure.partial)
        if failure is not None:
            self.failed.append(step)
            self.faults.append(str(failure))
            if not self._continue_on_error and not isinstance(failure, ProtectedResource):
                self.halt()
        if step.op is not Op.REPLACE:
            self._done(step, failure is None)
        return failure is None
