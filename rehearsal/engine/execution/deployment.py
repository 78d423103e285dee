"""A deployment: one thread plans what the program registers, as it comes in; workers carry the steps out.

The order of things follows pulumi/pulumi, pkg/resource/deploy/deployment_executor.go.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from rehearsal.engine.configuration import Configuration
from rehearsal.engine.execution.answers import Answers
from rehearsal.engine.execution.events import Listener, Message, OutputsRegistered
from rehearsal.engine.execution.registry import Registry, default_name
from rehearsal.engine.execution.workers import Workers
from rehearsal.engine.plan import deletion, reading, registration
from rehearsal.engine.plan.difference import Checked
from rehearsal.engine.plan.questions import Carry, PlanError, Planning
from rehearsal.engine.plan.session import Session
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.protocol.host import Registered, ShutDown
from rehearsal.engine.protocol.provider import ProviderError
from rehearsal.engine.resource import Goal, ReadGoal, Resource
from rehearsal.engine.state.journal import Journal
from rehearsal.engine.urn import PROVIDER_TYPE_PREFIX, ROOT_STACK_TYPE, qualified_type, reference
from rehearsal.engine.values import Properties, equal

_OVER = "resource monitor shut down while waiting on step's done channel"


@dataclass
class _Request:
    """A goal of the program, and who waits for what becomes of it."""

    goal: Goal | ReadGoal
    answer: Future[Registered] = field(default_factory=Future)


@dataclass(frozen=True)
class _Outputs:
    urn: str
    outputs: Properties
    answer: Future[None]


@dataclass(frozen=True)
class _Resume:
    """A plan that waited for steps to be carried out goes on with what they left."""

    request: _Request
    planning: Planning
    found: Resource | None


@dataclass(frozen=True)
class _Finished:
    """The program registers nothing more; `fault` is what it ended with, "" when it didn't say."""

    fault: str = ""
    failed: bool = False


