"""Progress as a tree of resources that is redrawn while things happen, for terminals."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.live import Live as Redrawn
from rich.table import Table
from rich.text import Text

from rehearsal.engine.display.plain import Board
from rehearsal.engine.display.rows import Row
from rehearsal.engine.display.words import COLOURS, is_shown, title
from rehearsal.engine.execution.events import Ended
from rehearsal.engine.plan.steps import Op


class Live(Board):
    """Draws on a terminal."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self._redrawn: Redrawn | None = None

    def started(self) -> None:
        self._console.print(Text(title(self.began.kind, self.began.stack, preview=self.began.preview), style="bold"))
        self._redrawn = Redrawn(console=self._console, get_renderable=self._drawn, refresh_per_second=8)
        self._redrawn.start()

    def finished(self, event: Ended) -> None:
        self.row(self.root)
        for row in self.rows.values():
            row.over = True
        if self._redrawn is not None:
            self._redrawn.stop()
            self._redrawn = None
        self._console.print()
        self._console.print(Text(self.conclusion(event)))

    def told(self, text: str) -> None:
        self._console.print(Text(text))

    def _drawn(self) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for heading in ("", "Type", "Name", "Plan" if self.began.preview else "Status", "Info"):
            table.add_column(
                heading, header_style="bold underline" if heading else "", overflow="ellipsis", no_wrap=True
            )
        rows = dict(self.rows)
        for row, branch in _tree(rows, self.root):
            sign, type_, name, status, information = row.columns()
            colour = COLOURS[row.op]
            table.add_row(
                Text(f" {sign}", style=colour),
                f"{branch}{type_}",
                name,
                Text(status, style="bold red" if row.failed else colour),
                Text(information),
            )
        return table


def _tree(rows: dict[str, Row], root: str) -> Iterator[tuple[Row, str]]:
    """The rows worth showing, each after its parent, with the branches that lead to it."""
    below: dict[str, list[str]] = {}
    for urn, row in rows.items():
        parent = row.step.resource.parent if row.step is not None else ""
        below.setdefault(parent if parent in rows and urn != root else "", []).append(urn)
    if root in below.get("", ()):
        others = [urn for urn in below[""] if urn != root]
        below[""] = [root]
        below.setdefault(root, []).extend(others)

    def worth(urn: str) -> bool:
        row = rows[urn]
        shown = row.is_root or bool(row.messages) or (row.step is not None and _is_visible(row))
        return shown or any(map(worth, below.get(urn, ())))

    def walk(urns: list[str], lead: str, *, top: bool) -> Iterator[tuple[Row, str]]:
        visible = [urn for urn in urns if worth(urn)]
        for urn in visible:
            last = urn == visible[-1]
            branch = "" if top else f"{lead}{'└─ ' if last else '├─ '}"
            yield rows[urn], branch
            yield from walk(below.get(urn, []), "" if top else lead + ("   " if last else "│  "), top=False)

    return walk(below.get("", []), "", top=True)


def _is_visible(row: Row) -> bool:
    return row.step is not None and (row.op is not Op.SAME or is_shown(row.step))
