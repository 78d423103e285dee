"""A place in a configuration: its path, its value, and reading the value as what it should be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from components.refusal import Refusal
from settings.fault import Faults, sentence

_SHOWN = 60
_SIMPLE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_KINDS: Mapping[type, str] = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "an object",
}


@dataclass(frozen=True)
class Node:
    """One value of the configuration. Reading it never raises: what is wrong goes to the faults.

    A value that cannot be read as asked gives an empty one, so that reading goes on and finds the other faults.
    """

    path: str
    value: Any
    """What `json.loads` makes; None stands for nothing."""
    faults: Faults
    secret: bool = False
    """Whether the value is encrypted in the file: then no message shows it."""

    def fields(self, *, required: Mapping[str, str], optional: Mapping[str, str]) -> dict[str, Node]:
        """Reads an object with these keys, each given with an example of its value, and returns all of them.

        Keys that it lacks are nodes of nothing.
        """
        known = {**required, **optional}
        content = self._as(dict, f"an object with {sentence(known)}")
        for key in content:
            if key not in known:
                self.faults.refuse_key(self.at(key).path, key, known)
        if isinstance(self.value, dict):
            for key, example in required.items():
                if content.get(key) is None:
                    self.at(key).missing(example)
        return {key: self.at(key) for key in known}

    def entries(self, of: str) -> dict[str, Node]:
        """Reads an object with any keys: `of` says what it holds."""
        return {key: self.at(key) for key in self._as(dict, f"an object of {of}")}

    def items(self, of: str, *, needed: bool = False) -> list[Node]:
        """Reads a list: `of` says what it holds, `needed` that it holds at least one."""
        content = self._as(list, f"a list of {of}")
        if needed and self.value == []:
            self.faults.add(self.path, "[] is empty.", allowed=f"a list of {of}, at least one")
        nodes = [Node(f"{self.path}[{index}]", item, self.faults, self.secret) for index, item in enumerate(content)]
        for node in nodes:
            if node.value is None:
                self.faults.add(node.path, "there is no value.", allowed=of)
        return nodes

    def text(self, rule: Callable[[str], Refusal | None] | None = None) -> str:
        """Reads a string that is not blank and that `rule` accepts."""
        text: str = self._as(str, "a string")
        if not isinstance(self.value, str):
            return ""
        if text.strip() == "":
            self.faults.add(self.path, f"{self.shown} is blank.", allowed="a string with something in it")
        elif rule is not None:
            self.check(rule(text))
        return text

    def whole(self, default: int, rule: Callable[[int], Refusal | None]) -> int:
        """Reads a whole number that `rule` accepts; without one, `default`."""
        if self.value is None:
            return default
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self.faults.add(self.path, f"{self.shown} is {self.kind}.", allowed="a whole number")
            return default
        self.check(rule(self.value))
        return self.value

    def flag(self) -> bool:
        """Reads true or false, which Pulumi hands over as text."""
        if self.value in ("true", "false") or isinstance(self.value, bool | None):
            return self.value in ("true", True)
        self.faults.refuse(self.path, Refusal(f"{self.shown} is neither true nor false.", "true or false"))
        return False

    def check(self, refusal: Refusal | None) -> None:
        """Notes what a rule said about the value."""
        if refusal is not None and self.secret:
            refusal = Refusal("the value, a secret, cannot be used.", refusal.allowed)
        if refusal is not None:
            self.faults.refuse(self.path, refusal)

    def missing(self, example: str) -> None:
        """Notes that there is no value, and how to give one such as `example`."""
        remedy = (
            f"Write it into {self.faults.file}."
            if example.startswith(("[", "{"))
            else f"Set it: {self.faults.setting(self.path, example)}"
        )
        self.faults.add(self.path, "there is no value.", allowed=f"a value such as {example}", remedy=remedy)

    def at(self, key: str) -> Node:
        """Returns the node of a key of this object."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        step = f".{key}" if _SIMPLE_KEY.fullmatch(key) else f"[{json.dumps(key)}]"
        return Node(f"{self.path}{step}", value, self.faults, self.secret)

    @property
    def shown(self) -> str:
        """The value as a message may show it: shortened, and never a secret."""
        if self.secret:
            return "[secret]"
        try:
            text = repr(self.value) if isinstance(self.value, str) else json.dumps(self.value)
        except RecursionError:
            text = "[deeply nested]"
        return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."

    @property
    def kind(self) -> str:
        """What the value is, in words."""
        return "nothing" if self.value is None else _KINDS[type(self.value)]

    def _as(self, kind: type, allowed: str) -> Any:
        """Returns the value if it is a `kind`, else an empty one."""
        if isinstance(self.value, kind):
            return self.value
        if self.value is not None:
            self.faults.add(self.path, f"{self.shown} is {self.kind}.", allowed=allowed)
        return kind()


def refuse_duplicates(found: Iterable[tuple[Node, object]], what: str) -> None:
    """Notes each value whose key has occurred before."""
    first: dict[object, Node] = {}
    for node, key in found:
        earlier = first.setdefault(key, node)
        if earlier is not node:
            node.faults.add(
                node.path,
                f"{node.shown} is the same {what} as {earlier.path}.",
                allowed=f"each {what} once",
                remedy=f"Remove one of the two from {node.faults.file}.",
            )
