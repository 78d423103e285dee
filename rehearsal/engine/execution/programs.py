"""A deployment of what a program says: the program in its own process, and a server for it to register with."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rehearsal.engine.configuration import Configuration
from rehearsal.engine.execution.assets import hashed_in
from rehearsal.engine.execution.deployment import Deployment
from rehearsal.engine.execution.events import Listener, Message
from rehearsal.engine.project import Project
from rehearsal.engine.protocol.host import Run
from rehearsal.engine.protocol.monitor import Monitor
from rehearsal.engine.protocol.program import Program
from rehearsal.engine.protocol.server import served

_REQUESTS_PER_OPERATION = 4
"""Threads a program has for each operation that may run at once (pulumi/pulumi, sdk/python/cmd)."""
_OTHER_REQUESTS = 32


@contextmanager
def running(
    deployment: Deployment,
    project: Project,
    run: Run,
    configuration: Configuration,
    environment: Mapping[str, str],
    listener: Listener,
) -> Iterator[Program]:
    """Run the project's program against a deployment; when the block ends, so does the program."""
    monitor = Monitor(deployment, run, hashed_in(project.root))
    with served(deployment, monitor, run.parallel * _REQUESTS_PER_OPERATION + _OTHER_REQUESTS) as address:
        settings = {
            "project": run.project,
            "stack": run.stack,
            "monitor": address,
            "engine": address,
            "parallel": run.parallel,
            "dry_run": run.preview,
            "organization": "organization",
            "root_directory": str(project.root),
        }
        program = Program(
            settings,
            project.main,
            project.root,
            configuration,
            environment,
            lambda line, to_stderr: listener.show(Message("info", line, raw=True, to_stderr=to_stderr)),
        )
        watching = threading.Thread(target=_watch, args=(program, deployment), daemon=True)
        watching.start()
        try:
            yield program
            watching.join()
        finally:
            program.stop()


def _watch(program: Program, deployment: Deployment) -> None:
    fault = program.wait()
    deployment.program_ended(fault, failed=not program.succeeded)
