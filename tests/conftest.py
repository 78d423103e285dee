"""What makes the tests fast, and what they have counted, told at the end: `record_property("kill points", …)`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from rehearsal.engine.execution import programs
from tests.rehearsal.engine.forked_program import ForkedProgram

TOLD = ("kill points",)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: tests that run commands wait for them."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def forked_programs() -> Iterator[None]:
    """Programs that an engine in the test's own process runs are forked; those of commands are not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(programs, "Program", ForkedProgram)
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name in TOLD:
                terminalreporter.write_line(f"{name}: {value} ({report.nodeid})")
