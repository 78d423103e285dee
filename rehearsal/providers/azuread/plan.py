"""Plan: what a resource will look like, from what it looks like and the inputs. Unknown stays unknown.

The rules are those of Terraform's plugin SDK (`helper/schema`, `PlanResourceChange`), seen through Pulumi's bridge:
absent and empty are the same, what the service computes is kept unless something it depends on changes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from rehearsal.providers.azuread.schema import Attribute, Kind, Schema, Use
from rehearsal.providers.azuread.sets import in_order, same_elements
from rehearsal.providers.values import UNKNOWN, Properties


def planned(schema: Schema, old: Properties | None, inputs: Properties) -> Properties:
    """The attributes after the change; `old` is the state's outputs, None for a new resource."""
    if old is None:
        return {name: _new(attribute, inputs.get(name)) for name, attribute in schema.items()}
    plan = {name: _changed(attribute, old.get(name), inputs.get(name)) for name, attribute in schema.items()}
    return plan if any(differ(old.get(name), plan[name]) for name in schema) else dict(old)


def differ(one: Any, other: Any) -> bool:
    """Whether the values differ by more than null and empty."""
    if isinstance(one, dict) and isinstance(other, dict):
        return any(differ(one.get(key), other.get(key)) for key in one.keys() | other.keys())
    return bool(one != other) and not (is_empty(one) and is_empty(other))


def ignoring(plan: Properties, old: Properties | None, ignored: Iterable[str]) -> Properties:
    """The plan with the properties of `ignore_changes` as they were.

    Paths lead to an attribute or into a block (`api.requestedAccessTokenVersion`); for a path into a list the engine
    has already put the old input in the place of the new one, which is all there is to it.
    """
    result = copy.deepcopy(plan)
    for path in ignored:
        before: Any = old
        after: Any = result
        *parents, last = path.split(".")
        for parent in parents:
            before = before.get(parent) if isinstance(before, dict) else None
            after = after.get(parent) if isinstance(after, dict) else None
        if isinstance(before, dict) and isinstance(after, dict) and last in before:
            after[last] = before[last]
    return result


def _new(attribute: Attribute, given: Any) -> Any:
    given = _given(attribute, given)
    if given is UNKNOWN or (attribute.computed and given in (None, [])):
        return UNKNOWN
    if given is None:
        return attribute.default if attribute.default is not None else nothing(attribute)
    if attribute.single:
        return {name: _new(inner, given.get(name)) for name, inner in attribute.fields.items()}
    if attribute.fields:
        return in_order(attribute, [_element(attribute, item) for item in given])
    if attribute.collection:
        return UNKNOWN if UNKNOWN in given else in_order(attribute, given)
    return given


def _element(attribute: Attribute, given: Properties) -> Properties:
    """A block among several. In a set there is no null: the plugin SDK rebuilds its elements with zero values."""
    element = {name: _new(inner, given.get(name)) for name, inner in attribute.fields.items()}
    if attribute.kind is not Kind.SET:
        return element
    return {
        name: _ZERO.get(attribute.fields[name].kind, []) if value is None else value for name, value in element.items()
    }


_ZERO: dict[Kind, Any] = {Kind.STRING: "", Kind.BOOL: False, Kind.INT: 0}


def _changed(attribute: Attribute, old: Any, given: Any) -> Any:
    given = _given(attribute, given)
    if given is None:
        return _without_input(attribute, old)
    if given is UNKNOWN:
        return UNKNOWN
    if attribute.single and isinstance(old, dict):
        return _block(attribute, old, given)
    new = [] if attribute.collection and given == [] else _new(attribute, given)
    if attribute.collection and isinstance(old, list) and isinstance(new, list):
        return old if same_elements(attribute, old, new) else new
    return old if old is not None and is_empty(old) and is_empty(new) and not attribute.collection else new


def _given(attribute: Attribute, given: Any) -> Any:
    """An input as the plan takes it: an empty list is no list, unless having none is another thing than saying none."""
    return None if attribute.collection and given == [] and not attribute.computed else given


def _block(attribute: Attribute, old: Properties, given: Properties) -> Properties:
    """A block that is there before and after. A set in it is empty, not null, once anything in the block is set."""
    block = {name: _changed(inner, old.get(name), given.get(name)) for name, inner in attribute.fields.items()}
    if all(value is None for value in old.values()):
        return block
    return {name: [] if value is None and attribute.fields[name].collection else value for name, value in block.items()}


def _without_input(attribute: Attribute, old: Any) -> Any:
    if attribute.computed or attribute.use is Use.UNMODELLED:
        return old
    if attribute.default is not None:
        return attribute.default
    if means_nothing(attribute, old):
        return _block(attribute, old, {}) if attribute.single and attribute.fields and isinstance(old, dict) else old
    return [] if attribute.collection else None


def nothing(attribute: Attribute) -> Any:
    """How an absent value of the attribute shows: blocks that may repeat as an empty list, all else as null."""
    return [] if attribute.collection and attribute.fields else None


def is_empty(value: Any) -> bool:
    """Whether Terraform's SDK takes the value for unset: null, false, zero, the empty string or an empty collection."""
    return value is not UNKNOWN and not value


def means_nothing(attribute: Attribute, value: Any) -> bool:
    """Whether leaving the attribute out would ask for the same: it is empty, or a block of empties and defaults."""
    if attribute.single and isinstance(value, dict):
        return all(
            means_nothing(inner, value.get(name)) or value.get(name) == inner.default
            for name, inner in attribute.fields.items()
            if not attribute.weighed or name in attribute.weighed
        )
    return is_empty(value)
