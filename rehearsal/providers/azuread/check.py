"""Check: what a program gave becomes the inputs of the state, or the list of what is wrong with it.

As the bridge's `Check` (pulumi-terraform-bridge, `pkg/tfbridge/provider.go`): defaults are written out and listed in
`__defaults` of each object, nulls are dropped, and every failure says where to look.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.providers.azuread.schema import Attribute, Kind, Schema, Use, terraform_name
from rehearsal.providers.values import UNKNOWN, Properties

DEFAULTS: Final = "__defaults"
_SHAPES: Final = {Kind.MAP: "map", Kind.LIST: "list", Kind.SET: "set"}


@dataclass(frozen=True)
class Place:
    """Where a value stands: in Terraform's words (`api.0.requested_access_token_version`) and in the program's.

    Elements of a set have no place of their own in the program, so what is inside one is shown as the set.
    """

    terraform: str = ""
    shown: str = ""
    in_set: bool = False

    def attribute(self, name: str, attribute: Attribute) -> Place:
        """The place of an attribute below this one."""
        return self._below(terraform_name(name, attribute), name)

    def key(self, name: str) -> Place:
        """The place of a key that is no attribute."""
        return self._below(name, name)

    def element(self, index: int, attribute: Attribute) -> Place:
        """The place of an element of this attribute."""
        hidden = attribute.single or self.in_set or attribute.kind is Kind.SET
        shown = self.shown if hidden else f"{self.shown}[{index}]"
        return Place(f"{self.terraform}.{index}", shown, self.in_set or (attribute.kind is Kind.SET))

    def _below(self, terraform: str, shown: str) -> Place:
        return Place(
            f"{self.terraform}.{terraform}" if self.terraform else terraform,
            self.shown if self.in_set else f"{self.shown}.{shown}" if self.shown else shown,
            self.in_set,
        )


def checked(schema: Schema, inputs: Properties) -> Properties:
    """The inputs with defaults, without nulls. Values of a wrong shape stay as they are: `failures` names them."""
    result: Properties = {key: value for key, value in inputs.items() if value is not None and key != DEFAULTS}
    applied = []
    for name, attribute in schema.items():
        # The bridge writes out a default only when it differs from what Terraform takes an absent value for.
        if name not in result and attribute.configurable and attribute.default:
            result[name] = attribute.default
            applied.append(name)
        elif name in result:
            result[name] = _checked_value(attribute, result[name])
    result[DEFAULTS] = sorted(applied)
    return result


def _checked_value(attribute: Attribute, value: Any) -> Any:
    if attribute.single and isinstance(value, dict):
        return checked(attribute.fields, value)
    if attribute.fields and isinstance(value, list):
        return [checked(attribute.fields, element) if isinstance(element, dict) else element for element in value]
    if attribute.kind is Kind.STRING and isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if attribute.kind is Kind.BOOL and value in ("true", "false"):
        return value == "true"
    return value


@dataclass(frozen=True)
class Wrong:
    """One fault of some inputs."""

    place: Place
    summary: str
    detail: str = ""


def failures(schema: Schema, resource: str, inputs: Properties) -> list[str]:
    """Everything that is wrong with a resource's checked inputs, each sentence with the place to look at."""
    return [
        f"{'. '.join(filter(None, (wrong.summary, wrong.detail)))}. Examine values at '{resource}.{wrong.place.shown}'."
        for wrong in wrongs(schema, inputs, Place())
    ]


def wrongs(schema: Schema, inputs: Properties, place: Place) -> Iterator[Wrong]:
    """Every fault with its place."""
    for name in sorted(inputs.keys() - schema.keys() - {DEFAULTS}):
        yield Wrong(place.key(name), "Invalid or unknown key")
    for name, attribute in schema.items():
        here = place.attribute(name, attribute)
        if name in inputs and inputs[name] is not None:
            yield from _wrongs_of(attribute, inputs[name], here)
        elif attribute.use is Use.REQUIRED:
            detail = f'The argument "{here.terraform}" is required, but no definition was found.'
            yield Wrong(here, "Missing required argument", detail)
    by_terraform_name = {terraform_name(name, attribute): name for name, attribute in schema.items()}
    for name, attribute in schema.items():
        for other in attribute.conflicts:
            if name in inputs and by_terraform_name.get(other) in inputs:
                detail = f'"{terraform_name(name, attribute)}": conflicts with {other}'
                yield Wrong(place.attribute(name, attribute), "Conflicting configuration arguments", detail)


def _wrongs_of(attribute: Attribute, value: Any, place: Place) -> Iterator[Wrong]:
    if attribute.use in (Use.UNMODELLED, Use.UNMODELLED_KEPT):
        yield Wrong(
            place, "The rehearsal's azuread provider does not model this property (rehearsal/providers/LIMITATIONS.md)"
        )
    elif not attribute.configurable:
        detail = f'Can\'t configure a value for "{place.terraform}"'
        yield Wrong(place, "Value for unconfigurable attribute", detail)
    elif value is UNKNOWN:
        return
    elif attribute.single:
        yield from _wrongs_of_elements(attribute, [value], place)
    elif attribute.collection and isinstance(value, list):
        if attribute.most and len(value) > attribute.most:
            detail = f"Attribute {place.terraform} supports {attribute.most} item maximum, but config has {len(value)}"
            yield Wrong(place, "Too many list items", f"{detail} declared.")
        yield from _wrongs_of_elements(attribute, value, place)
    elif attribute.collection:
        yield _misshapen(place, _SHAPES[attribute.kind])
    else:
        yield from _wrongs_of_scalar(attribute, value, place)


def _wrongs_of_elements(attribute: Attribute, elements: list[Any], place: Place) -> Iterator[Wrong]:
    for index, element in enumerate(elements):
        here = place.element(index, attribute)
        if element is UNKNOWN:
            continue
        if not attribute.fields:
            yield from _wrongs_of_scalar(attribute, element, here)
        elif isinstance(element, dict):
            yield from wrongs(attribute.fields, element, here)
        else:
            yield _misshapen(here, "object")


def _wrongs_of_scalar(attribute: Attribute, value: Any, place: Place) -> Iterator[Wrong]:
    expected = {Kind.BOOL: bool, Kind.INT: int}.get(attribute.kind, str)
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        yield _misshapen(place, {bool: "a bool", int: "a number"}.get(expected, "string"))
        return
    yield from (Wrong(place, reason) for rule in attribute.rules if (reason := rule(place.terraform, value)))


def _misshapen(place: Place, required: str) -> Wrong:
    return Wrong(place, f'Inappropriate value for attribute "{place.terraform}": {required} required')
