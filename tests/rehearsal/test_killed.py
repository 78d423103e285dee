"""Nothing survives a command that is killed, and the next run works."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from subprocess import Popen

import pytest

from tests.rehearsal.command import Command, living

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads the process table from /proc")


def _descendants(pid: int) -> set[int]:
    children: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        children |= {int(child) for child in task.read_text(encoding="ascii").split()}
    return children.union(*(_descendants(child) for child in children))


def _wait_until_gone(pids: set[int]) -> None:
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            os.waitid(os.P_PIDFD, descriptor, os.WEXITED)
        except ChildProcessError:
            _poll(descriptor)
        finally:
            os.close(descriptor)


def _poll(descriptor: int) -> None:
    import select

    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    assert poller.poll(30_000), "a process outlived the command that started it by 30 s"


def _killed_at(process: Popen[str], line: str, how: signal.Signals) -> set[int]:
    """Kill a command once it has printed that line; gives the processes it had started."""
    assert process.stdout is not None
    for printed in process.stdout:
        if line in printed:
            break
    else:
        pytest.fail(f"the command ended before it printed {line!r}")
    started = _descendants(process.pid)
    process.send_signal(how)
    process.communicate()
    return started


@pytest.mark.parametrize("line", ["api-application create", "caller-resource-group creating", "caller-site created"])
def test_an_up_that_is_killed_leaves_no_process_and_the_next_one_finishes(command: Command, line: str) -> None:
    started = _killed_at(command.start("up", "--stack", "dev", "--yes"), line, signal.SIGKILL)
    assert started, "the program runs in a process of its own"
    _wait_until_gone(started)
    again = command.run("up", "--stack", "dev", "--yes", "--skip-preview")
    assert again.returncode == 0, again.stdout + again.stderr
    destroyed = command.run("destroy", "--stack", "dev", "--yes", "--skip-preview")
    assert destroyed.returncode == 0, destroyed.stdout + destroyed.stderr
    assert living(command.contents()) == {}


def test_a_demo_that_is_killed_leaves_no_process_and_the_next_one_tells_all(command: Command) -> None:
    line = "5. The function asks for a token and calls the API"
    started = _killed_at(command.start("demo"), line, signal.SIGKILL)
    assert started, "the API runs in a process of its own"
    _wait_until_gone(started)
    told = command.run("demo")
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.rstrip().endswith("Every step did what it tells.")


def test_a_demo_that_is_interrupted_leaves_no_process(command: Command) -> None:
    started = _killed_at(command.start("demo"), "5. The function", signal.SIGINT)
    _wait_until_gone(started)
