"""The report's sentences, the same in every format."""

from __future__ import annotations

from collections.abc import Iterable

from access.report.judgement import Change, Note
from access.report.permission import Kind
from access.report.quoting import Foreign, Sentence
from access.report.report import Line, Loss, Party, Report, Unread
from access.roles.risk import Risk
from access.urn import logical_name

NOT_KNOWN = "not known before `up`"
NO_STATE = (
    "No state was given (`--state`), so permissions that the change leaves alone are not listed, and some names are "
    "missing."
)
NOTHING = "This stack grants no permission that this report reads."
_NOTES = {
    Note.ONLY_UNKNOWN: "shown as replaced",
    Note.RECREATED: "deleted and created again",
    Note.ADOPTED: "exists already, now managed",
    Note.LEFT: "left in Azure, no longer managed",
    Note.DIES_WITH_IDENTITY: "goes with the identity",
    Note.ROLE_UNKNOWN: f"the new role is {NOT_KNOWN}",
    Note.ROLE_ID_CHANGES: "the role's id changes",
    Note.CONDITION_CHANGES: "its condition changes",
}


def count(number: int, noun: str) -> str:
    """Returns `1 permission`, `2,000 permissions`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def title(report: Report) -> Sentence:
    """Says what the report is of."""
    return ("Permissions in ", Foreign(f"{report.project}/{report.stack}"))


def loss(loss: Loss) -> tuple[Sentence, Sentence]:
    """Says what would be lost, and what that means: the first sentence is the one to shout."""
    would = "would" if loss.certain else "may"
    bearer = (Foreign(loss.name), f" ({loss.kind}{', ' if loss.id else ''}", *_identifier(loss.id), ") ")
    because = (*bearer, *loss.because, ". ")
    if loss.offered:
        shout: Sentence = (
            f"API {would} be lost: ",
            *because,
            f"{count(loss.offered, 'permission')} of this stack on it {would} go with it.",
        )
        meaning = "Whatever others hold on it goes too, and does not come back."
    else:
        shout = (f"Identity {would} be lost: ", *because, f"{count(loss.held, 'permission')} {would} go with it.")
        meaning = "What was granted to it outside this stack goes too, and does not come back."
    if loss.regranted:
        again = "It is" if loss.held == 1 else "All of them are"
        if loss.regranted < loss.held:
            again = f"{loss.regranted:,} of them {'is' if loss.regranted == 1 else 'are'}"
        meaning = f"{again} granted again to the new identity. {meaning}"
    return shout, (meaning,)


def takeover(line: Line) -> Sentence:
    """Says that a role which takes over everything is granted."""
    where = "its scope" if line.kind is Kind.AZURE_ROLE else "the tenant"
    return (
        "Takeover: ",
        *party(line.identity),
        " would be granted " if line.change is not Change.KEPT else " would be given another condition for ",
        *role(line),
        " on ",
        *party(line.target),
        f", which takes over {where} by {line.role.takeover}.",
    )


def summary(report: Report) -> str:
    """Counts what happens to permissions: `1 granted, 3 kept.`"""
    counts = report.counts
    parts = [f"{counts[change]:,} {change}" for change in Change if counts[change]]
    return f"{', '.join(parts)}." if parts else NOTHING


def change(line: Line) -> str:
    """Says what becomes of a permission: `kept (shown as replaced)`."""
    azure = line.kind is Kind.AZURE_ROLE
    said = str(line.change)
    if Note.NEW_IDENTITY in line.notes:
        said += " to a new identity"
    if Note.NEW_TARGET in line.notes:
        said += " on a new resource" if azure else " on a new registration of the API"
    notes = [_NOTES[note] for note in line.notes if note in _NOTES]
    if Note.DIES_WITH_TARGET in line.notes:
        notes.append(f"goes with the {'scope' if azure else 'API'}")
    return f"{said} ({', '.join(notes)})" if notes else said


def identity(line: Line) -> Sentence:
    """Names the identity of a line, and what it was before."""
    if line.previously is None:
        return party(line.identity)
    return (Foreign(line.previously), " → ", *party(line.identity))


def party(party: Party) -> Sentence:
    """Names an identity, an API or a scope: by name, else by id."""
    shown = party.name or party.id
    if shown is None:
        return (NOT_KNOWN,)
    return (Foreign(shown), *((" (", Foreign(party.hint), ")") if party.hint else ()))


def target(line: Line) -> Sentence:
    """Names what a permission is held on, and says if it is of this stack."""
    return (*party(line.target), *((" (this stack)",) if line.target.urn else ()))


def role(line: Line) -> Sentence:
    """Names a role: by name, else by id."""
    shown = line.role.name or line.role.id
    condition = (" (under a condition)",) if Note.CONDITIONAL in line.notes else ()
    return (Foreign(shown), *condition) if shown else (NOT_KNOWN, *condition)


def risk(line: Line) -> str:
    """Says how dangerous the role is."""
    return f"{line.role.risk} by {line.role.takeover}" if line.role.risk is Risk.TAKEOVER else str(line.role.risk)


def only_unknown(report: Report) -> list[Sentence]:
    """Explains, for each resource that causes them, the replacements which a preview shows and `up` does not do."""
    sentences: list[Sentence] = []
    for cause, number in _causes(report.lines, Note.ONLY_UNKNOWN):
        takes, is_shown = ("takes", "is") if number == 1 else ("take", "are")
        why = "is updated in place. A preview does not know what such an update gives back, so "
        what = f"{count(number, 'permission')} that {takes} an id from it {is_shown} shown as replaced. "
        sentences.append((*_source(cause), why, what, "`up` finds the id unchanged and replaces nothing."))
    return sentences


def undecided(report: Report) -> list[Sentence]:
    """Says, for each resource that causes it, what the preview leaves open."""
    sentences: list[Sentence] = []
    for cause, number in _causes((line for line in report.lines if line.change is Change.UNDECIDED), None):
        what = f"leaves it open whether {count(number, 'permission')} {'is' if number == 1 else 'are'} kept: "
        sentences.append((*_source(cause), what, "only `up` will tell."))
    return sentences


def unread(unread: Unread) -> Sentence:
    """Names a resource that the report does not follow."""
    return (f"{unread.operation}: ", Foreign(unread.name), " (", Foreign(unread.type), ")")


def left_out(lines: Iterable[Line]) -> str:
    """Counts lines for which there is no room."""
    counts = dict.fromkeys(Change, 0)
    for line in lines:
        counts[line.change] += 1
    listed = ", ".join(f"{number:,} {change}" for change, number in counts.items() if number)
    return f"{count(sum(counts.values()), 'more line')} ({listed}) left out"


def _identifier(identifier: str | None) -> Sentence:
    return (Foreign(identifier),) if identifier else ()


def _source(cause: str | None) -> Sentence:
    return (Foreign(logical_name(cause)), " ") if cause else ("A value that is not known yet ",)


def _causes(lines: Iterable[Line], note: Note | None) -> list[tuple[str | None, int]]:
    causes: dict[str | None, int] = {}
    for line in lines:
        if note is None or note in line.notes:
            causes[line.cause] = causes.get(line.cause, 0) + 1
    return sorted(causes.items(), key=lambda item: item[0] or "")
