"""What changes: inputs against inputs (pulumi-azure-native, `provider/pkg/provider/diff.go`).

Outputs do not matter, with one exception: a property that the program newly gives replaces nothing when Azure has that
value already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi.provider.experimental.provider import DiffResponse, PropertyDiff, PropertyDiffKind

from rehearsal.providers.azure_native.autoname import CREATE_BEFORE_DELETE
from rehearsal.providers.azure_native.resource_type import ResourceType
from rehearsal.providers.azure_native.shape import Kind, Property
from rehearsal.providers.values import Properties, Unknown

_REPLACING = {
    PropertyDiffKind.ADD: PropertyDiffKind.ADD_REPLACE,
    PropertyDiffKind.DELETE: PropertyDiffKind.DELETE_REPLACE,
    PropertyDiffKind.UPDATE: PropertyDiffKind.UPDATE_REPLACE,
}


@dataclass(frozen=True)
class _Change:
    path: str
    """As a person writes it: `siteConfig.appSettings[0].value`."""
    lookup: tuple[str, ...]
    """The names on the way, without positions."""
    kind: PropertyDiffKind


def differences(type_: ResourceType, old_inputs: Properties, old_outputs: Properties, new: Properties) -> DiffResponse:
    """Compare the inputs of a resource with those it was last deployed with."""
    changes = list(_of_objects(_compared(old_inputs), _compared(new), type_.properties, "", ()))
    detailed: dict[str, PropertyDiff] = {}
    replaces: list[str] = []
    for change in changes:
        kind = change.kind
        if _replaces(type_, change):
            kind = _REPLACING[kind]
            name = change.lookup[0]
            if kind is PropertyDiffKind.ADD_REPLACE and name in old_outputs and old_outputs[name] == new.get(name):
                kind = PropertyDiffKind.ADD
        if kind in _REPLACING.values():
            replaces.append(change.path)
        detailed[change.path] = PropertyDiff(kind, input_diff=True)
    create_first = old_inputs.get(CREATE_BEFORE_DELETE, False)
    return DiffResponse(
        changes=bool(changes),
        replaces=replaces,
        delete_before_replace=bool(replaces) and not create_first,
        diffs=[change.lookup[0] for change in changes],
        detailed_diff=detailed,
    )


def _compared(inputs: Properties) -> Properties:
    """The inputs as they are compared: Azure knows no case in a group's name, nor case or blanks in a location."""
    compared = {name: value for name, value in inputs.items() if not name.startswith("__")}
    if isinstance(compared.get("resourceGroupName"), str):
        compared["resourceGroupName"] = compared["resourceGroupName"].lower()
    if isinstance(compared.get("location"), str):
        compared["location"] = compared["location"].lower().replace(" ", "")
    return compared


def _replaces(type_: ResourceType, change: _Change) -> bool:
    """Path parameters replace; so do properties marked so, at the top or one level down."""
    name = change.lookup[0]
    if name in type_.parameters:
        return True
    property_ = type_.properties.get(name)
    if property_ is None:
        return False
    if property_.force_new:
        return len(change.lookup) == 1 or change.kind is PropertyDiffKind.UPDATE
    member = property_.members.get(change.lookup[1]) if len(change.lookup) == 2 else None
    return member is not None and member.force_new


def _of_objects(
    old: Properties, new: Properties, members: Mapping[str, Property], path: str, lookup: tuple[str, ...]
) -> Iterator[_Change]:
    for name in sorted({*old, *new}):
        where, names = f"{path}{name}", (*lookup, name)
        if name not in new:
            yield _Change(where, names, PropertyDiffKind.DELETE)
        elif name not in old:
            yield _Change(where, names, PropertyDiffKind.ADD)
        else:
            yield from _of_values(old[name], new[name], members.get(name), where, names)


def _of_values(old: Any, new: Any, property_: Property | None, path: str, lookup: tuple[str, ...]) -> Iterator[_Change]:
    members = property_.members if property_ is not None else {}
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _of_objects(old, new, members, f"{path}.", lookup)
    elif isinstance(old, list) and isinstance(new, list):
        if property_ is not None and property_.kind is Kind.OBJECTS and property_.key:
            old, new = _in_order(old, new, property_.key)
        yield from _of_lists(old, new, members, path, lookup)
    elif isinstance(new, Unknown) or old != new or isinstance(old, bool) is not isinstance(new, bool):
        yield _Change(path, lookup, PropertyDiffKind.UPDATE)


def _of_lists(
    old: list[Any], new: list[Any], members: Mapping[str, Property], path: str, lookup: tuple[str, ...]
) -> Iterator[_Change]:
    element = Property(Kind.OBJECT, members=members)
    for position in range(max(len(old), len(new))):
        where = f"{path}[{position}]"
        if position >= len(new):
            yield _Change(where, (*lookup, "[]"), PropertyDiffKind.DELETE)
        elif position >= len(old):
            yield _Change(where, (*lookup, "[]"), PropertyDiffKind.ADD)
        else:
            yield from _of_values(old[position], new[position], element, where, lookup)


def _in_order(old: list[Any], new: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """Both lists with the elements that belong together at the same positions, whatever order they were written in."""

    def identity(element: Any) -> Any:
        return element.get(key) if isinstance(element, dict) else None

    places = {identity(element): element for element in old if isinstance(identity(element), str)}
    matched = [element for element in new if identity(element) in places]
    if len(places) != len(old) or len({identity(element) for element in matched}) != len(matched):
        return old, new
    gone = [element for name, element in places.items() if name not in {identity(each) for each in matched}]
    added = [element for element in new if identity(element) not in places]
    return [places[identity(element)] for element in matched] + gone, matched + added
