"""Processes that a command has started: which, and whether they are gone. Reads the process table from /proc."""

from __future__ import annotations

import os
import select
from pathlib import Path

import pytest

needs_process_table = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="reads the process table from /proc"
)


def descendants(pid: int) -> set[int]:
    """The children of a process, their children, and so on."""
    children: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        children |= {int(child) for child in task.read_text(encoding="ascii").split()}
    return children.union(*(descendants(child) for child in children))


def wait_until_gone(pids: set[int]) -> None:
    """Wait for the end of processes that may be anybody's children; fails after 30 s."""
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
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    assert poller.poll(30_000), "a process outlived the command that started it by 30 s"
