"""The end of every display: diagnostics, the stack's outputs, counts, and how long it took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from rehearsal.engine import urn as urns
from rehearsal.engine.comparison import Part, compare
from rehearsal.engine.display.printing import Paint, Printer, plain
from rehearsal.engine.display.rows import Row, text_of
from rehearsal.engine.display.words import PAST, SIGNS, duration, plural, shown, shown_type
from rehearsal.engine.execution.events import Ended, Message
from rehearsal.engine.plan.steps import Op
from rehearsal.engine.values import Properties, Unknown


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


def outputs(old: Properties | None, new: Properties, *, preview: bool, paint: Paint = plain) -> str:
    """The stack's outputs, as they differ from `old` (None: there was no stack); in a preview only what changes."""
    lines: list[str] = []
    printer = Printer(lines, Op.SAME, 1, paint)
    new = shown(new)
    parts = compare(shown(old), new) if old is not None else ()
    if parts:
        if preview:
            parts = tuple(part for part in map(_without_unknowns, parts) if not _is_only_unknown(part))
            parts = tuple(part for part in parts if part.kind != "same")
        printer.difference(parts)
    elif old is None or not preview:
        printer.object({key: value for key, value in new.items() if value is not None})
    return "".join(lines)


def _is_only_unknown(part: Part) -> bool:
    """In a preview, an output that isn't known yet isn't a change yet."""
    return part.kind == "update" and isinstance(part.new, Unknown)


def _without_unknowns(part: Part) -> Part:
    """The same for what is inside objects."""
    if part.kind != "update" or not part.parts:
        return part
    parts = tuple(map(_without_unknowns, part.parts))
    if not isinstance(parts[0].key, int):
        parts = tuple(inside for inside in parts if not _is_only_unknown(inside))
    return replace(part, parts=parts)


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
