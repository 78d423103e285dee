"""How many tests run side by side, and what they have counted, told at the end: `record_property("kill points", …)`."""

from __future__ import annotations

import os

import pytest

TOLD = ("kill points",)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: tests that run commands wait for them."""
    return (os.cpu_count() or 1) + 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name in TOLD:
                terminalreporter.write_line(f"{name}: {value} ({report.nodeid})")
