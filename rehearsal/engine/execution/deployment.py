"""A deployment: one thread plans what the program registers, as it comes in; workers carry the steps out.

The order of things follows pulumi/pulumi, pkg/resource/deploy/deployment_executor.go.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from rehearsal.engine.configuration import Configuration
from rehearsal.engine.execution import deletions, refreshing
from rehearsal.engine.execution.answers import Answers
from rehearsal.engine.execution.chains import OVER, Chains, Request, Resume
from rehearsal.engine.execution.events import Asked, Listener, Message
from rehearsal.engine.execution.importing import Importing
from rehearsal.engine.execution.outputs import Outputs
from rehearsal.engine.execution.policies import Policies
from rehearsal.engine.execution.recovery import Recovery
from rehearsal.engine.execution.registry import Registry, default_provider_goal
from rehearsal.engine.execution.workers import Workers
from rehearsal.engine.imports import Import
from rehearsal.engine.plan.difference import Checked
from rehearsal.engine.plan.questions import PlanError
from rehearsal.engine.plan.session import Session
from rehearsal.engine.plan.steps import Step
from rehearsal.engine.plan.targets import Targets
from rehearsal.engine.protocol.host import Registered, ShutDown
from rehearsal.engine.protocol.replies import ProviderError
from rehearsal.engine.resource import Goal, ReadGoal, Resource
from rehearsal.engine.state.checkpoint import Operation
from rehearsal.engine.state.journal import Journal
from rehearsal.engine.urn import ROOT_STACK_TYPE, reference
from rehearsal.engine.values import Properties


@dataclass(eq=False)
class _Registered:
    """Outputs that a component or the stack registers."""

    urn: str
    outputs: Properties
    answer: Future[None] = field(default_factory=Future)

    def refuse(self) -> None:
        if not self.answer.done():
            self.answer.set_exception(ShutDown(OVER))


@dataclass(frozen=True)
class _Finished:
    """The program registers nothing more; `fault` is what it ended with, "" when it didn't say."""

    fault: str = ""
    failed: bool = False


Hire = Callable[[Callable[[Step, bool], None], bool | None], Workers]
"""Makes workers: what to call after each step, and whether they continue after errors (None: as the user wants)."""
_Event = Request | Resume | _Registered | _Finished | None


