"""What a resource of the azuread package takes and gives: the shapes that check, plan and diff work on.

The shapes are those of terraform-provider-azuread, whose schema decides defaults, replacement and what a preview
knows; names are Pulumi's. `terraform` is the attribute's name there, which error messages quote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Kind(Enum):
    """The type of an attribute's value."""

    STRING = "string"
    BOOL = "bool"
    INT = "int"
    MAP = "map"  # of strings
    LIST = "list"
    SET = "set"  # a list whose order means nothing


class Use(Enum):
    """Who gives an attribute its value."""

    REQUIRED = "required"
    OPTIONAL = "optional"  # absent means empty
    KEPT = "optional and computed"  # absent means: as it is
    COMPUTED = "computed"
    UNMODELLED = "unmodelled"  # the real provider takes it, this one refuses it
    UNMODELLED_KEPT = "unmodelled and computed"


Rule = Callable[[str, Any], "str | None"]
"""A value's validation: from its Terraform path and the value to what is wrong with it, or None."""


@dataclass(frozen=True)
class Attribute:
    """One attribute. `fields` are those of a nested block; `single` is a list of at most one block, which Pulumi shows
    as that block itself; leaving it out means a change only if one of its fields `weighed`, by default any, says
    something. Changing a `force_new` attribute replaces the resource.
    """

    kind: Kind
    use: Use = Use.OPTIONAL
    terraform: str = ""
    default: Any = None
    force_new: bool = False
    fields: Mapping[str, Attribute] = field(default_factory=dict)
    single: bool = False
    weighed: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()  # of the value, or of each element of a list or set of strings
    conflicts: tuple[str, ...] = ()  # Terraform names of attributes that exclude this one
    most: int = 0  # elements of a list; 0 is any number
    secret: bool = False  # leaves the provider marked as secret

    @property
    def configurable(self) -> bool:
        """Whether a program may set it."""
        return self.use in (Use.REQUIRED, Use.OPTIONAL, Use.KEPT)

    @property
    def computed(self) -> bool:
        """Whether the service gives it a value when the program does not."""
        return self.use in (Use.KEPT, Use.COMPUTED, Use.UNMODELLED_KEPT)

    @property
    def collection(self) -> bool:
        """Whether Pulumi shows it as a list."""
        return self.kind in (Kind.LIST, Kind.SET) and not self.single


Schema = Mapping[str, Attribute]


def terraform_name(name: str, attribute: Attribute) -> str:
    """The attribute's name in Terraform: its own, else Pulumi's name in snake case."""
    return attribute.terraform or re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def string(
    use: Use = Use.OPTIONAL,
    *rules: Rule,
    force_new: bool = False,
    default: str | None = None,
    secret: bool = False,
) -> Attribute:
    """A string."""
    return Attribute(Kind.STRING, use, rules=rules, force_new=force_new, default=default, secret=secret)


def boolean(use: Use = Use.OPTIONAL, *, default: bool | None = None, conflicts: tuple[str, ...] = ()) -> Attribute:
    """A boolean."""
    return Attribute(Kind.BOOL, use, default=default, conflicts=conflicts)


def strings(use: Use = Use.OPTIONAL, *rules: Rule, ordered: bool = False, most: int = 0) -> Attribute:
    """A set of strings, or a list of them when their order matters."""
    return Attribute(Kind.LIST if ordered else Kind.SET, use, rules=rules, most=most)


def block(fields: Schema, *, weighed: tuple[str, ...] = ()) -> Attribute:
    """At most one nested block."""
    return Attribute(Kind.LIST, fields=fields, single=True, weighed=weighed)


def blocks(fields: Schema, use: Use = Use.OPTIONAL, *, terraform: str = "", ordered: bool = False) -> Attribute:
    """Any number of nested blocks."""
    return Attribute(Kind.LIST if ordered else Kind.SET, use, terraform, fields=fields)


def string_map() -> Attribute:
    """A computed map from names to ids."""
    return Attribute(Kind.MAP, Use.COMPUTED)


def unmodelled(
    kind: Kind = Kind.STRING, *, single: bool = False, kept: bool = False, force_new: bool = False
) -> Attribute:
    """An attribute of the real provider that programs cannot set here; it is part of the outputs. `kept` is one that
    the service gives a value to.
    """
    return Attribute(kind, Use.UNMODELLED_KEPT if kept else Use.UNMODELLED, single=single, force_new=force_new)
