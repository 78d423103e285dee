"""URNs: the names by which resources are known across runs.

Format (pulumi/pulumi, sdk/go/common/resource/urn): `urn:pulumi:<stack>::<project>::<parent types$><type>::<name>`.
"""

from __future__ import annotations

PREFIX = "urn:pulumi:"
ROOT_STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_TYPE_PREFIX = "pulumi:providers:"


def create(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The URN of a resource; `parent` is its parent's URN or "" (the root stack counts as no parent)."""
    parents = qualified_type(parent) if parent else ""
    if parents and parents != ROOT_STACK_TYPE:
        type_ = f"{parents}${type_}"
    return f"{PREFIX}{stack}::{project}::{type_}::{name}"


def is_valid(urn: str) -> bool:
    """Whether a text has the four parts of a URN."""
    return urn.startswith(PREFIX) and urn.count("::") >= 3


def stack_of(urn: str) -> str:
    """The name of the stack it is in."""
    return urn.removeprefix(PREFIX).split("::", 1)[0]


def qualified_type(urn: str) -> str:
    """The type with the types of its parents, joined by `$`."""
    return urn.split("::", 3)[2]


def type_of(urn: str) -> str:
    """The resource's own type token, as `azuread:index/application:Application`."""
    return qualified_type(urn).rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    """The name the program gave the resource."""
    return urn.split("::", 3)[3]


def quoted(urn: str) -> str:
    """The URN as an argument on a shell's command line."""
    return f"'{urn}'"


def is_provider_type(type_: str) -> bool:
    """Whether resources of this type are providers."""
    return type_.startswith(PROVIDER_TYPE_PREFIX)


def package_of(type_: str) -> str:
    """The package that a type token or an invoke's token belongs to."""
    if is_provider_type(type_):
        return type_.removeprefix(PROVIDER_TYPE_PREFIX)
    return type_.split(":", 1)[0]


def reference(urn: str, id_: str) -> str:
    """How resources refer to a provider: its URN and id."""
    return f"{urn}::{id_}"


def parse_reference(reference_: str) -> tuple[str, str]:
    """A provider reference's URN and id.

    Raises ValueError when it is not `<urn>::<id>`.
    """
    urn, separator, id_ = reference_.rpartition("::")
    if not separator or not is_valid(urn):
        raise ValueError(f"expected a provider reference like urn:pulumi:…::id, got {reference_!r}")
    return urn, id_
