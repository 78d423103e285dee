"""Rules: what may not be, with a name to configure it by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from policy.resource import Resource, Stack

Settings = Mapping[str, Any]
"""What a rule is configured with, by the names in its `settings`."""


@dataclass(frozen=True)
class Setting:
    """One thing that a rule can be told, as JSON Schema describes it."""

    description: str
    schema: Mapping[str, Any]
    default: Any


def texts(description: str, *default: str) -> Setting:
    """A setting that is a list of texts."""
    return Setting(description, {"type": "array", "items": {"type": "string"}}, list(default))


DEVELOPMENT_STACKS = texts("Stacks on which it is allowed; * stands for anything.", "dev", "dev-*")
"""The default is what the program's own settings accept (`components/developer_client.py`)."""


@dataclass(frozen=True)
class Question:
    """What a rule is asked: about which stack, with which settings."""

    stack: str
    settings: Settings

    def is_among(self, setting: str) -> bool:
        """Whether the stack is in the list that `setting` holds; `*` in a name stands for anything."""
        return any(fnmatchcase(self.stack, name) for name in self.settings[setting])


@dataclass(frozen=True)
class ResourceRule:
    """A rule about one resource alone: it is checked before each is created or updated."""

    name: str
    description: str
    check: Callable[[Resource, Question], Iterator[str]]
    """Yields a sentence for each violation: what is wrong, with the value, and what to do."""
    settings: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True)
class StackRule:
    """A rule about a whole stack: it is checked when all resources are known."""

    name: str
    description: str
    check: Callable[[Stack, Question], Iterator[tuple[Resource, str]]]
    settings: Mapping[str, Setting] = field(default_factory=dict)


Rule = ResourceRule | StackRule
