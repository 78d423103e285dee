"""A resource as Pulumi writes it into previews and states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from access.urn import Urn, parse

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What a preview writes for a value that only `up` will know (pulumi, `sdk/go/common/resource/plugin/rpc.go`,
`UnknownStringValue`)."""
SECRET = "[secret]"  # noqa: S105 - the mask, not a secret
"""What a preview writes for a secret."""
_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks an encrypted secret in a state (pulumi, `resource.SigKey`)."""


@dataclass(frozen=True)
class Resource:
    """One resource, before or after a change."""

    urn: str
    id: str | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    """URNs."""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each input, the URNs of the resources that its value comes from."""
    custom: bool = True
    """False for a component and the stack itself: nothing of the kind exists in Azure."""
    external: bool = False
    """Read, not managed: it is neither created nor deleted."""
    retained: bool = False
    """Its deletion is left out (`retain_on_delete`)."""
    gone: bool = False
    """In a state: deleted already, or about to be, whatever the program says."""
    parent: str | None = None
    """The URN of what it is part of."""

    @cached_property
    def name(self) -> Urn:
        """The parts of its URN."""
        found = parse(self.urn)
        if found is None:
            message = f"a URN was not checked: {self.urn!r}"
            raise AssertionError(message)
        return found

    @property
    def type(self) -> str:
        """Such as `azuread:index/application:Application`."""
        return self.name.type

    def input(self, *path: str) -> Any:
        """Returns the value at `path` in the inputs; None if it is not there or not known."""
        return _at(self.inputs, path)

    def output(self, *path: str) -> Any:
        """Returns the value at `path` in the outputs; None if it is not there or not known."""
        return _at(self.outputs, path)


def is_known(value: Any) -> bool:
    """Whether a value can be read: neither unknown nor secret, and nothing inside it is."""
    if isinstance(value, Mapping):
        return _SIGNATURE not in value and all(is_known(item) for item in value.values())
    if isinstance(value, list):
        return all(is_known(item) for item in value)
    return value not in (UNKNOWN, SECRET)


def text(value: Any) -> str | None:
    """Returns `value` if it is a text with something in it."""
    return value if isinstance(value, str) and value else None


def has_unknown(value: Any) -> bool:
    """Whether a value, or anything inside it, will be known only after `up`."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return bool(value == UNKNOWN)


def _at(properties: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        if not isinstance(properties, Mapping):
            return None
        properties = properties.get(part)
    return properties if properties is not None and is_known(properties) else None
