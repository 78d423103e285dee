"""URNs: how Pulumi names a resource of a stack."""

from __future__ import annotations

import re
from typing import NamedTuple

_VERSIONED = re.compile(r"azure-native:(\w+)/v\w+:(\w+)")


class Urn(NamedTuple):
    """The parts of `urn:pulumi:STACK::PROJECT::PARENT_TYPE$TYPE::NAME` (Pulumi documentation, "Resource names")."""

    stack: str
    project: str
    type: str
    """Without the types of its parents, and without azure-native's API version: `azure-native:web:WebApp`."""
    name: str


def logical_name(urn: str) -> str:
    """Returns the name that the program gave a resource; the whole text if it is no URN."""
    parts = parse(urn)
    return parts.name if parts else urn


def parse(urn: str) -> Urn | None:
    """Returns the parts of a URN, or None if the text is no URN."""
    parts = urn.split("::", 3)
    if len(parts) != 4 or not parts[0].startswith("urn:pulumi:"):
        return None
    kind = parts[2].rpartition("$")[2]
    versioned = _VERSIONED.fullmatch(kind)
    if versioned:
        kind = f"azure-native:{versioned[1]}:{versioned[2]}"
    return Urn(parts[0].removeprefix("urn:pulumi:"), parts[1], kind, parts[3])
