"""The inputs that belong to a state that was read: after a refresh, and for a resource that is imported.

As `ExtractInputsFromOutputs` of pulumi-terraform-bridge (`pkg/tfbridge/schema.go`): a refresh renews the values of the
inputs there are and adds none; an import takes every attribute a program could set and has to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.azuread.check import DEFAULTS
from rehearsal.providers.azuread.schema import Attribute, Kind, Schema, Use
from rehearsal.providers.values import Properties


def refreshed_inputs(schema: Schema, inputs: Properties, read: Properties) -> Properties:
    """The inputs with the values that were read; what a default gave stays marked so unless it changed."""
    result: Properties = {}
    defaults = list(inputs.get(DEFAULTS) or [])
    for name, given in inputs.items():
        if name == DEFAULTS or name not in read:
            continue
        result[name] = _refreshed(schema.get(name), given, read[name])
        if name in defaults and result[name] != given:
            defaults.remove(name)
    if DEFAULTS in inputs:
        result[DEFAULTS] = defaults
    return result


def _refreshed(attribute: Attribute | None, given: Any, read: Any) -> Any:
    if attribute is None or not attribute.fields:
        if isinstance(given, list) and isinstance(read, list):
            return read[: len(given)]
        return read
    if isinstance(given, Mapping) and isinstance(read, Mapping):
        return refreshed_inputs(attribute.fields, dict(given), dict(read))
    if isinstance(given, list) and isinstance(read, list):
        places = _matched(given, read) if attribute.kind is Kind.SET else {i: i for i in range(len(read))}
        return [
            refreshed_inputs(attribute.fields, element, read[places[index]])
            for index, element in enumerate(given)
            if index in places
        ]
    return read


def _matched(given: list[Any], read: list[Any]) -> dict[int, int]:
    """For each given element the one read that is most like it, best matches first, each used once."""
    scores = sorted(
        (
            (-sum(1 + 2 * (value == other[key]) for key, value in element.items() if key in other), i, j)
            for i, element in enumerate(given)
            for j, other in enumerate(read)
        ),
    )
    places: dict[int, int] = {}
    for _, i, j in scores:
        if i not in places and j not in places.values():
            places[i] = j
    return places


def imported_inputs(schema: Schema, read: Properties) -> Properties:
    """The inputs a program needs for what was read: required ones, and others that are neither empty nor default."""
    result: Properties = {DEFAULTS: []}
    for name, attribute in schema.items():
        if not attribute.configurable:
            continue
        value = _imported(attribute, read.get(name))
        default = attribute.default
        plain_value = value == default if default is not None else not value or value == {DEFAULTS: []}
        if attribute.use is Use.REQUIRED or not plain_value:
            result[name] = value
    return result


def _imported(attribute: Attribute, value: Any) -> Any:
    if attribute.fields and isinstance(value, Mapping):
        return imported_inputs(attribute.fields, dict(value))
    if attribute.fields and isinstance(value, list):
        return [imported_inputs(attribute.fields, element) for element in value]
    return value
