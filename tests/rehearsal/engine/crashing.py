"""Runs of the engine in processes of their own that end by SIGKILL at a chosen moment.

The processes are forked from one that has derived the key of `warm.SALT_LINE` too.
"""

from __future__ import annotations

import gc
import io
import itertools
import json
import os
import queue
import re
import runpy
import signal
import sys
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rehearsal.engine import operations, urn
from rehearsal.engine.configuration import Configuration
from rehearsal.engine.display import display
from rehearsal.engine.execution import programs
from rehearsal.engine.options import Options
from rehearsal.engine.protocol import entrypoint
from rehearsal.engine.protocol.provider import ProviderClient
from rehearsal.engine.resource import Resource
from rehearsal.engine.result import Result
from rehearsal.engine.workspace import Workspace
from rehearsal.providers.http import Deadline, Http, Reply
from tests.rehearsal.engine.forkserver import PROCESSES

_CALLS = (
    *("check_config", "diff_config", "configure", "check", "diff", "create", "update", "delete", "read", "list"),
    "invoke",
)

Operation = Callable[[Workspace, Any], Result]
"""What a process does with a workspace and one more thing; must be a function of a module."""


@dataclass(frozen=True)
class Moment:
    """Before or after a call to a provider, a change that a provider requests of the cloud, or a write of the state.

    A file is written when it takes the place of the last one. `kind` is the call, `request` or `write`, `subject` the
    resource, the function, the HTTP method or the file; `nth` counts those alike.
    """

    kind: str
    subject: str
    nth: int
    after: bool


def up(workspace: Workspace, stack: str) -> Result:
    """Run the project's program."""
    return operations.up(workspace, stack, Options(parallel=4), display(io.StringIO()))


def destroy(workspace: Workspace, stack: str) -> Result:
    """Delete everything."""
    return operations.destroy(workspace, stack, Options(parallel=4), display(io.StringIO()))


def clear(workspace: Workspace, stack: str) -> Result:
    """Forget creations that no provider can tell the end of, as the user does who has looked."""
    options = Options(parallel=4, clear_pending_creates=True)
    return operations.refresh(workspace, stack, options, display(io.StringIO()))


def selected(moments: Iterable[Moment], *, every: int, every_made: int) -> list[Moment]:
    """Every nth of each kind of moment, but at least one; with KEYLESS_EVERY_MOMENT=1 all of them.

    `every_made` is for the moments right after something was made or deleted: then the cloud has what the state does
    not know of, or the other way round.
    """
    if os.environ.get("KEYLESS_EVERY_MOMENT"):
        return list(moments)
    kinds: dict[tuple[str, str, bool], list[Moment]] = defaultdict(list)
    for moment in moments:
        made = moment.after and moment.kind in ("create", "delete")
        kinds[moment.kind, moment.subject if moment.kind == "write" else "", made].append(moment)
    return [moment for (_, _, made), alike in kinds.items() for moment in alike[:: every_made if made else every]]


def run_to_end(operation: Operation, *arguments: Any) -> list[Moment]:
    """Run an operation to its end in a process of its own; its moments, in the order in which they came."""
    told, telling = PROCESSES.Pipe(duplex=False)
    with told:
        with telling:
            process = PROCESSES.Process(target=_run, args=(None, telling, operation, arguments))
            process.start()
        found: list[Moment] = told.recv()
        process.join()
    assert process.exitcode == 0, "the operation failed"
    return found


def killed_at(moment: Moment, operation: Operation, *arguments: Any) -> bool:
    """Run an operation in a process that is killed at a moment; False if it came to its end without that moment."""
    process = PROCESSES.Process(target=_run, args=(moment, None, operation, arguments))
    process.start()
    process.join()
    if process.exitcode == -signal.SIGKILL:
        return True
    assert process.exitcode == 0, "the operation failed"
    return False


