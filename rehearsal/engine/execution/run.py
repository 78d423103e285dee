"""One run of an operation, from the files it reads to the history it leaves."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from rehearsal.engine.configuration import Configuration, StackFile, combined
from rehearsal.engine.errors import ConfigurationError, EngineError, Terminated, UnexpectedChanges
from rehearsal.engine.execution import programs
from rehearsal.engine.execution.deployment import Deployment
from rehearsal.engine.execution.events import Began, Ended, Event, Kind, Listener, Message, Notice
from rehearsal.engine.execution.interruption import interruptible
from rehearsal.engine.execution.operating import Operator
from rehearsal.engine.execution.policies import Policies
from rehearsal.engine.execution.registry import Registry
from rehearsal.engine.execution.tally import Tally
from rehearsal.engine.execution.workers import Workers
from rehearsal.engine.imports import Import
from rehearsal.engine.options import Options
from rehearsal.engine.plan import deletion
from rehearsal.engine.plan.session import Scope, Session
from rehearsal.engine.plan.steps import Step
from rehearsal.engine.plan.targets import Targets
from rehearsal.engine.project import Project
from rehearsal.engine.protocol.host import Run as RunInfo
from rehearsal.engine.result import Result
from rehearsal.engine.state.backend import StackState
from rehearsal.engine.state.checkpoint import Checkpoint
from rehearsal.engine.state.journal import Journal
from rehearsal.engine.state.passphrase import Secrets
from rehearsal.engine.workspace import Workspace


@dataclass(frozen=True)
class Opened:
    """What a run works on: the last checkpoint, the configuration, and the deployment that changes them."""

    kind: Kind
    preview: bool
    checkpoint: Checkpoint
    configuration: Configuration
    deployment: Deployment


_LEFT = (
    "The resources in the stack have been deleted, but the history and configuration associated with the stack are "
    "still maintained. \nIf you want to remove the stack completely, run `pulumi stack rm {stack}`."
)
Drive = Callable[[Opened], None]
"""Carries out a deployment."""


class Run:
    """Everything that one operation on one stack needs, read and checked."""

    def __init__(self, workspace: Workspace, stack: str, options: Options, display: Listener) -> None:
        """Raises EngineError when the project or the names are wrong."""
        self._workspace, self._stack, self._options = workspace, stack, options
        self.project = Project.read(workspace.project)
        self.state = StackState(workspace.backend, self.project.name, stack)
        self._tally = Tally(display)
        path = workspace.config_file or self.project.stack_config_folder / f"Pulumi.{stack}.yaml"
        if workspace.config_file is not None and not path.exists():
            raise ConfigurationError(f"no configuration file {path}")
        self._file = StackFile.read(path, self.project.name)

    @classmethod
    def silent(cls, workspace: Workspace, stack: str) -> Run:
        """A run that only reads or writes state: nobody watches it."""
        return cls(workspace, stack, Options(), _Nobody())

    def update(self, *, preview: bool) -> Result:
        """Run the program and make the stack what it says, or show what that would take."""
        return self.carry_out("update", preview, self._with_program)

    def destroy(self, *, preview: bool) -> Result:
        """Delete what the stack has, or show it."""
        left = _LEFT.format(stack=self._stack)
        if self._options.exclude_protected:
            if self._options.targets:
                raise EngineError("you cannot specify --target and --exclude-protected")
            resources = self.open()[0].resources
            kept = deletion.kept_by_protection(resources)
            still = f"There are still {len(kept)} protected resources associated with this stack."
            if kept and len(kept) == len(resources):
                self._tally.show(Notice(f"There were no unprotected resources to destroy. {still}"))
                return Result(succeeded=True)
            self._options = replace(self._options, excludes=(*self._options.excludes, *kept))
            left = f"All unprotected resources were destroyed. {still}" if kept else left
        result = self.carry_out("destroy", preview, self._without_program)
        if result.succeeded and not preview and not self._options.targets:
            self._tally.show(Notice(left))
        return result

    def refresh(self, *, preview: bool) -> Result:
        """Read what is there, and remember it unless in a preview."""
        return self.carry_out("refresh", preview, self._by_looking)

    def import_(self, imports: Sequence[Import], *, protect: bool, preview: bool) -> Result:
        """Take resources into the state, or show what that would be."""
        return self.carry_out("import", preview, lambda opened: opened.deployment.import_(imports, protect=protect))

    def carry_out(self, kind: Kind, preview: bool, drive: Drive) -> Result:
        """Lock and read the stack, have `drive` change it, and keep the record.

        Raises EngineError when it can't begin, UnexpectedChanges when there are changes that there should not be, and
        Terminated when the user has stopped it at once.
        """
        with ExitStack() as held:
            if not preview:
                held.enter_context(self.state.locked())
            checkpoint, secrets = self.open()
            of_file = self._config_secrets(secrets)
            configuration = combined(self.project, self._stack, self._file, of_file, validated=kind == "update")
            self._tally.concealing.learn(configuration.values[key] for key in configuration.secret_keys)
            began, began_at = time.monotonic(), int(time.time())
            self._tally.show(Began(kind, preview, self.project.name, self._stack, configuration.shown()))
            policies = held.enter_context(Policies(self._options.policy_packs, self._tally))
            policies.load(self._information(configuration, preview))
            registry = Registry(self._workspace.providers, preview=preview)
            registry.remember(checkpoint.resources)
            held.callback(registry.close)
            journal = Journal(checkpoint, self._writer(secrets, preview))
            deployment = self._deployment(kind, checkpoint, journal, registry, policies, configuration, preview)
            held.callback(deployment.close)
            with self._interruptible(deployment, journal, registry):
                drive(Opened(kind, preview, checkpoint, configuration, deployment))
            journal.close()
            if (deployment.failed and not deployment.aborted) or deployment.cancelled:
                what = "canceled" if deployment.cancelled and not deployment.failed else "failed"
                about = f": {deployment.fault}" if deployment.fault else ""
                self._tally.show(Message("error", f"{'preview' if preview else 'update'} {what}{about}"))
            result = self._tally.result(deployment, checkpoint)
            self._tally.show(Ended(result.succeeded, time.monotonic() - began, result.changes))
            if not preview:
                self.state.record(self._history(kind, began_at, result, configuration))
        if deployment.terminated:
            raise Terminated(kind)
        if self._options.expect_no_changes and result.succeeded and result.has_changes:
            raise UnexpectedChanges("preview" if preview else kind)
        return result

    def open(self) -> tuple[Checkpoint, Secrets]:
        """The last checkpoint, and what its secrets are encrypted with; for a new stack, that of its configuration."""
        checkpoint, secrets = self.state.read(self.unlocked)
        if secrets is None:
            salt_line = self._file.salt_line
            secrets = self.unlocked(salt_line) if salt_line else Secrets.new(self._workspace.passphrase)
        return checkpoint, secrets

    def unlocked(self, salt_line: str) -> Secrets:
        """The secrets that a salt line and the workspace's passphrase give."""
        return Secrets(self._workspace.passphrase, salt_line)

    def _deployment(
        self,
        kind: Kind,
        checkpoint: Checkpoint,
        journal: Journal,
        registry: Registry,
        policies: Policies,
        configuration: Configuration,
        preview: bool,
    ) -> Deployment:
        options = self._options
        scope = Scope(
            preview=preview,
            targets=Targets(options.targets),
            target_dependents=options.target_dependents,
            excludes=Targets(options.excludes),
            exclude_dependents=options.exclude_dependents,
            replace=Targets(options.replace),
        )
        session = Session(self._stack, self.project.name, checkpoint.resources, scope)
        operator = Operator(registry, self._tally, session.deletes, self._tally.concealing.concealed, preview=preview)

        def workers(done: Callable[[Step, bool], None], continue_on_error: bool | None) -> Workers:
            return Workers(
                operator,
                journal,
                self._tally,
                done,
                parallel=options.parallel,
                preview=preview,
                continue_on_error=options.continue_on_error if continue_on_error is None else continue_on_error,
                refresh_only=kind == "refresh",
            )

        return Deployment(
            session, journal, registry, policies, self._tally, configuration, workers, lambda: os.urandom(32)
        )

    def _by_looking(self, opened: Opened) -> None:
        clear = self._options.clear_pending_creates
        opened.deployment.prepare(opened.checkpoint.pending, refresh=True, clear=clear)

    def _with_program(self, opened: Opened) -> None:
        deployment, configuration = opened.deployment, opened.configuration
        if not deployment.prepare(opened.checkpoint.pending, refresh=self._options.refresh):
            return
        run = self._information(configuration, opened.preview)
        environment = self._workspace.environment
        with programs.running(deployment, self.project, run, configuration, environment, self._tally):
            deployment.run()

    def _information(self, configuration: Configuration, preview: bool) -> RunInfo:
        values, secret_keys = configuration.values, configuration.secret_keys
        return RunInfo(self.project.name, self._stack, values, secret_keys, preview, self._options.parallel)

    def _without_program(self, opened: Opened) -> None:
        deployment = opened.deployment
        if deployment.prepare(opened.checkpoint.pending, refresh=self._options.refresh):
            deployment.program_ended("", failed=False)
            deployment.run()

    @contextmanager
    def _interruptible(self, deployment: Deployment, journal: Journal, registry: Registry) -> Iterator[None]:
        def terminate() -> None:
            journal.freeze()
            deployment.terminate()
            registry.terminate()

        def say(text: str) -> None:
            self._tally.show(Notice(text))

        with interruptible(say, deployment.cancel, terminate):
            yield

    def _writer(self, secrets: Secrets, preview: bool) -> Callable[[Checkpoint], None]:
        if preview:
            return lambda _: None
        return lambda checkpoint: self.state.write(checkpoint, secrets)

    def _config_secrets(self, of_state: Secrets) -> Secrets:
        if self._file.salt_line and self._file.salt_line != of_state.salt_line:
            return self.unlocked(self._file.salt_line)
        return of_state

    def _history(self, kind: Kind, began_at: int, result: Result, configuration: Configuration) -> dict[str, object]:
        secret = configuration.secret_keys
        return {
            "kind": kind,
            "startTime": began_at,
            "message": self._options.message,
            "environment": {"exec.kind": "rehearsal"},
            "config": {key: value for key, value in sorted(configuration.values.items()) if key not in secret},
            "version": 0,
            "result": "succeeded" if result.succeeded else "failed",
            "endTime": int(time.time()),
            "resourceChanges": {str(op): count for op, count in result.changes.items() if count},
        }


class _Nobody:
    def show(self, event: Event) -> None:
        """Nobody is there to be shown anything."""
