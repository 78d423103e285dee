"""Between the SDK's flat properties and Resource Manager's resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.providers.azure_native.resource_type import ResourceType
from rehearsal.providers.azure_native.shape import Kind, Property
from rehearsal.providers.values import UNKNOWN, Properties


def request_body(type_: ResourceType, inputs: Properties) -> dict[str, Any]:
    """The resource that a PUT writes: all that the inputs say, and nothing else."""
    body: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    for name, property_ in type_.inputs().items():
        if name in inputs:
            place = body if property_.top else properties
            place[property_.wire or name] = _sent(property_, inputs[name])
    if properties or not any(property_.top and name == "properties" for name, property_ in type_.properties.items()):
        body["properties"] = properties
    return body


def _sent(property_: Property, value: Any) -> Any:
    if property_.kind is Kind.OBJECT and isinstance(value, dict):
        return {
            (member.wire or name): _sent(member, value[name])
            for name, member in property_.members.items()
            if name in value
        }
    if property_.kind is Kind.OBJECTS and isinstance(value, list):
        element = Property(Kind.OBJECT, members=property_.members)
        return [_sent(element, each) for each in value]
    return value


def without_nulls(value: Any) -> Any:
    """A value without what is null in it: to say nothing and not to say anything is the same."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    return value


def outputs_of(type_: ResourceType, resource: Mapping[str, Any]) -> Properties:
    """What a resource tells, in the SDK's names; what is null is left out."""
    inner = resource.get("properties")
    properties = inner if isinstance(inner, Mapping) else {}
    outputs: Properties = {}
    for name, property_ in type_.outputs().items():
        place = resource if property_.top else properties
        told = _told(property_, place.get(property_.wire or name))
        if told is not None:
            outputs[name] = told
    return outputs


def _told(property_: Property, value: Any) -> Any:
    if property_.kind is Kind.OBJECT and isinstance(value, Mapping):
        told = {
            name: _told(member, value.get(member.wire or name))
            for name, member in property_.members.items()
            if member.output
        }
        return {name: each for name, each in told.items() if each is not None}
    if property_.kind is Kind.OBJECTS and isinstance(value, list):
        element = Property(Kind.OBJECT, members=property_.members)
        return [_told(element, each) for each in value]
    return value


def previewed_outputs(type_: ResourceType, inputs: Properties, old: Mapping[str, Any] | None) -> Properties:
    """What a preview knows of the outputs: the inputs, and of a resource that is updated its name and location.

    Everything else is unknown, even what no update ever changes; so whatever takes such an output previews as changed
    (`provider.go`, "inputs + a limited list of outputs that are universally immutable"; pulumi-azure-native#1080).
    """
    outputs = {name: _previewed(property_, inputs.get(name, UNKNOWN)) for name, property_ in type_.outputs().items()}
    if old is not None:
        outputs |= {name: old[name] for name in ("name", "location") if name in old and name in type_.shape}
    return outputs


def _previewed(property_: Property, value: Any) -> Any:
    if property_.kind is Kind.OBJECT and isinstance(value, dict):
        return {
            name: _previewed(member, value.get(name, UNKNOWN))
            for name, member in property_.members.items()
            if member.output
        }
    if property_.kind is Kind.OBJECTS and isinstance(value, list):
        element = Property(Kind.OBJECT, members=property_.members)
        return [_previewed(element, each) for each in value]
    return value


def as_inputs(type_: ResourceType, outputs: Mapping[str, Any]) -> Properties:
    """The outputs that could have been inputs."""
    return {name: _as_input(property_, outputs[name]) for name, property_ in type_.inputs().items() if name in outputs}


def _as_input(property_: Property, value: Any) -> Any:
    if property_.kind is Kind.OBJECT and isinstance(value, dict):
        return {
            name: _as_input(member, value[name])
            for name, member in property_.members.items()
            if member.input and name in value
        }
    if property_.kind is Kind.OBJECTS and isinstance(value, list):
        element = Property(Kind.OBJECT, members=property_.members)
        return [_as_input(element, each) for each in value]
    return value


def refreshed_inputs(type_: ResourceType, inputs: Properties, old: Properties, read: Properties) -> Properties:
    """The inputs with what has changed in Azure since the state was written, and nothing that was only filled in."""
    return _merged(inputs, as_inputs(type_, old), as_inputs(type_, read))


def _merged(inputs: Properties, before: Properties, now: Properties) -> Properties:
    merged = dict(inputs)
    for name in {*before, *now}:
        if before.get(name) == now.get(name):
            continue
        if name not in now:
            merged.pop(name, None)
        elif all(isinstance(each.get(name), dict) for each in (before, now, merged)):
            merged[name] = _merged(merged[name], before[name], now[name])
        else:
            merged[name] = now[name]
    return merged


def imported_inputs(type_: ResourceType, resource_id: str, read: Properties) -> Properties:
    """Inputs for a resource that the state knows nothing of: its path, and what it tells, without what is empty."""
    return {**_without_empty(as_inputs(type_, read)), **type_.parameters_of(resource_id)}


def _without_empty(values: Properties) -> Properties:
    kept = {name: _without_empty(value) if isinstance(value, dict) else value for name, value in values.items()}
    return {name: value for name, value in kept.items() if value not in ({}, [])}
