"""The report as a comment on a pull request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from access.report import wording
from access.report.judgement import Change
from access.report.mermaid import picture
from access.report.quoting import in_markdown
from access.report.report import Line, Report
from access.roles.risk import Risk

LIMIT = 65_536
"""Characters in a comment: `Body is too long (maximum is 65536 characters)` (GitHub REST API, "Create an issue
comment"). A character beyond the Basic Multilingual Plane is counted as two, to be on the safe side."""
_NO_PICTURE = "The picture is left out: {}."


@dataclass(frozen=True)
class _Room:
    """How many characters each part may take."""

    rows: int
    losses: int = 16_000
    takeovers: int = 8_000
    remarks: int = 4_000
    """For each of the three lists that follow the table."""


def markdown(report: Report) -> str:
    """Returns the comment, at most LIMIT characters; what is left out for that is counted and said.

    Its first line is a mark by which a workflow finds the comment again, to edit it in place.
    """
    whole = _text(report, None)
    drawn = picture(report)
    if drawn is not None:
        with_picture = f"{whole}\n### As it will be\n\n```mermaid\n{drawn}\n```\n"
        if _length(with_picture) <= LIMIT:
            return with_picture
        whole = f"{whole}\n{_NO_PICTURE.format('with it this comment would be longer than GitHub takes')}\n"
    elif any(line.change is not Change.REVOKED for line in report.lines):
        whole = f"{whole}\n{_NO_PICTURE.format('there is more in it than Mermaid draws')}\n"
    if _length(whole) <= LIMIT:
        return whole
    around = _length(_text(report, _Room(rows=0)))
    return _text(report, _Room(rows=LIMIT - around))


def _text(report: Report, room: _Room | None) -> str:
    """Returns everything but the picture; with `room`, only what fits."""
    losses = [
        f"**{in_markdown(shout)}** {in_markdown(meaning)}\n" for shout, meaning in map(wording.loss, report.losses)
    ]
    takeovers = [f"**{in_markdown(wording.takeover(line))}**\n" for line in report.takeovers]
    text = [
        f"<!-- keyless access report: {_mark(report)} -->",
        f"## {in_markdown(wording.title(report))}\n",
        *_fitting(losses, room.losses if room else None, "more identities are lost"),
        *_fitting(takeovers, room.takeovers if room else None, "more permissions take over everything"),
        f"{wording.summary(report)}\n",
        *([] if report.complete else [f"{wording.NO_STATE}\n"]),
        *_table(report.lines, room.rows if room else None),
    ]
    for heading, sentences in (
        ("Only unknown in this preview", wording.only_unknown(report)),
        ("Left open by this preview", wording.undecided(report)),
        ("Changes that give access in ways this report does not follow", map(wording.unread, report.unread)),
    ):
        items = [f"- {in_markdown(sentence)}" for sentence in sentences]
        if items:
            text += [f"### {heading}\n", *_fitting(items, room.remarks if room else None, "more"), ""]
    return "\n".join(text).rstrip("\n") + "\n"


def _mark(report: Report) -> str:
    return quote(f"{report.project}/{report.stack}", safe="/", errors="backslashreplace")


def _table(lines: Sequence[Line], room: int | None) -> list[str]:
    if not lines:
        return []
    rows = [_row(line) for line in lines]
    shown = rows if room is None else rows[: _how_many(rows, room)]
    table = ["| Change | Identity | Role | On | Risk |", "| --- | --- | --- | --- | --- |", *shown, ""]
    if len(shown) < len(rows):
        omitted = wording.left_out(lines[len(shown) :])
        table.append(
            f"**{omitted}, and the picture: GitHub takes {LIMIT:,} characters in a comment.** "
            "`python -m access report --format text` shows everything.\n"
        )
    return table


def _row(line: Line) -> str:
    change, risk = wording.change(line), wording.risk(line)
    cells = (
        change if line.change is Change.KEPT else f"**{change}**",
        in_markdown(wording.identity(line)),
        in_markdown(wording.role(line)),
        in_markdown(wording.target(line)),
        f"**{risk}**" if line.role.risk is Risk.TAKEOVER else risk,
    )
    return f"| {' | '.join(cells)} |"


def _fitting(items: Sequence[str], room: int | None, more: str) -> list[str]:
    """Returns the items that fit into `room` characters, and how many do not."""
    shown = len(items) if room is None else _how_many(items, room)
    return [*items[:shown], *([f"… and {len(items) - shown:,} {more}.\n"] if shown < len(items) else [])]


def _how_many(items: Sequence[str], room: int) -> int:
    for index, item in enumerate(items):
        room -= _length(item) + 1
        if room < 0:
            return index
    return len(items)


def _length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
