"""What is on the screen while a run goes on, and what is left there."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from rehearsal.engine import operations
from rehearsal.engine.display.live import Live
from rehearsal.engine.options import Options
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.test_interruption import PATIENCE, Gate
from tests.rehearsal.engine.toy import Cloud

FAMILY = """
g = Group("family")
first = Thing("first", opts=ResourceOptions(parent=g))
Thing("second", partner=first.address, opts=ResourceOptions(parent=g))
"""


class Terminal:
    """A terminal of 120 columns, and an `up` that is shown on it."""

    def __init__(self, stack: Stack) -> None:
        self.stream = io.StringIO()
        console = Console(file=self.stream, force_terminal=True, width=120)
        arguments = (stack.workspace, "dev", Options(), Live(console))
        self.run = threading.Thread(target=operations.up, args=arguments)

    def lines(self) -> list[str]:
        """All that was ever shown, without colours and the movements of the cursor."""
        return [line.rstrip() for line in Text.from_ansi(self.stream.getvalue()).plain.splitlines()]

    def shows(self, *words: str) -> bool:
        """Whether there was a line with all these words."""
        return any(all(word in line for word in words) for line in self.lines())


def _wait_for(condition: Callable[[], bool]) -> None:
    given_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < given_up
        time.sleep(0)


def test_a_terminal_shows_what_is_under_way_as_a_tree(stack: Stack, cloud: Cloud) -> None:
    stack.program(FAMILY)
    gate = Gate(cloud, "create", "second")
    terminal = Terminal(stack)
    terminal.run.start()
    assert gate.reached.wait(PATIENCE)
    _wait_for(lambda: terminal.shows("+", "└─ toy:index:Thing", "second", "creating ("))
    assert terminal.shows("+", "├─ toy:index:Thing", "first", "created (")
    assert not terminal.shows("second", "created (")
    gate.open.set()
    terminal.run.join()
    assert terminal.shows("+", "└─ toy:index:Thing", "second", "created (")
    assert [line for line in terminal.lines() if line][-3:-1] == ["Resources:", "    + 4 created"]


def test_a_terminal_shows_at_which_resource_what_went_wrong(stack: Stack, cloud: Cloud) -> None:
    stack.program(FAMILY)
    cloud.refuses = lambda call, name: "the cloud is full" if name == "second" else ""
    terminal = Terminal(stack)
    terminal.run.start()
    terminal.run.join()
    assert terminal.shows("second", "**creating failed**", "1 error")
    lines = terminal.lines()
    where = lines.index("Diagnostics:")
    assert "  toy:index:Thing (second):" in lines[where:]
    assert "    error: the cloud is full" in lines[where:]
