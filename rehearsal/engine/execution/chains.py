"""From the program's goals to chains of steps, and from their ends back to the program."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from rehearsal.engine.execution.answers import Answers
from rehearsal.engine.execution.outputs import Outputs
from rehearsal.engine.execution.workers import Workers
from rehearsal.engine.plan import reading, registration
from rehearsal.engine.plan.questions import Carry, Planning
from rehearsal.engine.plan.session import Session
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.protocol.host import Registered, ShutDown
from rehearsal.engine.resource import Goal, ReadGoal, Resource

OVER = "resource monitor shut down while waiting on step's done channel"


@dataclass(eq=False)
class Request:
    """A goal of the program, and who waits for what becomes of it."""

    goal: Goal | ReadGoal
    answer: Future[Registered] = field(default_factory=Future)

    def refuse(self) -> None:
        """Nothing will become of it."""
        if not self.answer.done():
            self.answer.set_exception(ShutDown(OVER))


@dataclass(frozen=True)
class Resume:
    """A plan that waited for steps to be carried out goes on with what they left: None when they failed."""

    request: Request
    planning: Planning
    left: Resource | None


class Chains:
    """Plans requests in one thread, as the answers and earlier steps allow, and hands the chains to the workers."""

    def __init__(self, session: Session, answers: Answers, outputs: Outputs, post: Callable[[Resume], None]) -> None:
        """`post` brings a plan that can go on back to the planning thread."""
        self._session, self._answers, self._outputs, self._post = session, answers, outputs, post
        self._lock = threading.Lock()
        self._waiting: dict[int, Request] = {}
        self._skipped: set[str] = set()
        self.unfinished = 0
        """How many plans wait for steps."""
        self.seen: dict[str, Resource] = {}
        """The resources that were registered or read, as they are now."""

    def begin(self, workers: Workers, request: Request, seed: bytes) -> None:
        """Plan a request as far as it goes: to its steps, or to where it has to wait for some to be carried out.

        Raises PlanError or ProviderError when there is no such plan.
        """
        with self._lock:
            self._waiting[id(request.goal)] = request
        goal = request.goal
        if isinstance(goal, ReadGoal):
            planning = reading.plan(self._session, goal)
        else:
            planning = registration.plan(self._session, goal, seed)
        self._advance(workers, request, planning, lambda: next(planning), None)

    def resume(self, workers: Workers, resumed: Resume) -> None:
        """Go on with a plan; raises as `begin` does."""
        self.unfinished -= 1
        self._advance(
            workers, resumed.request, resumed.planning, lambda: resumed.planning.send(resumed.left), resumed.left
        )

    def step_done(self, step: Step, succeeded: bool, *, halted: bool) -> None:
        """Let the program and later plans know what came of a step; called by the workers."""
        new = step.new
        if succeeded and new is not None:
            self.seen[new.urn] = new
            if step.op not in (Op.READ, Op.READ_REPLACEMENT):
                self._session.news[new.urn] = new
            if not new.custom or step.op in (Op.CREATE, Op.SAME, Op.UPDATE):
                self._outputs.expect(step)
        if step.goal is None or step.op in (Op.IMPORT, Op.IMPORT_REPLACEMENT):
            return
        if succeeded:
            self._reply(step.goal, Registered(step.resource, unknown=step.skipped_create))
        elif not halted:
            self._reply(step.goal, Registered(step.resource, "failed"))

    def abandon(self) -> None:
        """Nobody waits any longer: what was not answered never will be."""
        with self._lock:
            waiting, self._waiting = list(self._waiting.values()), {}
        for request in waiting:
            request.refuse()

    def _advance(
        self,
        workers: Workers,
        request: Request,
        planning: Planning,
        first: Callable[[], Any],
        left: Resource | None,
    ) -> None:
        try:
            question = first()
            while not isinstance(question, Carry):
                question = planning.send(self._answers.to(question))
        except StopIteration as end:
            self._start(workers, request, end.value, left)
            return
        self.unfinished += 1
        awaited = question.steps[0]

        def then(succeeded: bool) -> None:
            self._post(Resume(request, planning, awaited.new if succeeded else None))

        workers.start(question.steps, then)

    def _start(self, workers: Workers, request: Request, steps: list[Step], left: Resource | None) -> None:
        self._skipped |= {step.urn for step in workers.failed}
        chain = []
        for step in steps:
            if step.resource.requires() & self._skipped:
                self._skipped.add(step.urn)
                if step.goal is not None:
                    self._reply(step.goal, Registered(step.resource, "skipped"))
            else:
                chain.append(step)
        if chain:
            workers.start(chain)
        elif left is not None:
            self._reply(request.goal, Registered(left))

    def _reply(self, goal: Goal | ReadGoal, registered: Registered) -> None:
        with self._lock:
            request = self._waiting.pop(id(goal), None)
        if request is not None:
            request.answer.set_result(registered)
