"""The end of every display: diagnostics, the stack's outputs, counts, and how long it took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rehearsal.engine import urn as urns
from rehearsal.engine.comparison import Part, compare
from rehearsal.engine.display.printing import Paint, Printer, plain
from rehearsal.engine.display.rows import Row, text_of
from rehearsal.engine.display.words import PAST, SIGNS, duration, plural, shown_type
from rehearsal.engine.execution.events import Ended, Message
from rehearsal.engine.plan.steps import Op
from rehearsal.engine.values import Properties, Unknown, contains_unknowns

LEFT_AFTER_DESTROY = (
    "The resources in the stack have been deleted, but the history and configuration associated with the stack are "
    "still maintained. \nIf you want to remove the stack completely, run `pulumi stack rm {stack}`."
)


def diagnostics(rows: Iterable[Row]) -> Iterator[str]:
    """Everything that was said, by resource; nothing when nothing was."""
    begun = False
    for row in rows:
        said = [block for block in _blocks(row.messages) if block]
        if not said:
            continue
        if not begun:
            yield "Diagnostics:"
            begun = True
        yield f"  {shown_type(row.urn)} ({urns.name_of(row.urn)}):"
        for block in said:
            yield from (f"    {line}".rstrip() for line in block)
            yield ""


def _blocks(messages: Iterable[Message]) -> list[list[str]]:
    """Messages in the order in which they came; what the program printed is one block, after them."""
    told: list[str] = []
    printed = ""
    for message in messages:
        if message.ephemeral or message.severity == "debug":
            continue
        if message.raw:
            printed += message.text
        else:
            told += text_of(message).split("\n")
    return [told, printed.rstrip().split("\n") if printed.strip() else []]


def outputs(old: Properties, new: Properties, *, preview: bool, paint: Paint = plain) -> str:
    """The stack's outputs: all of them after an update, what changes in a preview."""
    parts = compare(old, new)
    if preview and old:
        parts = tuple(part for part in parts if not _is_only_unknown(part))
    lines: list[str] = []
    printer = Printer(lines, Op.SAME, 1, paint, summary=preview)
    if not old or not parts:
        if preview and old:
            return ""
        printer.object({key: value for key, value in new.items() if value is not None})
    else:
        printer.difference(parts)
    return "".join(lines)


def _is_only_unknown(part: Part) -> bool:
    """In a preview, an output that isn't known yet isn't a change yet."""
    return part.kind == "update" and (isinstance(part.new, Unknown) or contains_unknowns(part.new))


def resources(ended: Ended, errored: int, *, preview: bool) -> Iterator[str]:
    """How many resources each operation concerned."""
    yield "Resources:"
    changes: Mapping[Op, int] = {op: ended.changes[op] for op in PAST if ended.changes.get(op)}
    for op, count in changes.items():
        yield f"    {SIGNS[op]}{count} {f'to {op}' if preview else PAST[op]}"
    pieces = [plural(sum(changes.values()), "change")] if len(changes) > 1 else []
    same = ended.changes.get(Op.SAME, 0)
    if same:
        pieces.append(f"{same} unchanged")
    if pieces:
        yield f"    {'. '.join(pieces)}"
    if errored:
        yield f"    {errored} errored"
    if not preview:
        yield ""
        yield f"Duration: {duration(ended.seconds)}"
