"""Property schemas: which properties a resource has, and of what kind each is.

Providers read names and enumerated values without regard to case, answer in their own casing, and ignore properties
they do not know.
"""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

Kind = type[bool] | type[int] | type[str] | type[dict[str, Any]] | type[list[Any]] | tuple[str, ...]
Schema = Mapping[str, Kind]


def read(given: Mapping[str, Any], schema: Schema, wrong: Callable[[str, Any, str], NoReturn]) -> dict[str, Any]:
    """The known properties of a request in the provider's casing; null stands for "not given".

    Args:
        given: `properties` as sent.
        schema: names and kinds; a tuple lists the allowed values of an enumeration.
        wrong: called with name, value and what is allowed for a property of another kind; raises the provider's error.
    """
    names = {name.lower(): name for name in schema}
    values: dict[str, Any] = {}
    for key, value in given.items():
        name = names.get(key.lower())
        if name is None or value is None:
            continue
        kind = schema[name]
        if isinstance(kind, tuple):
            value = _enumerated(name, value, kind, wrong)
        elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            wrong(name, value, _NAMES[kind])
        values[name] = value
    return values


def _enumerated(name: str, value: Any, allowed: tuple[str, ...], wrong: Callable[[str, Any, str], NoReturn]) -> str:
    found = next((one for one in allowed if isinstance(value, str) and one.lower() == value.lower()), None)
    if found is None:
        wrong(name, value, ", ".join(allowed))
    return found


_NAMES: dict[type, str] = {bool: "boolean", int: "integer", str: "string", dict: "object", list: "array"}
