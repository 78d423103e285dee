"""Assets and archives as text: what they are and the start of their hash, never what is in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from rehearsal.engine.plan.steps import Op
from rehearsal.engine.values import Archive, Asset

if TYPE_CHECKING:
    from rehearsal.engine.display.printing import Printer

Title = Callable[["Printer"], None]
Content = Asset | Archive


def written(printer: Printer, content: Content) -> None:
    """An asset or archive, to the end of its last line but for the line end."""
    short = _short(content)
    if isinstance(content, Asset) and "text" in content.content:
        printer.write(f"asset(text:{short}) {{\n")
        for line in content.content["text"].split("\n"):
            printer.close(f"    {line}\n")
        printer.close("}")
    elif isinstance(content, Archive) and "assets" in content.content:
        printer.write(f"archive(assets:{short}) {{\n")
        for name, part in sorted(content.content["assets"].items()):
            printer.line_start(f'    "{name}": ')
            printer.indented(1).value(part)
        printer.close("}")
    else:
        what = "asset" if isinstance(content, Asset) else "archive"
        kind, place = _place(content)
        printer.write(f"{what}({kind}:{short}) {{ {place} }}")


def archives_differ(printer: Printer, old: Archive, new: Archive, title: Title) -> None:
    """An archive that has changed: where it is, or which of its files are others now."""
    hashes = _change(_short(old), _short(new))
    if "assets" in old.content and "assets" in new.content:
        title(printer)
        printer.write(f"archive(assets:{hashes}) {{\n")
        _files(printer.indented(1), old.content["assets"], new.content["assets"])
        printer.close("}\n")
    elif _place(old)[0] == _place(new)[0]:
        title(printer)
        printer.write(f"archive({_place(old)[0]}:{hashes}) {{ {_change(_place(old)[1], _place(new)[1])} }}\n")
    else:
        _exchanged(printer, old, new, title)


def _files(printer: Printer, old: dict[str, Content], new: dict[str, Content]) -> None:
    names = sorted(old.keys() | new.keys())
    width = max(map(len, names), default=0) + 2
    for name in names:

        def title(at: Printer, name: str = name) -> None:
            at.title(f'"{name}"', width)

        before, after = old.get(name), new.get(name)
        if after is None:
            deleted = printer.indented(1).as_op(Op.DELETE)
            title(deleted)
            deleted.value(before)
        elif before is None:
            added = printer.indented(1).as_op(Op.CREATE)
            title(added)
            added.value(after)
        elif before.content.get("hash") != after.content.get("hash"):
            _differ(printer, before, after, title)


def _differ(printer: Printer, old: Content, new: Content, title: Title) -> None:
    if isinstance(old, Archive) and isinstance(new, Archive):
        archives_differ(printer, old, new, title)
    elif isinstance(old, Asset) and isinstance(new, Asset) and _place(old)[0] == _place(new)[0]:
        title(printer)
        hashes = _change(_short(old), _short(new))
        if "text" in old.content:
            printer.write(f"asset(text:{hashes}) {{")
            printer.indented(1).texts(old.content["text"], new.content["text"])
            printer.close("}\n")
        else:
            printer.write(f"asset({_place(old)[0]}:{hashes}) {{ {_change(_place(old)[1], _place(new)[1])} }}\n")
    else:
        _exchanged(printer, old, new, title)


def _exchanged(printer: Printer, old: Content, new: Content, title: Title) -> None:
    for op, content in ((Op.DELETE, old), (Op.CREATE, new)):
        at = replace(printer, op=op, signed=True)
        title(at)
        at.value(content)


def _place(content: Content) -> tuple[str, str]:
    for key, kind in (("path", "file"), ("uri", "uri")):
        if key in content.content:
            return kind, str(content.content[key])
    return ("text" if "text" in content.content else "assets"), ""


def _short(content: Content) -> str:
    return str(content.content.get("hash", ""))[:7]


def _change(old: str, new: str) -> str:
    return old if old == new else f"{old}->{new}"
