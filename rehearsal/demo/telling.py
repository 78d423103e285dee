"""How the story is told: headings, what was expected and seen, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rehearsal.errors import RehearsalError


class Disagreement(RehearsalError):  # noqa: N818 (it is what the story calls it)
    """A step of the story did not do what it tells."""


@dataclass
class Telling:
    """Writes the story to a console, and stops it at the first step that disagrees."""

    console: Console
    chapters: int = field(default=0, init=False)

    def chapter(self, title: str) -> None:
        """Begin the next chapter."""
        self.chapters += 1
        self.console.print(f"\n[bold]{self.chapters}. {escape(title)}[/bold]")

    def say(self, text: str) -> None:
        """Tell something that is not checked."""
        self.console.print(f"   {escape(text)}")

    def expect(self, what: str, *, expected: object, seen: object) -> None:
        """Check one fact. Raises Disagreement when `seen` is not `expected`."""
        if seen != expected:
            raise Disagreement(f"{what}: expected {expected!r}, but saw {seen!r}.")
        self.console.print(f"   [green]✓[/green] {escape(what)}: [cyan]{escape(str(seen))}[/cyan]")

    def table(self, title: str, rows: Mapping[str, str] | Sequence[tuple[str, ...]]) -> None:
        """Show rows of two or more columns."""
        lines = list(rows.items()) if isinstance(rows, Mapping) else rows
        table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 3))
        for line in lines:
            table.add_row(*(escape(cell) for cell in line))
        self.console.print(table)
