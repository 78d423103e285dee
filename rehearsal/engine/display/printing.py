"""Values and their differences as text, as `pulumi preview --diff` writes them (pkg/backend/display/object_diff.go)."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import yaml

from rehearsal.engine.comparison import Part, compare
from rehearsal.engine.display import contents
from rehearsal.engine.display.words import SIGNS
from rehearsal.engine.plan.steps import Op
from rehearsal.engine.values import (
    Archive,
    Asset,
    Output,
    Properties,
    Reference,
    Secret,
    Unknown,
    Value,
    equal,
    without_outputs,
)

Paint = Callable[[Op, str], str]
"""Colours a text for an operation."""


def plain(op: Op, text: str) -> str:
    """No colours."""
    del op
    return text


@dataclass(frozen=True)
class Printer:
    """Writes values into `out`. `signed`: lines begin with the operation's sign."""

    out: list[str]
    op: Op
    indent: int
    paint: Paint = plain
    signed: bool = False

    def object(self, properties: Properties) -> None:
        """All properties, aligned."""
        width = max(map(len, properties), default=0)
        for key in sorted(properties):
            if not key.startswith("__"):
                self.title(key, width)
                self.value(properties[key])

    def title(self, name: str, width: int) -> None:
        """The start of a property's line."""
        self.line_start(f"{name:<{width}}: ")

    def value(self, value: Value) -> None:
        """A value, to the end of its last line."""
        self._value(without_outputs(value) if isinstance(value, Output) else value)
        self.write("\n")

    def difference(self, parts: Iterable[Part]) -> None:
        """The differing parts of an object, aligned."""
        parts = list(parts)
        width = max((len(str(part.key)) for part in parts), default=0)
        for part in parts:
            self.part(part, width)

    def part(self, part: Part, width: int) -> None:
        """One part of an object."""

        def title(printer: Printer) -> None:
            printer.title(str(part.key), width)

        if part.kind == "same":
            if is_worth_printing(part.old):
                same = replace(self, op=Op.SAME, signed=False)
                title(same)
                same.value(part.old)
        else:
            self._changed(part, title)

    def line_start(self, text: str) -> None:
        """Text after the indentation, which ends with the operation's sign if lines are signed."""
        space = "    " * self.indent
        if self.signed and space:
            space = space[:-2] + SIGNS[self.op]
        self.write(space + text)

    def write(self, text: str) -> None:
        """Text in the operation's colour."""
        self.out.append(self.paint(self.op, text))

    def indented(self, by: int) -> Printer:
        """One that writes further in."""
        return replace(self, indent=self.indent + by)

    def as_op(self, op: Op) -> Printer:
        """One that writes for another operation, with its sign."""
        return replace(self, op=op, signed=True)

    def close(self, text: str) -> None:
        """Text on a line without a sign, as closing brackets are."""
        self.write("    " * self.indent + text)

    def _value(self, value: Value) -> None:
        if isinstance(value, Secret):
            self.write("[secret]")
        elif isinstance(value, Unknown):
            self.write("[unknown]")
        elif isinstance(value, str):
            self._text(value)
        elif isinstance(value, list):
            self._array(value)
        elif isinstance(value, dict):
            self._dict(value)
        elif isinstance(value, (Asset, Archive)):
            contents.written(self, value)
        elif isinstance(value, Reference):
            self.write("{\n")
            below = self.indented(1)
            for name, part in (("URN", value.urn), ("ID", value.id), ("PackageVersion", value.version)):
                below.title(name, 3)
                below.value(part)
            self.close("}")
        else:
            self.write(_simple(value))

    def _text(self, value: str) -> None:
        decoded = _decoded(value)
        if decoded is None:
            self.write(_quoted(value))
        else:
            kind, content = decoded
            self.write(f"({kind}) ")
            self.value(content)

    def _array(self, value: list[Value]) -> None:
        if not value:
            self.write("[]")
            return
        self.write("[\n")
        for index, element in enumerate(value):
            self.line_start(f"    [{index}]: ")
            self.indented(1).value(element)
        self.close("]")

    def _dict(self, value: Properties) -> None:
        if not value:
            self.write("{}")
            return
        self.write("{\n")
        self.indented(1).object(value)
        self.close("}")

    def _changed(self, part: Part, title: Callable[[Printer], None]) -> None:
        if part.kind == "add":
            added = self.as_op(Op.CREATE)
            title(added)
            added.value(part.new)
        elif part.kind == "delete":
            deleted = self.as_op(Op.DELETE)
            title(deleted)
            deleted.value(part.old)
        elif part.parts:
            self.as_op(Op.UPDATE)._inside(part, title)
        else:
            self.as_op(Op.UPDATE)._leaf(part, title)

    def _inside(self, part: Part, title: Callable[[Printer], None]) -> None:
        title(self)
        if not isinstance(part.parts[0].key, int):
            self.write("{\n")
            self.indented(1).difference(part.parts)
            self.close("}\n")
            return
        self.write("[\n")
        for element in part.parts:

            def element_title(printer: Printer, index: str | int = element.key) -> None:
                printer.indented(-1).line_start(f"[{index}]: ")

            below = self.indented(2)
            if element.kind != "same":
                below._changed(element, element_title)
            else:
                same = replace(below, op=Op.SAME, signed=False)
                element_title(same)
                same.value(element.old)
        self.close("]\n")

    def _leaf(self, part: Part, title: Callable[[Printer], None]) -> None:
        if isinstance(part.old, Archive) and isinstance(part.new, Archive):
            contents.archives_differ(self, part.old, part.new, title)
            return
        old, new = is_worth_printing(part.old), is_worth_printing(part.new)
        if old and new and _is_primitive(part.old) and _is_primitive(part.new):
            title(self)
            if isinstance(part.old, str) and isinstance(part.new, str):
                self.texts(part.old, part.new)
                return
            self.as_op(Op.DELETE)._value(part.old)
            self.write(" => ")
            self.as_op(Op.CREATE)._value(part.new)
            self.write("\n")
            return
        if old:
            self._changed(replace(part, kind="delete"), title)
        if new:
            self._changed(replace(part, kind="add"), title)

    def texts(self, old: str, new: str) -> None:
        """How a text differs, to the end of the line."""
        before, after = _decoded(old), _decoded(new)
        if before is not None and after is not None and not equal(before[1], after[1]):
            self._documents(before, after)
        elif "\n" in old or "\n" in new:
            self.write("\n")
            self.indented(1)._lines(old, new)
        else:
            self.as_op(Op.DELETE).write(_quoted(old))
            self.write(" => ")
            self.as_op(Op.CREATE).write(_quoted(new))
            self.write("\n")

    def _documents(self, before: tuple[str, Value], after: tuple[str, Value]) -> None:
        kinds = before[0] if before[0] == after[0] else f"{before[0]} => {after[0]}"
        self.write(f"({kinds}) ")
        (part,) = compare({"": before[1]}, {"": after[1]})
        self._changed(part, lambda _: None)

    def _lines(self, old: str, new: str) -> None:
        ops = {"+ ": Op.CREATE, "- ": Op.DELETE, "  ": Op.SAME}
        for line in difflib.ndiff(old.split("\n"), new.split("\n")):
            op = ops.get(line[:2])
            if op is not None and line[2:].strip():
                replace(self, op=op, signed=op is not Op.SAME).line_start(f"{line[2:]}\n")


def _simple(value: Value) -> str:
    if value is None:
        return "<null>"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.0f}" if value == int(value) else f"{value:g}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _is_primitive(value: Value) -> bool:
    return value is None or isinstance(value, (str, int, float, bool, Unknown, Secret, Output))


def is_worth_printing(value: Value) -> bool:
    """Nothing, empty texts and empty collections are mostly defaults that interest nobody."""
    return not (value is None or value == "" or value == [] or value == {})


def _decoded(text: str) -> tuple[str, Value] | None:
    """A list or an object that a text holds as JSON or, in several lines, as YAML."""
    text = text.strip()
    if not text or (text[0] not in "[{" and "\n" not in text):
        return None
    try:
        content = json.loads(text)
        kind = "json"
    except ValueError:
        if "\n" not in text:
            return None
        try:
            content, kind = yaml.safe_load(text), "yaml"
        except yaml.YAMLError:
            return None
    return (kind, content) if isinstance(content, (list, dict)) else None
