"""Property values as the engine handles them: JSON values, and what JSON has no word for.

The kinds and their signatures are those of pulumi/pulumi, sdk/go/common/resource/properties.go and
sdk/go/common/resource/plugin/rpc.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""None, bool, int, float, str, list and dict of values, and the classes below."""
Properties: TypeAlias = dict[str, Value]

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature of the format, not a password
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

UNKNOWNS = {
    "bool": "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "number": "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "string": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "array": "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "asset": "030794c1-ac77-496b-92df-f27374a8bd58",
    "archive": "e48ece36-62e2-4504-bad9-02848725956a",
    "object": "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
}
UNKNOWN_STRING = UNKNOWNS["string"]


@dataclass(frozen=True)
class Unknown:
    """A value that is only known once something has been created; `kind` is one of `UNKNOWNS`."""

    kind: str = "string"


@dataclass(frozen=True)
class Secret:
    """A value that is never written down in clear."""

    element: Value

    def __repr__(self) -> str:
        return "[secret]"


@dataclass(frozen=True)
class Asset:
    """A file, a text or a URI whose content is a property; `content` has its `text`, `path` or `uri` and `hash`."""

    content: Mapping[str, Value]


@dataclass(frozen=True)
class Archive:
    """A folder, a file or a map of assets; `content` has its `assets`, `path` or `uri` and `hash`."""

    content: Mapping[str, Value]


@dataclass(frozen=True)
class Reference:
    """Another resource as a value. `id` is None for a component."""

    urn: str
    id: str | Unknown | None = None
    version: str = ""


@dataclass(frozen=True)
class Output:
    """A value with the URNs it came from, as programs, transforms and components pass them."""

    element: Value
    known: bool = True
    secret: bool = False
    dependencies: tuple[str, ...] = ()


def walk(value: Value) -> Iterator[Value]:
    """The value and everything inside it."""
    yield value
    if isinstance(value, (list, tuple)):
        for element in value:
            yield from walk(element)
    elif isinstance(value, dict):
        for element in value.values():
            yield from walk(element)
    elif isinstance(value, (Secret, Output)):
        yield from walk(value.element)
    elif isinstance(value, Archive):
        yield from walk(dict(value.content).get("assets"))
    elif isinstance(value, Reference):
        yield value.id


def mapped(value: Value, change: Callable[[Value], Value]) -> Value:
    """A copy in which `change` was applied to everything, innermost first."""
    if isinstance(value, list):
        value = [mapped(element, change) for element in value]
    elif isinstance(value, dict):
        value = {key: mapped(element, change) for key, element in value.items()}
    elif isinstance(value, Secret):
        value = Secret(mapped(value.element, change))
    elif isinstance(value, Output):
        value = replace(value, element=mapped(value.element, change))
    return change(value)


def contains_unknowns(value: Value) -> bool:
    """Whether anything inside is not yet known."""
    return any(isinstance(v, Unknown) or (isinstance(v, Output) and not v.known) for v in walk(value))


def contains_secrets(value: Value) -> bool:
    """Whether anything inside is secret."""
    return any(isinstance(v, Secret) or (isinstance(v, Output) and v.secret) for v in walk(value))


def dependencies_in(value: Value) -> set[str]:
    """The URNs that outputs inside the value came from."""
    return {urn for v in walk(value) if isinstance(v, Output) for urn in v.dependencies}


def without_outputs(value: Value) -> Value:
    """The value with every `Output` replaced by the plain, secret or unknown value it stands for."""

    def plain(v: Value) -> Value:
        if not isinstance(v, Output):
            return v
        element = v.element if v.known else Unknown()
        return Secret(element) if v.secret and not isinstance(element, Secret) else element

    return mapped(value, plain)


def without_secrets(value: Value) -> Value:
    """The value in clear, for comparing; never for showing."""
    return mapped(without_outputs(value), lambda v: v.element if isinstance(v, Secret) else v)


def equal(left: Value, right: Value) -> bool:
    """Whether two values are the same: True and 1 are not, 1 and 1.0 are, and so are null and a missing key."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return all(equal(left.get(key), right.get(key)) for key in left.keys() | right.keys())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, (Secret, Output)) and type(left) is type(right):
        return left == right or (
            equal(left.element, right.element) and replace(left, element=None) == replace(right, element=None)
        )
    if isinstance(left, (Asset, Archive)) and type(left) is type(right):
        return _same_content(left.content, right.content)
    return bool(left == right)


def _same_content(left: Mapping[str, Value], right: Mapping[str, Value]) -> bool:
    """Assets are compared by their hash, when both have one: the path they came from may have moved."""
    if left.get("hash") and right.get("hash"):
        return bool(left["hash"] == right["hash"])
    return equal(dict(left), dict(right))
