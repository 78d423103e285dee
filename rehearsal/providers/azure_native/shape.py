"""The shapes of resource types: which properties there are, what they are called in Resource Manager, who sets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum


class Kind(Enum):
    """What a property's value is. Maps and anything are passed on as they are."""

    TEXT = "string"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    OBJECT = "object"
    OBJECTS = "array of objects"
    LIST = "array"
    MAP = "map"
    ANYTHING = "anything"


@dataclass(frozen=True)
class Property:
    """One property. `wire` is its name in Resource Manager where that differs from the SDK's."""

    kind: Kind
    wire: str = ""
    members: Mapping[str, Property] = field(default_factory=dict)
    """Of an object, or of each object in an array."""
    key: str = ""
    """The member by which elements of an array belong together (`x-ms-identifiers`); "" compares by position."""
    top: bool = False
    """Beside `properties` in the resource, not inside it; only for properties of the resource itself."""
    required: bool = False
    force_new: bool = False
    """A change replaces the resource."""
    input: bool = True
    output: bool = True
    pattern: str = ""
    least: int | None = None
    """Length of a text."""
    most: int | None = None


TEXT = Property(Kind.TEXT)
NUMBER = Property(Kind.NUMBER)
INTEGER = Property(Kind.INTEGER)
BOOLEAN = Property(Kind.BOOLEAN)
LIST = Property(Kind.LIST)
MAP = Property(Kind.MAP)
ANYTHING = Property(Kind.ANYTHING)


def named(wire: str, property_: Property) -> Property:
    """The property under another name in Resource Manager."""
    return replace(property_, wire=wire)


def top(property_: Property) -> Property:
    """The property beside `properties`."""
    return replace(property_, top=True)


def required(property_: Property) -> Property:
    """The property, which has to be given."""
    return replace(property_, required=True)


def force_new(property_: Property) -> Property:
    """The property, which can't be changed in place."""
    return replace(property_, force_new=True)


def read_only(property_: Property) -> Property:
    """The property, which Azure alone sets."""
    return replace(property_, input=False)


def write_only(property_: Property) -> Property:
    """The property, which Azure never tells."""
    return replace(property_, output=False)


def object_of(**members: Property) -> Property:
    """An object with these members."""
    return Property(Kind.OBJECT, members=members)


def objects_of(key: str = "", /, **members: Property) -> Property:
    """An array of objects with these members, matched by the member `key` if there is one."""
    return Property(Kind.OBJECTS, members=members, key=key)


def texts(*names: str) -> dict[str, Property]:
    """Plain texts of these names."""
    return dict.fromkeys(names, TEXT)


def booleans(*names: str) -> dict[str, Property]:
    """Plain booleans of these names."""
    return dict.fromkeys(names, BOOLEAN)


def integers(*names: str) -> dict[str, Property]:
    """Plain integers of these names."""
    return dict.fromkeys(names, INTEGER)


def only_read(**properties: Property) -> dict[str, Property]:
    """Properties that Azure alone sets."""
    return {name: read_only(property_) for name, property_ in properties.items()}
