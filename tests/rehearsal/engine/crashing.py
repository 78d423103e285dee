"""Runs of the engine in processes of their own that end by SIGKILL at a chosen moment.

A moment is the beginning or the end of a call to a provider, or of a write of the state.
"""

from __future__ import annotations

import io
import itertools
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

from rehearsal.engine import operations
from rehearsal.engine.display import display
from rehearsal.engine.options import Options
from rehearsal.engine.protocol import provider
from rehearsal.engine.state import files
from rehearsal.engine.workspace import Workspace

_CALLS = ("check_config", "diff_config", "configure", "check", "diff", "create", "update", "delete", "read", "invoke")
_CHANGES = ("create", "update", "delete")

multiprocessing.set_forkserver_preload(["tests.rehearsal.engine.crashing"])
_PROCESSES = multiprocessing.get_context("forkserver")


def run(operation: str, workspace: Workspace, stack: str, *, kill_at: int = 0, changes_only: bool = False) -> bool:
    """Run an operation in a process that is killed at a moment (0: never); whether it came to its end.

    `changes_only`: only calls that change something, and writes of the state, are moments.
    Raises AssertionError when it came to its end, but failed.
    """
    process = _PROCESSES.Process(target=_run, args=(operation, workspace, stack, kill_at, changes_only))
    process.start()
    process.join()
    if process.exitcode == -signal.SIGKILL:
        return False
    assert process.exitcode == 0, f"{operation} failed"
    return True


def _run(operation: str, workspace: Workspace, stack: str, kill_at: int, changes_only: bool) -> None:
    if kill_at:
        _arrange(kill_at, _CHANGES if changes_only else _CALLS)
    shown = io.StringIO()
    result = getattr(operations, operation)(workspace, stack, Options(parallel=4), display(shown))
    if not result.succeeded:
        print(shown.getvalue())  # noqa: T201
        os._exit(1)


def _arrange(kill_at: int, calls: tuple[str, ...]) -> None:
    moments: Iterator[int] = itertools.count(1)

    def deadly(function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            _die_if(next(moments) == kill_at)
            result = function(*arguments, **named)
            _die_if(next(moments) == kill_at)
            return result

        return called

    for name in calls:
        setattr(provider.ProviderClient, name, deadly(getattr(provider.ProviderClient, name)))
    files.write = deadly(files.write)


def _die_if(now: bool) -> None:
    if now:
        os.kill(os.getpid(), signal.SIGKILL)