def _run(wanted: Moment | None, telling: Connection | None, operation: Operation, arguments: tuple[Any, ...]) -> None:
    gc.freeze()
    came: list[Moment] = []
    counts: dict[tuple[str, str, bool], Iterator[int]] = defaultdict(lambda: itertools.count(1))

    def comes(kind: str, subject: str, after: bool) -> None:
        moment = Moment(kind, subject, next(counts[kind, subject, after]), after)
        came.append(moment)
        if moment == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in _CALLS:
        setattr(ProviderClient, name, _watched(getattr(ProviderClient, name), name, _subject_of_call, comes))
    setattr(Path, "replace", _watched(Path.replace, "write", _file, comes))  # noqa: B010 - mypy knows no other way
    vars(programs)["Program"] = _ProgramInside
    setattr(Http, "send", _watched_request(Http.send, comes))  # noqa: B010
    setattr(Deadline, "sleep", _hastened(Deadline.sleep))  # noqa: B010
    result = operation(*arguments)
    if telling is not None:
        telling.send(came)
    os._exit(not result.succeeded)


def _watched(
    function: Callable[..., Any], kind: str, subject: Callable[..., str], comes: Callable[[str, str, bool], None]
) -> Callable[..., Any]:
    def called(*given: Any, **named: Any) -> Any:
        about = subject(*given)
        comes(kind, about, False)
        result = function(*given, **named)
        comes(kind, about, True)
        return result

    return called


def _watched_request(
    send: Callable[..., Awaitable[Reply]], comes: Callable[[str, str, bool], None]
) -> Callable[..., Awaitable[Reply]]:
    async def called(http: Http, method: str, url: str, **named: Any) -> Reply:
        if method == "GET" or "form" in named:
            return await send(http, method, url, **named)
        comes("request", method, False)
        reply = await send(http, method, url, **named)
        comes("request", method, True)
        return reply

    return called


def _hastened(sleep: Callable[[Deadline, float], Awaitable[bool]]) -> Callable[[Deadline, float], Awaitable[bool]]:
    return lambda deadline, seconds: sleep(deadline, seconds / 100)


def _subject_of_call(client: ProviderClient, about: Resource | str, *more: Any) -> str:
    if isinstance(about, Resource):
        return about.name
    return f"{client.package} {urn.name_of(about) if urn.is_valid(about) else about}"


def _file(draft: Path, target: Path) -> str:
    return f"{target.parent.name}/{re.sub('[.-][0-9]+', '', target.name)}"


@contextmanager
def dynamic_inside() -> Iterator[str]:
    """As `rehearsal.dynamic_provider`, but in a thread: it dies with the engine all the same. Yields its address."""
    ports: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    stdout = sys.stdout
    setattr(sys, "stdout", SimpleNamespace(buffer=SimpleNamespace(write=ports.put)))  # noqa: B010 - no text stream
    threading.Thread(target=runpy.run_module, args=("pulumi.dynamic.__main__",), daemon=True).start()
    port = ports.get()
    sys.stdout = stdout
    yield f"127.0.0.1:{port.decode().strip()}"


class _ProgramInside:
    """As `rehearsal.engine.protocol.program.Program`, but in a thread: it dies with the engine all the same."""

    def __init__(
        self,
        settings: Mapping[str, object],
        main: Path,
        folder: Path,
        configuration: Configuration,
        environment: Mapping[str, str],
        say: Callable[[str, bool], None],
    ) -> None:
        os.environ.clear()
        os.environ.update(environment)
        os.environ["PULUMI_CONFIG"] = json.dumps(dict(configuration.values))
        os.environ["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(sorted(configuration.secret_keys))
        os.chdir(folder)
        self.succeeded = False
        self._thread = threading.Thread(target=self._main, args=({"settings": dict(settings), "program": str(main)},))
        self._thread.start()

    def _main(self, started: dict[str, Any]) -> None:
        self.succeeded = entrypoint.main(started) == 0

    def wait(self) -> str:
        self._thread.join()
        return "" if self.succeeded else "the program failed"

    def stop(self) -> None:
        """It has ended, or ends with the process."""
