"""Showing a run: live on a terminal, as lines elsewhere, as a diff, or as JSON. Secrets are always `[secret]`."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.style import Style

from rehearsal.engine.display.diff import Diff
from rehearsal.engine.display.digest import Digest
from rehearsal.engine.display.live import Live
from rehearsal.engine.display.plain import Plain
from rehearsal.engine.display.printing import plain
from rehearsal.engine.display.words import COLOURS
from rehearsal.engine.execution.events import Listener as Display
from rehearsal.engine.plan.steps import Op

__all__ = ["Display", "display"]


def display(stream: TextIO, *, json: bool = False, diff: bool = False) -> Display:
    """The display for a stream: rich on a terminal, plain otherwise.

    `json`: one document in the shape of `pulumi preview --json`, for previews; `diff`: every property that changes, as
    `--diff`.
    """
    if json:
        return Digest(stream)
    console = Console(file=stream, highlight=False, markup=False)
    if diff:
        return Diff(stream, _ansi if console.is_terminal and not console.no_color else plain)
    return Live(console) if console.is_terminal else Plain(stream)


def _ansi(op: Op, text: str) -> str:
    """A text in an operation's colour; line ends stay outside it, so that a cut-off line colours nothing else."""
    style = Style.parse(COLOURS[op])
    return "\n".join(style.render(line) if line else line for line in text.split("\n"))
