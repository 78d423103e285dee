"""The report as plain text, for a terminal or a log: nothing in it is left out."""

from __future__ import annotations

from access.report import wording
from access.report.quoting import in_text
from access.report.report import Report

_HEADINGS = ("CHANGE", "IDENTITY", "ROLE", "ON", "RISK")


def text(report: Report) -> str:
    """Returns the report as lines; columns are as wide as what they hold, and no line is wrapped."""
    lines = [in_text(wording.title(report)), ""]
    for shout, meaning in map(wording.loss, report.losses):
        lines += [f"{in_text(shout)} {in_text(meaning)}", ""]
    for line in report.takeovers:
        lines += [in_text(wording.takeover(line)), ""]
    lines += [wording.summary(report), ""]
    if not report.complete:
        lines += [wording.NO_STATE, ""]
    lines += _table(report)
    for heading, sentences in (
        ("Only unknown in this preview:", wording.only_unknown(report)),
        ("Left open by this preview:", wording.undecided(report)),
        ("Changes that give access in ways this report does not follow:", list(map(wording.unread, report.unread))),
    ):
        if sentences:
            lines += [heading, *(f"  {in_text(sentence)}" for sentence in sentences), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _table(report: Report) -> list[str]:
    if not report.lines:
        return []
    rows = [
        _HEADINGS,
        *(
            (
                wording.change(line),
                in_text(wording.identity(line)),
                in_text(wording.role(line)),
                in_text(wording.target(line)),
                wording.risk(line),
            )
            for line in report.lines
        ),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        *("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows),
        "",
    ]
