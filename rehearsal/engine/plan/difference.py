"""A provider's answer to "what would change?", and what the resource's options make of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from rehearsal.engine import paths
from rehearsal.engine.comparison import compare, leaves
from rehearsal.engine.values import Properties

INIT_ERROR = "#initerror"
"""Stands for "it failed to initialise" in `replace_on_changes`, as in Pulumi's step generator."""


class Changes(Enum):
    """Whether anything would change; a provider may leave the answer to the engine."""

    UNKNOWN = 0
    NONE = 1
    SOME = 2


@dataclass(frozen=True)
class PropertyDifference:
    """How one property differs. `kind` is add, delete or update, with `-replace` when it forces a replacement."""

    kind: str
    input_difference: bool = False

    @property
    def replaces(self) -> bool:
        """Whether this difference alone forces a replacement."""
        return self.kind.endswith("-replace")


@dataclass(frozen=True)
class Difference:
    """What would change. `detailed` maps property paths to their differences; None: the provider gave no details."""

    changes: Changes
    replace_keys: tuple[str, ...] = ()
    changed_keys: tuple[str, ...] = ()
    detailed: Mapping[str, PropertyDifference] | None = None
    delete_before_replace: bool = False

    @property
    def replaces(self) -> bool:
        """Whether the resource must be replaced."""
        return bool(self.replace_keys) or any(d.replaces for d in (self.detailed or {}).values())

    def inverted(self) -> Difference:
        """The difference the other way round: what was added is deleted, and so on."""
        if self.detailed is None:
            return self
        detailed = {path: replace(d, kind=_inverse(d.kind)) for path, d in self.detailed.items()}
        return replace(self, detailed=detailed)


def _inverse(kind: str) -> str:
    what, _, replaces = kind.partition("-")
    opposite = {"add": "delete", "delete": "add"}.get(what, what)
    return f"{opposite}-{replaces}" if replaces else opposite


NO_DIFFERENCE = Difference(Changes.NONE)


def replaced_because(key: str) -> Difference:
    """The difference of a resource that the engine itself decided to replace, with what to blame for it."""
    return Difference(Changes.SOME, replace_keys=(key,))


def between(old: Properties, new: Properties) -> Difference:
    """The engine's own comparison, for components and for providers that leave it to the engine."""
    parts = compare(old, new)
    if not parts:
        return NO_DIFFERENCE
    detailed = {
        paths.written(path): PropertyDifference(part.kind, input_difference=True) for path, part in leaves(parts)
    }
    changed = tuple(str(part.key) for part in parts if part.kind != "same")
    return Difference(Changes.SOME, changed_keys=changed, detailed=detailed)


def with_replace_on_changes(difference: Difference, wanted: Iterable[str], *, has_init_errors: bool) -> Difference:
    """The difference as `replace_on_changes` turns updates of the paths `wanted` into replacements."""
    if difference.changes is not Changes.SOME and not has_init_errors:
        return difference
    patterns = [paths.parse(path) for path in wanted]

    def forced(path: str) -> bool:
        return any(paths.contains(pattern, paths.parse(path)) for pattern in patterns)

    detailed = difference.detailed
    if detailed is not None:
        detailed = {
            path: replace(d, kind=f"{d.kind}-replace") if forced(path) and not d.replaces else d
            for path, d in detailed.items()
        }
    keys = dict.fromkeys([*difference.replace_keys, *(key for key in difference.changed_keys if forced(key))])
    changes = difference.changes
    if has_init_errors and forced(INIT_ERROR):
        keys[INIT_ERROR] = None
        changes = Changes.SOME
        if detailed is not None:
            detailed = {**detailed, INIT_ERROR: PropertyDifference("update-replace")}
    return replace(difference, changes=changes, replace_keys=tuple(keys), detailed=detailed)


@dataclass(frozen=True)
class Failure:
    """An input a provider rejects. `property` is "" when it is the resource as a whole."""

    property: str
    reason: str


@dataclass(frozen=True)
class Checked:
    """A provider's answer to a check: the inputs with its defaults, or what is wrong with them."""

    inputs: Properties
    failures: tuple[Failure, ...] = field(default=())
