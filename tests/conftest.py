"""What tests have counted is told at the end of a run: with `record_property("kill points", …)`."""

from __future__ import annotations

import pytest

TOLD = ("kill points",)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name in TOLD:
                terminalreporter.write_line(f"{name}: {value} ({report.nodeid})")
