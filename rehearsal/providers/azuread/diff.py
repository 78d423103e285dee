"""Diff: how the planned state differs from the old one, property by property, as a reviewer reads it.

As `makeDetailedDiffV2` of pulumi-terraform-bridge (`pkg/tfbridge/detailed_diff.go`): state is compared with state, so
the differences are no input differences and computed ones are among them; elements of a set are found by what they are,
not by where they stand, and named by where the program has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pulumi.provider.experimental.provider import DiffResponse, PropertyDiff, PropertyDiffKind

from rehearsal.providers.azuread.plan import differ
from rehearsal.providers.azuread.schema import Attribute, Kind, Schema
from rehearsal.providers.azuread.sets import checksum
from rehearsal.providers.values import UNKNOWN, Properties

_REPLACED = {
    PropertyDiffKind.ADD: PropertyDiffKind.ADD_REPLACE,
    PropertyDiffKind.DELETE: PropertyDiffKind.DELETE_REPLACE,
    PropertyDiffKind.UPDATE: PropertyDiffKind.UPDATE_REPLACE,
}

Difference = tuple[str, PropertyDiffKind]


def differences(schema: Schema, old: Properties, planned: Properties, inputs: Properties) -> DiffResponse:
    """Old outputs against planned ones; `inputs` say where the program has the elements of a set."""
    detailed: dict[str, PropertyDiff] = {}
    for name, attribute in schema.items():
        for key, kind in _of_value(attribute, name, old.get(name), planned.get(name), inputs.get(name)):
            detailed[key] = PropertyDiff(_REPLACED[kind] if attribute.force_new else kind, input_diff=False)
    replaces = sorted(_top(key) for key, diff in detailed.items() if diff.kind in _REPLACED.values())
    stables = sorted(name for name, attribute in schema.items() if attribute.force_new and name not in replaces)
    return DiffResponse(
        changes=any(differ(old.get(name), planned.get(name)) for name in schema),
        replaces=replaces,
        stables=stables,
        diffs=sorted({_top(key) for key in detailed}),
        detailed_diff=detailed,
    )


def _top(key: str) -> str:
    return key.partition(".")[0].partition("[")[0]


def _of_value(attribute: Attribute, path: str, old: Any, new: Any, given: Any) -> Iterator[Difference]:
    if _absent(old) and _absent(new):
        return
    if _absent(old):
        yield path, PropertyDiffKind.ADD
    elif _absent(new):
        yield path, PropertyDiffKind.DELETE
    elif new is UNKNOWN:
        yield path, PropertyDiffKind.UPDATE
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _of_fields(attribute.fields, path, old, new, given)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_elements(attribute, path, old, new, given)
    elif old != new:
        yield path, PropertyDiffKind.UPDATE


def _of_fields(fields: Schema, path: str, old: Properties, new: Properties, given: Any) -> Iterator[Difference]:
    inner = given if isinstance(given, Mapping) else {}
    for name in sorted(old.keys() | new.keys()):
        attribute = fields.get(name, _VALUE)
        yield from _of_value(attribute, f"{path}.{name}", old.get(name), new.get(name), inner.get(name))


def _of_elements(attribute: Attribute, path: str, old: list[Any], new: list[Any], given: Any) -> Iterator[Difference]:
    if attribute.kind is not Kind.SET:
        for index in range(max(len(old), len(new))):
            yield from _of_element(attribute, path, index, _at(old, index), _at(new, index), _at(given, index))
        return
    old_places = {checksum(attribute, element): index for index, element in enumerate(old)}
    new_places = {checksum(attribute, element): index for index, element in enumerate(new)}
    removed = sorted(index for mark, index in old_places.items() if mark not in new_places)
    added = sorted(index for mark, index in new_places.items() if mark not in old_places)
    if not removed and not added:
        return
    matched = _places_in_program(attribute, new, added, given)
    if matched is None:
        yield path, PropertyDiffKind.UPDATE
        return
    for index in sorted({*removed, *matched}):
        before = old[index] if index in removed else None
        after = new[matched[index]] if index in matched else None
        yield from _of_element(attribute, path, index, before, after, _at(given, index))


def _of_element(attribute: Attribute, path: str, index: int, old: Any, new: Any, given: Any) -> Iterator[Difference]:
    element = replace(attribute, single=True) if attribute.fields else _VALUE
    yield from _of_value(element, f"{path}[{index}]", old, new, given)


def _places_in_program(attribute: Attribute, new: list[Any], added: list[int], given: Any) -> dict[int, int] | None:
    """For each added element where the program has it: indices of the program to indices of the plan.

    None when they cannot all be found; then the set is shown as changed as a whole.
    """
    if not isinstance(given, list) or len(given) < len(new):
        return None
    places: dict[int, int] = {}
    for index in added:
        for place, element in enumerate(given):
            if place not in places and _comes_from(attribute, element, new[index]):
                places[place] = index
                break
        else:
            return None
    return places


def _comes_from(attribute: Attribute, given: Any, planned: Any) -> bool:
    """Whether the planned element is what becomes of the given one."""
    if not attribute.fields or not isinstance(given, Mapping) or not isinstance(planned, Mapping):
        return bool(given == planned)
    return all(
        _same(inner, given.get(name), planned.get(name)) or (inner.computed and given.get(name) is None)
        for name, inner in attribute.fields.items()
    )


def _same(attribute: Attribute, given: Any, planned: Any) -> bool:
    if attribute.collection and given is None:
        return not planned
    if attribute.collection and isinstance(given, list) and isinstance(planned, list) and len(given) == len(planned):
        return all(_comes_from(attribute, one, other) for one, other in zip(given, planned, strict=True))
    return bool(given == planned)


def _absent(value: Any) -> bool:
    return value is None or value == []


def _at(elements: Any, index: int) -> Any:
    return elements[index] if isinstance(elements, list) and index < len(elements) else None


_VALUE = Attribute(Kind.STRING)
