"""What makes the tests fast, and what they have counted, told at the end: `record_property("kill points", …)`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from rehearsal.engine.execution import programs
from rehearsal.engine.state import passphrase
from tests.rehearsal.engine.forked_program import ForkedProgram

TOLD = ("kill points",)
LONGEST = (
    *("test_killed.py", "test_jobs.py", "test_crash_sweep.py", "test_whole_life.py", "test_malformed.py"),
    *("test_crashes.py", "test_jobs_on_github.py", "test_lives.py", "test_development.py", "test_previews.py"),
)
"""The files that take longest, that one first."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are processors: many tests wait for what commands, providers and servers do."""
    return (os.cpu_count() or 1) + 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left alone with it at the end."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


@pytest.fixture(scope="session", autouse=True)
def forked_programs() -> Iterator[None]:
    """Programs that an engine in the test's own process runs are forked; those of commands are not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(programs, "Program", ForkedProgram)
        yield


@pytest.fixture(scope="session", autouse=True)
def one_salt() -> Iterator[None]:
    """New stacks in the test's own process get the same salt: deriving a key takes longer than most of what uses it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passphrase, "_new_salt", lambda: b"one salt")
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name in TOLD:
                terminalreporter.write_line(f"{name}: {value} ({report.nodeid})")
