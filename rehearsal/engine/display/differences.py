"""What a provider says would differ, as parts that can be printed (pulumi/pulumi, pkg/engine/detailedDiff.go)."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from rehearsal.engine import paths
from rehearsal.engine.comparison import Part, compare
from rehearsal.engine.display.words import visible
from rehearsal.engine.paths import Path
from rehearsal.engine.plan.steps import Step
from rehearsal.engine.values import Output, Secret, Unknown, Value

Kind = Literal["add", "delete", "update"]


def of_details(step: Step, *, refresh: bool = False) -> tuple[Part, ...]:
    """The parts that a step's detailed difference names: old values from its outputs, new ones from its inputs.

    After a `refresh` new values are the outputs, too, except where the provider compared inputs.
    """
    found: dict[str | int, Part] = {}
    if step.old is None or step.new is None:
        return ()
    for text, difference in sorted((step.detailed or {}).items()):
        old = visible(step.old, "inputs" if difference.input_difference else "outputs")
        new = visible(step.new, "outputs" if refresh and not difference.input_difference else "inputs")
        _add(found, paths.parse(text), difference.kind.removesuffix("-replace"), old, new)  # type: ignore[arg-type]
    return _in_order(found)


def _add(found: dict[str | int, Part], path: Path, kind: Kind, old: Value, new: Value) -> None:
    key, rest = path[0], path[1:]
    (before, had), (after, has) = _at(old, key), _at(new, key)
    if not rest:
        if kind == "add":
            found[key] = Part(key, "add", new=after if has else Unknown())
        elif kind == "delete":
            found[key] = Part(key, "delete", old=before if had else Unknown())
        else:
            parts = next((part.parts for part in compare({"": before}, {"": after})), ())
            found[key] = Part(key, "update", before, after, parts)
    elif before is None and after is not None:
        found[key] = Part(key, "add", new=after)
    elif before is not None and after is None:
        found[key] = Part(key, "delete", old=before)
    else:
        known = found.get(key, Part(key, "update", before, after))
        inside = {part.key: part for part in known.parts}
        _add(inside, rest, kind, before, after)
        found[key] = replace(known, parts=_in_order(inside))


def _in_order(found: dict[str | int, Part]) -> tuple[Part, ...]:
    return tuple(found[key] for key in sorted(found, key=lambda key: (isinstance(key, str), key)))


def _at(value: Value, key: str | int) -> tuple[Value, bool]:
    """What is at a key, and whether there is anything; what isn't known or is secret can't be looked into."""
    if isinstance(value, (Unknown, Secret, Output)):
        return value, True
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return value[key], True
    if isinstance(value, dict) and key in value:
        return value[key], True
    return None, False
