"""Property paths as `root.array[0]["odd key"].*`, which options and differences use to name a part of a value.

The grammar and what a reset does are those of pulumi/pulumi, sdk/go/common/resource/properties_path.go.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from typing import TypeAlias

from rehearsal.engine.values import Properties, Secret, Value

Path: TypeAlias = tuple[str | int, ...]
WILDCARD = "*"
_PLAIN = re.compile(r"[A-Za-z0-9_]*")
_ELEMENT = re.compile(r'\.?\["((?:\\"|[^"])*)"\]|\.?\[(\*|-?\d+)\]|\.?([^.\[]+)')


def parse(text: str) -> Path:
    """The elements of a path: keys, indexes and wildcards.

    Raises ValueError for a text that is no path.
    """
    elements: list[str | int] = []
    position = 0
    while position < len(text):
        match = _ELEMENT.match(text, position)
        if match is None or (position == 0 and text[0] == "."):
            raise ValueError(f"{text!r} is no property path: expected a name or an index at character {position}")
        quoted, index, name = match.groups()
        if quoted is not None:
            elements.append(quoted.replace('\\"', '"'))
        elif index is not None:
            elements.append(index if index == WILDCARD else int(index))
        else:
            elements.append(name)
        position = match.end()
    return tuple(elements)


def written(path: Iterable[str | int]) -> str:
    """The path as a text that `parse` reads."""
    text = ""
    for element in path:
        if isinstance(element, int):
            text += f"[{element}]"
        elif _PLAIN.fullmatch(element):
            text += f".{element}" if text else element
        else:
            text += '["' + element.replace('"', '\\"') + '"]'
    return text


def contains(pattern: Path, path: Path) -> bool:
    """Whether the path is the pattern or lies below it; `*` fits any one element."""
    return len(path) >= len(pattern) and all(
        expected in (WILDCARD, found) for expected, found in zip(pattern, path, strict=False)
    )


def keep_old(old: Properties, new: Properties, ignored: Iterable[str]) -> tuple[Properties, list[str]]:
    """The new properties with the old values at the paths `ignored`, and those paths where that is not possible."""
    kept = copy.deepcopy(new)
    impossible = [text for text in ignored if not _reset(parse(text), old, kept, secret=False)]
    return kept, impossible


def _reset(path: Path, old: Value, new: Value, *, secret: bool) -> bool:
    """Write what `old` has at the path into `new`; False when their shapes leave no place for it."""
    while isinstance(old, Secret):
        old, secret = old.element, True
    while isinstance(new, Secret):
        new, secret = new.element, False
    key, rest = path[0], path[1:]
    if key == WILDCARD:
        return _reset_all(rest, old, new, secret=secret)
    if isinstance(key, int):
        return _reset_index(key, rest, old, new, secret=secret)
    if not rest:
        if isinstance(old, dict) and key in old:
            if not isinstance(new, dict):
                return False
            new[key] = _kept(old[key], secret=secret)
        elif isinstance(new, dict):
            new.pop(key, None)
        return True
    if not isinstance(old, dict) or not isinstance(new, dict):
        return not isinstance(old, dict) and not isinstance(new, dict)
    if key not in new:
        return key not in old
    return _reset(rest, old.get(key), new[key], secret=secret)


def _reset_index(index: int, rest: Path, old: Value, new: Value, *, secret: bool) -> bool:
    if not isinstance(old, list) or not isinstance(new, list):
        return not isinstance(old, list) and not isinstance(new, list)
    if index < 0 or (index >= len(old)) != (index >= len(new)):
        return False
    if index >= len(old):
        return not rest
    if rest:
        return _reset(rest, old[index], new[index], secret=secret)
    new[index] = _kept(old[index], secret=secret)
    return True


def _reset_all(rest: Path, old: Value, new: Value, *, secret: bool) -> bool:
    if isinstance(old, list) and isinstance(new, list):
        for i in range(min(len(old), len(new))):
            if not rest:
                new[i] = _kept(old[i], secret=secret)
            elif not _reset(rest, old[i], new[i], secret=secret):
                return False
        return len(old) == len(new)
    if isinstance(old, dict) and isinstance(new, dict):
        if not rest:
            new.clear()
            new.update({key: _kept(value, secret=secret) for key, value in old.items()})
            return True
        return all(key in new and _reset(rest, old[key], new[key], secret=secret) for key in old)
    return not rest and isinstance(new, (dict, list))


def _kept(value: Value, *, secret: bool) -> Value:
    value = copy.deepcopy(value)
    return Secret(value) if secret and not isinstance(value, Secret) else value
