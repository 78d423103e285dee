"""One run of an operation, from the files it reads to the history it leaves."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

from rehearsal.engine.configuration import Configuration, StackFile, combined
from rehearsal.engine.errors import ConfigurationError
from rehearsal.engine.execution.assets import hashed_in
from rehearsal.engine.execution.deployment import Deployment
from rehearsal.engine.execution.events import Began, Ended, Kind, Listener, Message
from rehearsal.engine.execution.operating import Operator
from rehearsal.engine.execution.registry import Registry
from rehearsal.engine.execution.tally import Tally
from rehearsal.engine.execution.workers import Workers
from rehearsal.engine.options import Options
from rehearsal.engine.plan.session import Scope, Session
from rehearsal.engine.plan.steps import Step
from rehearsal.engine.plan.targets import Targets
from rehearsal.engine.project import Project
from rehearsal.engine.protocol.host import Run as RunInfo
from rehearsal.engine.protocol.monitor import Monitor
from rehearsal.engine.protocol.program import Program
from rehearsal.engine.protocol.server import served
from rehearsal.engine.result import Result
from rehearsal.engine.state.backend import StackState
from rehearsal.engine.state.checkpoint import Checkpoint
from rehearsal.engine.state.journal import Journal
from rehearsal.engine.state.passphrase import Secrets
from rehearsal.engine.workspace import Workspace


class Run:
    """Everything that one operation on one stack needs, read and checked."""

    def __init__(self, workspace: Workspace, stack: str, options: Options, display: Listener) -> None:
        """Raises EngineError when the project or the names are wrong."""
        self._workspace, self._stack, self._options = workspace, stack, options
        self._project = Project.read(workspace.project)
        self._state = StackState(workspace.backend, self._project.name, stack)
        self._tally = Tally(display)
        path = workspace.config_file or self._project.stack_config_folder / f"Pulumi.{stack}.yaml"
        if workspace.config_file is not None and not path.exists():
            raise ConfigurationError(f"no configuration file {path}")
        self._file = StackFile.read(path, self._project.name)

    def update(self, *, preview: bool) -> Result:
        """Run the program and make the stack what it says, or show what that would take."""
        return self._carried_out("update", preview, self._with_program)

    def destroy(self, *, preview: bool) -> Result:
        """Delete what the stack has, or show it."""
        return self._carried_out("destroy", preview, self._without_program)

    def _carried_out(
        self, kind: Kind, preview: bool, drive: Callable[[Deployment, Configuration, bool], None]
    ) -> Result:
        with ExitStack() as held:
            if not preview:
                held.enter_context(self._state.locked())
            checkpoint, secrets = self._state.read(self._unlocked)
            secrets = secrets or self._secrets_of_file()
            configuration = combined(self._project, self._stack, self._file, self._config_secrets(secrets))
            began, began_at = time.monotonic(), int(time.time())
            self._tally.show(Began(kind, preview, self._project.name, self._stack, configuration.shown()))
            registry = Registry(self._workspace.providers, preview=preview)
            registry.remember(checkpoint.resources)
            held.callback(registry.close)
            write = self._writer(secrets, preview)
            journal = Journal(checkpoint, write)
            deployment = self._deployment(checkpoint, journal, registry, configuration, preview)
            with _interruptible(deployment, self._tally):
                drive(deployment, configuration, preview)
            journal.close()
            if deployment.failed or deployment.cancelled:
                kind_ = "preview" if preview else "update"
                what = "canceled" if deployment.cancelled and not deployment.failed else "failed"
                self._tally.show(Message("error", f"{kind_} {what}"))
            result = self._tally.result(deployment, checkpoint)
            self._tally.show(
                Ended(result.succeeded, time.monotonic() - began, result.changes, result.outputs, checkpoint.outputs())
            )
            if not preview:
                self._state.record(self._history(kind, began_at, result, configuration))
            return result

    def _deployment(
        self,
        checkpoint: Checkpoint,
        journal: Journal,
        registry: Registry,
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
        session = Session(self._stack, self._project.name, checkpoint.resources, scope)
        operator = Operator(registry, session.deletes, preview=preview)

        def workers(done: Callable[[Step, bool], None]) -> Workers:
            return Workers(
                operator,
                journal,
                self._tally,
                done,
                parallel=options.parallel,
                preview=preview,
                continue_on_error=options.continue_on_error,
            )

        return Deployment(session, journal, registry, self._tally, configuration, workers, lambda: os.urandom(32))

    def _with_program(self, deployment: Deployment, configuration: Configuration, preview: bool) -> None:
        info = RunInfo(
            self._project.name,
            self._stack,
            configuration.values,
            configuration.secret_keys,
            preview,
            self._options.parallel,
        )
        monitor = Monitor(deployment, info, hashed_in(self._project.root))
        with served(deployment, monitor, self._options.parallel * 4 + 32) as address:
            settings = {
                "project": self._project.name,
                "stack": self._stack,
                "monitor": address,
                "engine": address,
                "parallel": self._options.parallel,
                "dry_run": preview,
                "organization": "organization",
                "root_directory": str(self._project.root),
            }
            program = Program(
                settings,
                self._project.main,
                self._project.root,
                configuration,
                self._workspace.environment,
                lambda line: self._tally.show(Message("info", line, raw=True)),
            )
            watching = threading.Thread(target=_watch, args=(program, deployment), daemon=True)
            watching.start()
            try:
                deployment.run()
                watching.join()
            finally:
                program.stop()

    @staticmethod
    def _without_program(deployment: Deployment, configuration: Configuration, preview: bool) -> None:
        del configuration, preview
        deployment.program_ended("", failed=False)
        deployment.run()

    def _writer(self, secrets: Secrets, preview: bool) -> Callable[[Checkpoint], None]:
        if preview:
            return lambda _: None
        return lambda checkpoint: self._state.write(checkpoint, secrets)

    def _unlocked(self, salt_line: str) -> Secrets:
        return Secrets(self._workspace.passphrase, salt_line)

    def _secrets_of_file(self) -> Secrets:
        """The secrets of a stack that has no state yet: those of its configuration file, if it has a salt."""
        if self._file.salt_line:
            return self._unlocked(self._file.salt_line)
        return Secrets.new(self._workspace.passphrase)

    def _config_secrets(self, of_state: Secrets) -> Secrets:
        if self._file.salt_line and self._file.salt_line != of_state.salt_line:
            return self._unlocked(self._file.salt_line)
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


def _watch(program: Program, deployment: Deployment) -> None:
    fault = program.wait()
    deployment.program_ended(fault, failed=not program.succeeded)


@contextmanager
def _interruptible(deployment: Deployment, listener: Listener) -> Iterator[None]:
    """Ctrl-C once: finish what is under way. Signals only reach the main thread, so only there it is arranged."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupted(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        listener.show(Message("info", "Received signal interrupt, shutting down gracefully", ephemeral=True))
        deployment.cancel()

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
