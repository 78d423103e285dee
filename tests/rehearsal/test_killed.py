"""Nothing survives a command that is killed, and the next run works."""

from __future__ import annotations

import signal
from subprocess import Popen

import pytest

from tests.rehearsal.command import Command, living
from tests.rehearsal.processes import descendants, needs_process_table, wait_until_gone

pytestmark = needs_process_table


def _killed_at(process: Popen[str], line: str, how: signal.Signals) -> set[int]:
    """Kill a command once it has printed that line; gives the processes it had started."""
    assert process.stdout is not None
    for printed in process.stdout:
        if line in printed:
            break
    else:
        pytest.fail(f"the command ended before it printed {line!r}")
    started = descendants(process.pid)
    process.send_signal(how)
    process.communicate()
    return started


@pytest.mark.parametrize("line", ["api-application create", "caller-resource-group creating", "caller-site created"])
def test_an_up_that_is_killed_leaves_no_process_and_the_next_one_finishes(command: Command, line: str) -> None:
    started = _killed_at(command.start("up", "--stack", "dev", "--yes"), line, signal.SIGKILL)
    assert started, "the program runs in a process of its own"
    wait_until_gone(started)
    again = command.here("up", "--stack", "dev", "--yes", "--skip-preview")
    assert again.returncode == 0, again.stdout + again.stderr
    destroyed = command.here("destroy", "--stack", "dev", "--yes", "--skip-preview")
    assert destroyed.returncode == 0, destroyed.stdout + destroyed.stderr
    assert living(command.contents()) == {}


def test_a_demo_that_is_killed_leaves_no_process_and_the_next_one_tells_all(command: Command) -> None:
    line = "5. The function asks for a token and calls the API"
    started = _killed_at(command.start("demo"), line, signal.SIGKILL)
    assert started, "the API runs in a process of its own"
    wait_until_gone(started)
    told = command.run("demo")
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.rstrip().endswith("Every step did what it tells.")


def test_a_demo_that_is_interrupted_leaves_no_process(command: Command) -> None:
    started = _killed_at(command.start("demo"), "5. The function", signal.SIGINT)
    wait_until_gone(started)