class Deployment:
    """The engine behind a program; see `Host`. Its public methods are called from many threads, `run` from one."""

    def __init__(
        self,
        session: Session,
        journal: Journal,
        registry: Registry,
        listener: Listener,
        configuration: Configuration,
        workers: Callable[[Callable[[Step, bool], None]], Workers],
        seed: Callable[[], bytes],
    ) -> None:
        """`workers` makes the workers, given what to call after each step; `seed` is for names providers make up."""
        self._session, self._journal, self._registry, self._listener = session, journal, registry, listener
        self._configuration, self._seed = configuration, seed
        self._answers = Answers(registry, listener)
        self._workers = workers(self._step_done)
        self._workers.on_halt = lambda: self._post(None)
        self._events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._ending = threading.Lock()
        self._waiting: dict[int, _Request] = {}
        self._defaults: dict[str, Future[Registered]] = {}
        self._seen: dict[str, Resource] = {}
        self._registered: dict[str, Step] = {}
        self._stack_outputs: Properties | None = None
        self._skipped: set[str] = set()
        self._resumptions = 0
        self._over = threading.Event()
        self.cancelled = False
        self.failed = False

    # What programs and providers call.

    def register(self, goal: Goal) -> Registered:
        return self._asked(_Request(goal))

    def read(self, goal: ReadGoal) -> Registered:
        return self._asked(_Request(goal))

    def register_outputs(self, urn: str, outputs: Properties) -> None:
        answer: Future[None] = Future()
        self._post(_Outputs(urn, outputs, answer))
        answer.result()

    def default_provider(self, package: str, version: str, url: str) -> str:
        name = default_name(version, url)
        with self._lock:
            known = self._defaults.get(f"{package}/{name}")
            request = _Request(self._default(package, name, version, url))
            if known is None:
                known = self._defaults[f"{package}/{name}"] = request.answer
                self._post(request)
        found = known.result().resource
        return reference(found.urn, found.id)

    def invoke(self, token: str, arguments: Properties, provider: str) -> Checked:
        return self._registry.client(provider).invoke(token, arguments, preview=self._session.scope.preview)

    def find(self, urn: str) -> Resource | None:
        return self._seen.get(urn)

    def finish(self) -> None:
        self._post(_Finished())
        self._over.wait()

    def log(self, severity: str, message: str, urn: str, *, ephemeral: bool, stream: int) -> None:
        if self._over.is_set() and (self.failed or self.cancelled):
            return
        shown: Any = severity
        self._listener.show(Message(shown, message, urn, ephemeral, stream))
        if severity == "error" and not ephemeral:
            self.failed = True

    # What the operations call.

    def program_ended(self, fault: str, *, failed: bool) -> None:
        """The program's process has ended, by itself or not; `fault` is what the user doesn't know yet."""
        self._post(_Finished(fault, failed))

    def cancel(self) -> None:
        """Begin nothing more; what is under way is finished."""
        self.cancelled = True
        self._workers.halt()

    def run(self) -> None:
        """Deal with everything the program registers, then delete what it no longer has; return when all is done."""
        try:
            if self._deal_with_registrations():
                self._delete_what_is_left()
        except PlanError as error:
            self._fail(error)
        finally:
            self._workers.wait()
            self._workers.close()
            self.failed = self.failed or self._session.failed or bool(self._workers.failed)
            self._record_stack_outputs()
            self._end()

    def _deal_with_registrations(self) -> bool:
        """Whether the program has come to its end and nothing has gone wrong."""
        finished = False
        while not self._workers.halted.is_set():
            if finished and not self._resumptions:
                return True
            event = self._events.get()
            try:
                match event:
                    case _Request():
                        self._plan(event, self._planning(event.goal), None)
                    case _Resume():
                        self._resumptions -= 1
                        self._plan(event.request, event.planning, event.found, resumed=True)
                    case _Outputs():
                        self._record_outputs(event)
                    case _Finished():
                        finished = True
                        if event.failed:
                            self.failed = True
                            if event.fault:
                                self._listener.show(Message("error", event.fault))
                            return False
            except PlanError as error:
                self._fail(error)
                return False
            except ProviderError as error:
                self._fail(PlanError(str(error), self._urn_of(event)))
                return False
        return False

    def _planning(self, goal: Goal | ReadGoal) -> Planning:
        if isinstance(goal, ReadGoal):
            return reading.plan(self._session, goal)
        return registration.plan(self._session, goal, self._seed())

    def _plan(self, request: _Request, planning: Planning, answer: Any, *, resumed: bool = False) -> None:
        """Take a plan as far as it goes: to its steps, or to where it has to wait for some to be carried out."""
        with self._lock:
            self._waiting[id(request.goal)] = request
        imported = answer if resumed else None
        try:
            question = planning.send(answer) if resumed else next(planning)
            while not isinstance(question, Carry):
                question = planning.send(self._answers.to(question))
        except StopIteration as end:
            self._start(request, end.value, imported)
            return
        self._resumptions += 1
        first = question.steps[0]

        def resume(succeeded: bool) -> None:
            self._post(_Resume(request, planning, first.new if succeeded else None))

        self._workers.start(question.steps, resume)

    def _start(self, request: _Request, steps: list[Step], imported: Resource | None) -> None:
        failed = {step.urn for step in self._workers.failed}
        self._skipped |= failed
        chain = []
        for step in steps:
            if step.resource.requires() & self._skipped:
                self._skipped.add(step.urn)
                if step.goal is not None:
                    self._reply(step.goal, Registered(step.resource, "skipped"))
            else:
                chain.append(step)
        if chain:
            self._workers.start(chain)
        elif imported is not None:
            self._reply(request.goal, Registered(imported))

    def _step_done(self, step: Step, succeeded: bool) -> None:
        new = step.new
        if succeeded and new is not None:
            self._seen[new.urn] = new
            if step.op not in (Op.READ, Op.READ_REPLACEMENT):
                self._session.news[new.urn] = new
            if not new.custom or step.op in (Op.CREATE, Op.SAME, Op.UPDATE):
                self._registered[new.urn] = step
        if step.goal is None or step.op in (Op.IMPORT, Op.IMPORT_REPLACEMENT):
            return
        if succeeded:
            self._reply(step.goal, Registered(step.resource, unknown=step.skipped_create))
        elif not self._workers.halted.is_set():
            self._reply(step.goal, Registered(step.resource, "failed"))

    def _record_outputs(self, event: _Outputs) -> None:
        if qualified_type(event.urn) == ROOT_STACK_TYPE:
            self._stack_outputs = event.outputs
            event.answer.set_result(None)
            return
        step = self._registered.pop(event.urn, None)
        if step is None:
            raise PlanError(f"cannot complete a resource '{event.urn}' whose registration isn't pending", event.urn)
        if not step.skipped_create:
            self._complete(step, event.outputs)
        event.answer.set_result(None)

    def _complete(self, step: Step, outputs: Properties) -> None:
        new = step.resource
        before = step.old.outputs if step.old is not None else None
        new.outputs = outputs
        self._listener.show(OutputsRegistered(step))
        self._journal.outputs(changed=before is None or not equal(before, outputs))

    def _record_stack_outputs(self) -> None:
        """The stack's outputs are recorded last: after a failure, those the program didn't get to are kept."""
        if self._stack_outputs is None:
            return
        step = next((s for s in self._registered.values() if s.resource.is_root_stack), None)
        if step is None:
            return
        outputs = self._stack_outputs
        old = self._session.olds.get(step.urn)
        if self.failed and old is not None:
            outputs = {**old.outputs, **outputs}
        self._complete(step, outputs)

    def _delete_what_is_left(self) -> None:
        self._workers.wait()
        if self._workers.halted.is_set():
            return
        sames, deletions = self._answers.of(deletion.plan(self._session))
        if sames:
            self._workers.start(sames)
            self._workers.wait()
        spared: set[int] = set()
        for group in deletion.in_order(self._session, deletions):
            for step in self._workers.failed:
                for state in (step.old, step.new):
                    if state is not None and state in self._session.graph:
                        spared |= {id(r) for r in self._session.graph.transitive_dependencies_of(state)}
            if self._workers.halted.is_set():
                return
            self._workers.together([step for step in group if id(step.resource) not in spared])

    def _default(self, package: str, name: str, version: str, url: str) -> Goal:
        inputs = self._configuration.of_package(package)
        if version:
            inputs = {**inputs, "__internal": {}, "version": version}
        if url:
            inputs = {**inputs, "__internal": {"pluginDownloadURL": url}}
        return Goal(f"{PROVIDER_TYPE_PREFIX}{package}", name, custom=True, properties=inputs)

    def _asked(self, request: _Request) -> Registered:
        self._post(request)
        return request.answer.result()

    def _post(self, event: Any) -> None:
        with self._ending:
            if self._over.is_set():
                self._refuse(event)
            else:
                self._events.put(event)

    def _reply(self, goal: Goal | ReadGoal, registered: Registered) -> None:
        with self._lock:
            request = self._waiting.pop(id(goal), None)
        if request is not None:
            request.answer.set_result(registered)

    def _fail(self, error: PlanError) -> None:
        self.failed = True
        self._workers.halt()
        if not error.told:
            self._listener.show(Message("error", str(error), error.urn))

    def _urn_of(self, event: Any) -> str:
        if isinstance(event, (_Request, _Resume)):
            goal = event.goal if isinstance(event, _Request) else event.request.goal
            return self._session.urn(goal.parent, goal.type, goal.name)
        return event.urn if isinstance(event, _Outputs) else ""

    def _end(self) -> None:
        """Nobody waits any longer: what was not dealt with never will be."""
        with self._ending:
            self._over.set()
            while not self._events.empty():
                self._refuse(self._events.get())
        with self._lock:
            waiting, self._waiting = list(self._waiting.values()), {}
        for request in waiting:
            self._refuse(request)

    @staticmethod
    def _refuse(event: Any) -> None:
        if isinstance(event, (_Request, _Outputs)) and not event.answer.done():
            event.answer.set_exception(ShutDown(_OVER))