class Deployment:
    """The engine behind a program; see `Host`. Its public methods are called from many threads, `run` from one."""

    def __init__(
        self,
        session: Session,
        journal: Journal,
        registry: Registry,
        policies: Policies,
        listener: Listener,
        configuration: Configuration,
        workers: Hire,
        seed: Callable[[], bytes],
    ) -> None:
        """`seed` is for names that providers make up."""
        self._session, self._journal, self._registry, self._listener = session, journal, registry, listener
        self._configuration, self._seed, self._policies = configuration, seed, policies
        self._answers = Answers(registry, listener, policies)
        self._outputs = Outputs(journal, listener)
        self._chains = Chains(session, self._answers, self._outputs, self._post)
        self._workers = workers(self._step_done, None)
        self._workers.on_halt = lambda: self._post(None)
        self._readers = workers(lambda *_: None, True)
        self._events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._ending = threading.Lock()
        self._defaults: dict[str, Future[Registered]] = {}
        self._over = threading.Event()
        self.cancelled = False
        self.terminated = False
        self.failed = False
        self.aborted = False
        """Whether it failed because there was nothing (more) to plan, and not because of a step."""
        self.fault = ""
        """What an import failed for, which is said once more at its end."""

    # What programs and providers call.

    def register(self, goal: Goal) -> Registered:
        self._listener.show(Asked(goal.properties))
        return self._asked(Request(goal))

    def read(self, goal: ReadGoal) -> Registered:
        self._listener.show(Asked(goal.properties))
        return self._asked(Request(goal))

    def register_outputs(self, urn: str, outputs: Properties) -> None:
        registered = _Registered(urn, outputs)
        self._post(registered)
        registered.answer.result()

    def default_provider(self, package: str, version: str, url: str) -> str:
        goal = default_provider_goal(package, version, url, self._configuration.of_package(package))
        key = f"{package}/{goal.name}"
        with self._lock:
            known = self._defaults.get(key)
            if known is None:
                request = Request(goal)
                known = self._defaults[key] = request.answer
                self._post(request)
        found = known.result().resource
        return reference(found.urn, found.id)

    def invoke(self, token: str, arguments: Properties, provider: str) -> Checked:
        return self._registry.client(provider).invoke(token, arguments)

    def find(self, urn: str) -> Resource | None:
        return self._chains.seen.get(urn)

    def finish(self) -> None:
        self._post(_Finished())
        self._over.wait()

    def log(self, severity: str, message: str, urn: str, *, ephemeral: bool, stream: int) -> None:
        if self._over.is_set() and (self.failed or self.cancelled):
            return
        shown: Any = severity
        self._listener.show(Message(shown, message, urn, ephemeral, stream))

    # What the operations call.

    def program_ended(self, fault: str, *, failed: bool) -> None:
        """The program's process has ended, by itself or not; `fault` is what the user doesn't know yet."""
        self._post(_Finished(fault, failed))

    def cancel(self) -> None:
        """Begin nothing more; what is under way is finished."""
        self.cancelled = True
        self._readers.halt()
        self._workers.halt()

    def terminate(self) -> None:
        """Begin nothing more; what is under way is interrupted."""
        self.terminated = True
        self._readers.terminate()
        self._workers.terminate()

    def close(self) -> None:
        """Let go of the workers, once what is under way is finished."""
        self._readers.close()
        self._workers.close()

    def prepare(self, pending: Sequence[Operation], *, refresh: bool, clear: bool = False) -> bool:
        """Settle what is pending (`clear`: see `Recovery`), refresh if wanted; whether the run can go on."""
        recovery = Recovery(self._session, self._registry, self._journal, self._listener)
        unsettled = recovery.settle(pending, clear=clear)
        if refresh:
            return self.refresh()
        if any(resource.refresh_before_update for resource in self._session.past):
            return self.refresh(flagged_only=True)
        if not self._session.scope.preview:
            recovery.warn(unsettled)
        return self._are_known(self._session.scope.replace)

    def refresh(self, *, flagged_only: bool = False) -> bool:
        """Read what is there; whether all of it could be read."""
        scope = self._session.scope
        if self._session.past and not (self._are_known(scope.targets) and self._are_known(scope.excludes)):
            return False
        refreshing.carry_out(self._session, self._readers, self._journal, flagged_only=flagged_only)
        self.failed = self.failed or bool(self._readers.failed)
        return not self.failed and not self.cancelled and self._are_known(scope.replace)

    def import_(self, imports: Sequence[Import], *, protect: bool) -> None:
        """Take resources into the state."""
        importing = Importing(self._session, self._answers, self._readers, self._configuration, self._seed)
        try:
            importing.carry_out(imports, protect=protect)
        except (PlanError, ProviderError) as error:
            self._fail(error if isinstance(error, PlanError) else PlanError(str(error)))
        self.failed = self.failed or bool(self._readers.failed)
        self.fault = next((f"step application failed: {fault}" for fault in self._readers.faults), "")

    def run(self) -> None:
        """Deal with everything the program registers, then delete what it no longer has; return when all is done."""
        try:
            if self._deal_with_registrations():
                self._are_known(self._session.scope.targets)
                deletions.carry_out(self._session, self._answers, self._workers)
                self._hold_against_policies()
        except (PlanError, ProviderError) as error:
            self._fail(error if isinstance(error, PlanError) else PlanError(str(error)))
        finally:
            self._workers.wait()
            self.failed = self.failed or self._session.failed or bool(self._workers.failed)
            self._outputs.finish(failed=self.failed)
            self._end()

    def _hold_against_policies(self) -> None:
        """Have the policy packs look at the stack as it has become, if nothing went wrong with any of its steps."""
        self._workers.wait()
        session = self._session
        root = session.urn("", ROOT_STACK_TYPE, f"{session.project}-{session.stack}")
        if not (self._workers.failed or self._workers.halted.is_set()):
            allowed = self._policies.allow_stack(session.news.values(), session.providers, root)
            session.failed = session.failed or not allowed

    def _deal_with_registrations(self) -> bool:
        """Whether the program has come to its end and nothing has gone wrong."""
        finished = False
        while not self._workers.halted.is_set():
            if finished and not self._chains.unfinished:
                return True
            event = self._events.get()
            try:
                match event:
                    case Request():
                        self._chains.begin(self._workers, event, self._seed())
                    case Resume():
                        self._chains.resume(self._workers, event)
                    case _Registered():
                        self._outputs.register(event.urn, event.outputs)
                        event.answer.set_result(None)
                    case _Finished():
                        finished = True
                        if event.failed:
                            self.failed = self.aborted = True
                            if event.fault:
                                self._listener.show(Message("error", event.fault))
                            return False
            except (PlanError, ProviderError) as error:
                self.aborted = True
                self._fail(error if isinstance(error, PlanError) else PlanError(str(error), self._urn_of(event)))
                return False
        return False

    def _are_known(self, targets: Targets) -> bool:
        """Whether every URN that was named is in the old state or was registered; those that aren't are reported."""
        known = self._session.registered | {resource.urn for resource in self._session.past}
        missing = targets.missing(known)
        for message in missing:
            self._listener.show(Message("error", message))
        if missing:
            self.failed = self.aborted = True
        return not missing

    def _step_done(self, step: Step, succeeded: bool) -> None:
        self._chains.step_done(step, succeeded, halted=self._workers.halted.is_set())

    def _asked(self, request: Request) -> Registered:
        self._post(request)
        return request.answer.result()

    def _post(self, event: _Event) -> None:
        with self._ending:
            if not self._over.is_set():
                self._events.put(event)
            elif isinstance(event, (Request, _Registered)):
                event.refuse()

    def _fail(self, error: PlanError) -> None:
        self.failed = True
        self._workers.halt()
        if not error.told:
            self._listener.show(Message("error", str(error), error.urn))

    def _urn_of(self, event: _Event) -> str:
        request = event.request if isinstance(event, Resume) else event
        if isinstance(request, Request):
            goal = request.goal
            return self._session.urn(goal.parent, goal.type, goal.name)
        return ""

    def _end(self) -> None:
        with self._ending:
            self._over.set()
            while not self._events.empty():
                event = self._events.get()
                if isinstance(event, (Request, _Registered)):
                    event.refuse()
        self._chains.abandon()
