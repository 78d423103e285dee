"""Ctrl-C once lets running steps finish, twice stops at once; and nothing outlives the engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rehearsal.engine.execution.interruption import FIRST, SECOND
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import os
open("program.pid", "w").write(str(os.getpid()))
first = Thing("first")
second = Thing("second", partner=first.address)
Thing("third", partner=second.address)
"""
PATIENCE = 60
"""Seconds after which something that should have happened is taken to have failed."""


class Gate:
    """Holds the cloud's answer to one call until it is opened."""

    def __init__(self, cloud: Cloud, call: str, name: str) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

        def refuses(asked: str, of: str) -> str:
            if (asked, of) == (call, name):
                self.reached.set()
                self.open.wait(PATIENCE)
            return ""

        cloud.refuses = refuses


@contextmanager
def _running(stack: Stack, operation: str) -> Iterator[subprocess.Popen[str]]:
    given = {
        "project": str(stack.project),
        "backend": str(stack.backend),
        "address": stack.providers["toy"],
        "operation": operation,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.rehearsal.engine.interrupted", json.dumps(given)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _said_until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return
    pytest.fail(f"it never said {text!r}")


def _pending(stack: Stack) -> list[tuple[str, str]]:
    pending = stack.state().get("pending_operations", ())
    return [(operation["type"], operation["resource"]["urn"].rsplit("::", 1)[1]) for operation in pending]


def test_ctrl_c_finishes_what_is_under_way_and_begins_nothing_more(stack: Stack, cloud: Cloud) -> None:
    stack.program(PROGRAM)
    gate = Gate(cloud, "create", "second")
    with _running(stack, "up") as process:
        assert gate.reached.wait(PATIENCE)
        process.send_signal(signal.SIGINT)
        _said_until(process, FIRST.rsplit("\n", 1)[1])
        gate.open.set()
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "update canceled" in output
    assert cloud.changes == ["create first", "create second"]
    assert list(stack.recorded()) == ["first", "second"]
    assert _pending(stack) == []
    assert stack.up().did() == ["create third"]


def test_a_second_ctrl_c_stops_at_once_and_leaves_on_record_what_was_under_way(stack: Stack, cloud: Cloud) -> None:
    stack.program(PROGRAM)
    gate = Gate(cloud, "create", "second")
    with _running(stack, "up") as process:
        assert gate.reached.wait(PATIENCE)
        process.send_signal(signal.SIGINT)
        _said_until(process, FIRST.split("\n", 1)[0])
        process.send_signal(signal.SIGINT)
        _said_until(process, SECOND)
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 8
    assert "toy:index:Thing second creating (interrupted)" in output
    assert output.endswith("error: update cancelled\n")
    assert "cancel" in cloud.changes, "the provider was asked to abort"
    assert _pending(stack) == [("creating", "second")]
    assert list(stack.recorded()) == ["first"]
    gate.open.set()
    _wait_for(lambda: "create second" in cloud.changes)
    assert stack.up().did() == ["create third"]
    assert cloud.names() == ["first", "second", "third"]


def test_destroy_stops_the_same_way(stack: Stack, cloud: Cloud) -> None:
    stack.up(PROGRAM)
    gate = Gate(cloud, "delete", "third")
    with _running(stack, "destroy") as process:
        assert gate.reached.wait(PATIENCE)
        process.send_signal(signal.SIGINT)
        _said_until(process, FIRST.split("\n", 1)[0])
        gate.open.set()
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert cloud.names() == ["first", "second"]
    assert stack.destroy().result.succeeded
    assert cloud.things == {}


def test_the_program_ends_with_an_engine_that_is_killed(stack: Stack, cloud: Cloud) -> None:
    stack.program(PROGRAM)
    gate = Gate(cloud, "create", "second")
    with _running(stack, "up") as process:
        assert gate.reached.wait(PATIENCE)
        pid = int((stack.project / "program.pid").read_text(encoding="utf-8"))
        process.kill()
        process.wait()
    _wait_for(lambda: not _lives(pid))
    gate.open.set()
    _wait_for(lambda: "create second" in cloud.changes)
    assert stack.up().did() == ["create third"]


def _lives(pid: int) -> bool:
    """Whether a process that is not ours runs; one that has ended and waits for its parent does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def _wait_for(condition: Callable[[], bool]) -> None:
    given_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < given_up
        os.sched_yield()
