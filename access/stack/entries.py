"""What a configuration says of each function app and each API: under the project's own keys for one, else in lists.

Entries are found by the names of the components that the program makes of them, which stand in its states and previews.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

_CALLER, _API, _OWN = "caller", "api", "own"
"""How the program calls the only function app and the only API, and how grants name the latter."""


@dataclass(frozen=True)
class CallerEntry:
    """What is said of one function app."""

    holder: MutableMapping[str, Any]
    """What holds its grants: the whole configuration, or its place in the list."""
    key: str
    """Under which it holds them."""

    @property
    def grants(self) -> list[Any]:
        """The grants that can be read."""
        return [each for each in _list(self.holder.get(self.key)) if isinstance(each, Mapping)]


@dataclass(frozen=True)
class ApiEntry:
    """What is said of one API."""

    path: str
    """Such as `keyless:apis[1]`, as `pulumi config set --path` takes it."""
    grants_name: str
    """How grants name it."""
    roles: tuple[str, ...]
    """The values of its roles."""


def callers(config: MutableMapping[str, Any], project: str) -> dict[str, CallerEntry]:
    """Returns the function apps of a configuration by the names of their components."""
    several = _list(config.get(f"{project}:callers"))
    if not several:
        return {_CALLER: CallerEntry(config, f"{project}:grants")}
    return {str(each.get("name")): CallerEntry(each, "grants") for each in several if isinstance(each, MutableMapping)}


def apis(config: Mapping[str, Any], project: str) -> dict[str, ApiEntry]:
    """Returns the APIs of a configuration by the names of their components."""
    several = _list(config.get(f"{project}:apis"))
    if not several:
        return {_API: ApiEntry(f"{project}:api", _OWN, _roles(config.get(f"{project}:api")))}
    return {
        f"{each.get('name')}-{_API}": ApiEntry(f"{project}:apis[{place}]", f"{_OWN}:{each.get('name')}", _roles(each))
        for place, each in enumerate(several)
        if isinstance(each, Mapping)
    }


def importing(config: MutableMapping[str, Any], project: str) -> Iterator[MutableMapping[str, Any]]:
    """Yields each grant and each API that imports something."""
    grants = [grant for caller in callers(config, project).values() for grant in caller.grants]
    for entry in (*grants, config.get(f"{project}:api"), *_list(config.get(f"{project}:apis"))):
        if isinstance(entry, MutableMapping) and isinstance(entry.get("import"), MutableMapping):
            yield entry


def _roles(api: Any) -> tuple[str, ...]:
    declared = _list(api.get("roles")) if isinstance(api, Mapping) else []
    return tuple(str(role["value"]) for role in declared if isinstance(role, Mapping) and role.get("value"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
