"""A resource as a rule sees it: the inputs it is about to be created or updated with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from access.urn import logical_name, parse

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands for a value that only `up` will know (pulumi, `sdk/go/common/resource/plugin/rpc.go`)."""


@dataclass(frozen=True)
class Resource:
    """One resource of a stack."""

    urn: str
    properties: Mapping[str, Any]
    """Inputs by Pulumi's name of them (`httpsOnly`) and, where they are known, outputs under names that no input has:
    an output can be what Azure fills in, and no rule is about that. Unknown values are UNKNOWN."""
    protected: bool = False
    """Whether it may be deleted (`protect`)."""
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each input, the URNs of the resources that its value comes from; only rules over a whole stack need it."""

    @property
    def type(self) -> str:
        """Such as `azure-native:web:WebApp`, without an API version and the types of parents."""
        parts = parse(self.urn)
        return parts.type if parts else ""

    @property
    def name(self) -> str:
        """What the program calls it."""
        return logical_name(self.urn)

    def value(self, *path: str) -> Any:
        """Returns the property at `path`, None if it is not set, UNKNOWN if it or what holds it is not known yet."""
        found: Any = self.properties
        for part in path:
            if found == UNKNOWN:
                return UNKNOWN
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def items(self, *path: str) -> Iterator[Mapping[str, Any]]:
        """Goes through the objects of the list at `path`, as far as they are known."""
        yield from objects(self.value(*path))

    def texts(self, *path: str) -> Iterator[str]:
        """Goes through the texts of the list at `path`, or the text there, as far as they are known."""
        found = self.value(*path)
        values = found if isinstance(found, list) else [found]
        yield from (value for value in values if isinstance(value, str) and value != UNKNOWN)


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Goes through the objects of a list, as far as they are known; there are none in what is no list."""
    yield from (item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else ()


class Stack:
    """All resources of one stack."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        """Takes the resources in any order."""
        self.resources = tuple(resources)
        self._by_urn = {resource.urn: resource for resource in self.resources}

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Goes through the resources of these types."""
        yield from (resource for resource in self.resources if resource.type in types)

    def sources(self, resource: Resource, name: str) -> Iterator[Resource]:
        """Goes through the resources that an input's value comes from."""
        for urn in resource.sources.get(name, ()):
            if urn in self._by_urn:
                yield self._by_urn[urn]
