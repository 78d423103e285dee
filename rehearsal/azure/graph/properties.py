"""Bodies of Graph requests checked against the properties that a resource has.

A shape maps each writable property to what its value may be: a simple kind, a shape of its own (a complex value), or a
list holding one of either (a collection). Everything may be null, as in the service's own model, unless a resource's
rules say otherwise.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from rehearsal.azure.graph.refusals import bad_request, invalid_value

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Kind(Enum):
    """A simple value."""

    TEXT = "text"
    FLAG = "true or false"
    NUMBER = "whole number"
    GUID = "guid"
    ANYTHING = "kept as it is"


Shape = Mapping[str, Any]


def read(resource: str, shape: Shape, body: Any) -> dict[str, Any]:
    """The properties a body sets, checked; annotations (`@odata.…`) are left out.

    Raises Graph's 400 for a body that is no object, a property the resource does not have, and a value of another type.
    """
    if not isinstance(body, dict):
        raise bad_request(f"The request body must be a JSON object that describes a {resource}.")
    return _complex(resource, shape, body, "")


def is_guid(value: object) -> bool:
    """Whether a value is the text form of a GUID."""
    return isinstance(value, str) and bool(_GUID.fullmatch(value))


def merge(before: Mapping[str, Any], change: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """An object after a PATCH: complex values merge, simple values and collections are replaced (Microsoft Graph
    documentation, "Update application": omitted properties keep their values).
    """
    after = dict(before)
    for name, value in change.items():
        inner = shape.get(name)
        if isinstance(inner, Mapping) and isinstance(value, dict) and isinstance(before.get(name), dict):
            after[name] = merge(before[name], value, inner)
        else:
            after[name] = value
    return after


def with_defaults(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, with the default for null: a collection or a complex value is emptied by null, never null."""
    filled = {}
    for name, value in given.items():
        default: Any = defaults.get(name)
        if isinstance(value, dict) and isinstance(default, Mapping):
            filled[name] = with_defaults(value, default)
        else:
            filled[name] = value if value is not None else copy.deepcopy(default)
    return filled


def complete(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """A whole object: what is given over the defaults, complex values merged."""
    whole = copy.deepcopy(dict(defaults))
    for name, value in with_defaults(given, defaults).items():
        inner = whole.get(name)
        whole[name] = complete(value, inner) if isinstance(value, dict) and isinstance(inner, dict) else value
    return whole


def _complex(resource: str, shape: Shape, value: dict[str, Any], path: str) -> dict[str, Any]:
    checked = {}
    for name, item in value.items():
        if "@odata." in name:
            continue
        if name not in shape:
            raise bad_request(f"Invalid property '{path}{name}'.")
        checked[name] = _value(resource, shape[name], item, f"{path}{name}")
    return checked


def _value(resource: str, expected: Any, value: Any, path: str) -> Any:
    if value is None:
        return None
    if isinstance(expected, Mapping):
        if not isinstance(value, dict):
            raise invalid_value(path, resource)
        return _complex(resource, expected, value, f"{path}/")
    if isinstance(expected, list):
        if not isinstance(value, list) or any(item is None for item in value):
            raise invalid_value(path, resource)
        return [_value(resource, expected[0], item, path) for item in value]
    if not _fits(expected, value):
        raise invalid_value(path, resource)
    return value.lower() if expected is Kind.GUID else value


def _fits(expected: Kind, value: Any) -> bool:
    if expected is Kind.TEXT:
        return isinstance(value, str)
    if expected is Kind.FLAG:
        return isinstance(value, bool)
    if expected is Kind.NUMBER:
        return isinstance(value, int) and not isinstance(value, bool)
    if expected is Kind.GUID:
        return is_guid(value)
    return True
