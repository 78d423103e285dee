"""What differs between two values, part by part; null counts as nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from rehearsal.engine.paths import Path
from rehearsal.engine.values import Properties, Value, equal


@dataclass(frozen=True)
class Part:
    """One key or index of two compared values. `parts` are the parts of an updated object or array."""

    key: str | int
    kind: Literal["same", "add", "delete", "update"]
    old: Value = None
    new: Value = None
    parts: tuple[Part, ...] = field(default=())


def compare(old: Properties, new: Properties) -> tuple[Part, ...]:
    """All keys of two property maps, sorted, with what happened to each; empty when nothing differs."""
    return _changed(tuple(_part(key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())))


def _changed(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return parts if any(part.kind != "same" for part in parts) else ()


def _part(key: str | int, old: Value, new: Value) -> Part:
    if equal(old, new):
        return Part(key, "same", old, new)
    if old is None:
        return Part(key, "add", new=new)
    if new is None:
        return Part(key, "delete", old=old)
    return Part(key, "update", old, new, _inside(old, new))


def _inside(old: Value, new: Value) -> tuple[Part, ...]:
    if isinstance(old, dict) and isinstance(new, dict):
        return compare(old, new)
    if isinstance(old, list) and isinstance(new, list):
        both = min(len(old), len(new))
        return (
            *(_part(i, old[i], new[i]) for i in range(both)),
            *(Part(i, "add", new=new[i]) for i in range(both, len(new))),
            *(Part(i, "delete", old=old[i]) for i in range(both, len(old))),
        )
    return ()


def leaves(parts: tuple[Part, ...], path: Path = ()) -> Iterator[tuple[Path, Part]]:
    """The innermost differing parts, with their paths."""
    for part in parts:
        here = (*path, part.key)
        if part.parts:
            yield from leaves(part.parts, here)
        elif part.kind != "same":
            yield here, part
