"""How the story is told: headings, what was expected and seen, tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape

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
        """Check one fact, and tell what was seen. Raises Disagreement when `seen` is not `expected`."""
        if seen != expected:
            raise Disagreement(f"{what}: expected {_in_words(expected)}, but saw {_in_words(seen)}.")
        self.console.print(f"   [green]✓[/green] {escape(what)}: [cyan]{escape(_in_words(seen))}[/cyan]")

    def table(self, title: str, rows: Mapping[str, str]) -> None:
        """Show names and values under a title, whole, however narrow the terminal is."""
        self.console.print(f"   {escape(title)}")
        width = max(map(len, rows), default=0)
        for name, value in rows.items():
            self.console.print(f"     [dim]{escape(name.ljust(width))}[/dim]  {escape(value)}")


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, set, frozenset)):
        return ", ".join(map(str, value)) or "nothing"
    return str(value)
