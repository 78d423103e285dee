"""One run per stack: a second one is told who holds it, and the dead hold nothing."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import socket
import subprocess
import sys
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path

import pytest

from rehearsal.engine.display import display
from rehearsal.engine.errors import StackLocked
from rehearsal.engine.execution.run import Run
from rehearsal.engine.options import Options
from rehearsal.engine.state import integrity
from rehearsal.engine.workspace import Workspace
from tests.rehearsal.engine.graphs import driven, node
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud, serving

TRIES = 100
SINCE = "2026-01-01T00:00:00Z"
PATIENCE = 120
"""Seconds after which a process that should have answered is taken for lost."""


def _foreign_lock(stack: Stack, **changed: object) -> Path:
    """A lock file as the CLI writes it."""
    owner = {
        "pid": os.getpid(),
        "username": "ada",
        "hostname": socket.gethostname(),
        "timestamp": "2026-01-01T00:00:00Z",
    }
    path = stack.backend / ".pulumi" / "locks" / "organization" / "toys" / "dev" / "0815.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**owner, **changed}), encoding="utf-8")
    return path


def test_a_lock_of_the_cli_is_respected_and_its_owner_named(stack: Stack, cloud: Cloud) -> None:
    path = _foreign_lock(stack)
    for operation in ("up", "destroy", "refresh"):
        with pytest.raises(StackLocked) as raised:
            stack.run(operation)
        message = str(raised.value)
        assert f"{path}: created by ada@{socket.gethostname()} (pid {os.getpid()}) at {SINCE}" in message
    assert path.exists()
    assert cloud.changes == []


def test_a_preview_needs_no_lock(stack: Stack) -> None:
    _foreign_lock(stack)
    assert stack.preview('Thing("a")').result.succeeded


def test_the_lock_of_a_process_that_has_ended_is_taken_away(stack: Stack) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    path = _foreign_lock(stack, pid=ended.pid)
    assert stack.up('Thing("a")').result.succeeded
    assert not path.exists()


def test_nobody_can_say_whether_a_process_of_another_machine_has_ended(stack: Stack) -> None:
    _foreign_lock(stack, pid=1, hostname="elsewhere")
    with pytest.raises(StackLocked, match="ada@elsewhere"):
        stack.up('Thing("a")')


def _contend(
    workspace: Workspace,
    number: int,
    start: Barrier,
    end: Barrier,
    refused: Event,
    outcomes: Queue[tuple[int, int, str]],
) -> None:
    for attempt in range(TRIES):
        start.wait(PATIENCE)
        run = Run(workspace, "dev", Options(), display(io.StringIO()))
        try:
            result = run.carry_out("update", False, driven([node(0, colour=attempt)]))
            outcomes.put((attempt, os.getpid(), "worked" if result.succeeded else "failed"))
        except StackLocked as locked:
            outcomes.put((attempt, os.getpid(), str(locked)))
            refused.set()
        end.wait(PATIENCE)
        if number == 0:
            refused.clear()


def test_of_two_runs_at_once_one_works_and_one_says_who_holds_the_lock_a_hundred_times(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("forkserver")
    start, end, refused = processes.Barrier(2), processes.Barrier(2), processes.Event()
    outcomes: Queue[tuple[int, int, str]] = processes.Queue()
    cloud = Cloud()
    cloud.refuses = lambda call, name: "" if refused.wait(PATIENCE) else "nobody else was refused"
    with serving(cloud) as address:
        stack = Stack(tmp_path, {"toy": address})
        contenders = [
            processes.Process(target=_contend, args=(stack.workspace, number, start, end, refused, outcomes))
            for number in range(2)
        ]
        for contender in contenders:
            contender.start()
        told = sorted(outcomes.get(timeout=PATIENCE) for _ in range(2 * TRIES))
        for contender in contenders:
            contender.join()
        checkpoint, _ = Run.silent(stack.workspace, "dev").open()
    for one, other in zip(told[::2], told[1::2], strict=True):
        attempt, winner, outcome = one if one[2] == "worked" else other
        refusal = other[2] if one[2] == "worked" else one[2]
        assert outcome == "worked", attempt
        assert "the stack 'dev' is currently locked by 1 lock(s)" in refusal
        assert f"(pid {winner})" in refusal
    assert list(integrity.faults(checkpoint.resources)) == []
    assert list(cloud.things) == ["n0-1"]
    assert cloud.things["n0-1"]["colour"] == TRIES - 1
