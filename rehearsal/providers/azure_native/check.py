"""What Check finds wrong with inputs, in the real provider's words (pulumi-azure-native, `provider.go`, validateType).

The real provider drops properties that it does not know without a word. This one names them: in a rehearsal a
property that has no effect has to be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.providers.azure_native.resource_type import ResourceType
from rehearsal.providers.azure_native.shape import Kind, Property
from rehearsal.providers.values import Properties, Unknown

MISSING_LOCATION = (
    "missing required property 'location'. Either set it explicitly or configure it with "
    "'pulumi config set azure-native:location <value>'."
)


def faults(type_: ResourceType, inputs: Properties) -> list[str]:
    """Every fault of the inputs. What is unknown in a preview is not looked at."""
    return list(_faults(type_, inputs))


def _faults(type_: ResourceType, inputs: Properties) -> Iterator[str]:
    for parameter in type_.parameters:
        if parameter not in inputs:
            yield f"missing required property '{parameter}'"
        else:
            rule = type_.name_rule if parameter == type_.parameters[-1] else Property(Kind.TEXT)
            yield from _value_faults(parameter, rule, inputs[parameter])
    body = {
        name: value
        for name, value in inputs.items()
        if name not in type_.parameters and name != "azureApiVersion" and not name.startswith("__")
    }
    if inputs.get("azureApiVersion") not in (None, type_.api_version):
        yield (
            f"'azureApiVersion' is {inputs['azureApiVersion']!r}, but the rehearsal's azure-native provider has "
            f"{type_.token} in version {type_.api_version} only"
        )
    yield from _member_faults("", type_.inputs(), body, type_.token)


def _member_faults(path: str, members: Mapping[str, Property], values: Properties, owner: str) -> Iterator[str]:
    for name, member in members.items():
        if member.required and member.input and name not in values:
            yield MISSING_LOCATION if f"{path}{name}" == "location" else f"missing required property '{path}{name}'"
    for name, value in values.items():
        known = members.get(name)
        if known is None or not known.input:
            yield f"'{path}{name}' is no input of {owner} that the rehearsal's azure-native provider knows"
        else:
            yield from _value_faults(f"{path}{name}", known, value)


def _value_faults(path: str, rule: Property, value: Any) -> Iterator[str]:
    if isinstance(value, Unknown) or rule.kind in (Kind.ANYTHING, Kind.MAP, Kind.BOOLEAN):
        return
    if isinstance(value, list):
        if rule.kind is Kind.OBJECTS:
            for position, element in enumerate(value):
                if isinstance(element, dict):
                    yield from _member_faults(f"{path}[{position}].", rule.members, element, f"'{path}'")
        elif rule.kind is not Kind.LIST:
            yield f"'{path}' should be of type '{rule.kind.value}' but got an array"
        return
    if isinstance(value, str):
        if rule.kind is Kind.TEXT:
            yield from _text_faults(path, rule, value)
        else:
            yield f"'{path}' should be of type '{rule.kind.value}' but got a string"
    elif isinstance(value, bool):
        return
    elif isinstance(value, int | float):
        if rule.kind not in (Kind.NUMBER, Kind.INTEGER):
            yield f"'{path}' should be of type '{rule.kind.value}' but got a number"
        elif rule.kind is Kind.INTEGER and not isinstance(value, int):
            yield f"'{path}' must be an integer but got {value:f}"
    elif isinstance(value, dict) and rule.kind is Kind.OBJECT:
        yield from _member_faults(f"{path}.", rule.members, value, f"'{path}'")


def _text_faults(path: str, rule: Property, value: str) -> Iterator[str]:
    if rule.least is not None and len(value) < rule.least:
        yield f"'{path}' is too short ({len(value)}): at least {rule.least} characters required"
    if rule.most is not None and len(value) > rule.most:
        yield f"'{path}' is too long ({len(value)}): at most {rule.most} characters allowed"
    if rule.pattern and not re.search(rule.pattern, value):
        yield f"'{path}' does not match expression '{rule.pattern}'"
