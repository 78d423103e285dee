"""What becomes of each resource: whether it survives a change, as far as a preview can know.

A preview of an update in place does not know the resource's outputs (of azure-native, see pulumi-azure-native#1080:
only its inputs, name and location), so whatever takes one of them as an input that forces replacement previews as a
replacement, which `up` then does not do. A replacement is certain only if a property that forces it is known, or comes
from a resource that is itself certainly another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from access.report.lives import Life, Lives
from access.report.quoting import Foreign, Sentence
from access.report.resource import Resource, has_unknown


class Fate(Enum):
    """What becomes of a resource."""

    NEW = "new"
    KEPT = "kept"
    LOST = "lost"
    """Deleted, or replaced by a new one."""
    UNDECIDED = "undecided"
    """The preview cannot know."""


@dataclass(frozen=True)
class Verdict:
    """A fate and why."""

    fate: Fate
    because: Sentence = ()
    """To follow the resource's name: `is deleted`, `is replaced because name changes`."""


class Fates:
    """The fate of every resource of a stack."""

    def __init__(self, lives: Lives) -> None:
        """Judges all of `lives` once, each after those that it depends on."""
        self._lives = lives
        self._verdicts: dict[int, Verdict] = {}
        for life in lives:
            self._verdicts[id(life)] = self._judge(life)

    def of(self, life: Life) -> Verdict:
        """Returns what becomes of a resource."""
        return self._verdicts.get(id(life), Verdict(Fate.UNDECIDED, ("depends on what the preview lists after it",)))

    def another_among(self, urns: Iterable[str]) -> Life | None:
        """Returns one of these resources that is new, or surely replaced: what it gives is then another value."""
        for life in map(self._lives.of, urns):
            if life is not None and life.after is not None and self.of(life).fate in (Fate.NEW, Fate.LOST):
                return life
        return None

    def _judge(self, life: Life) -> Verdict:
        if life.before is None:
            return Verdict(Fate.NEW)
        if life.retained:
            return Verdict(Fate.KEPT, ("is left in Azure, and no longer managed",))
        if life.after is None:
            return Verdict(Fate.LOST, ("is deleted",))
        if life.replaced:
            return self._judge_replacement(life, life.before, life.after)
        return _judge_identity(life.before, life.after)

    def _judge_replacement(self, life: Life, before: Resource, after: Resource) -> Verdict:
        forcing = _roots(life.forced_by) or _differing(before, after)
        known = [name for name in forcing if not has_unknown(after.inputs.get(name))]
        if known:
            return Verdict(Fate.LOST, ("is replaced because ", *_listed(known), f" change{'s' * (len(known) == 1)}"))
        for name in forcing:
            source = self.another_among(after.property_dependencies.get(name, ()))
            if source is not None:
                what = "is replaced too" if source.replaced else "is new"
                comes_from = (Foreign(name), " comes from ", Foreign(source.latest.name.name), f", which {what}")
                return Verdict(Fate.LOST, ("is replaced because ", *comes_from))
        if not forcing:
            # Asked for by `--replace`, or in the wake of a resource that is deleted before it is replaced.
            return Verdict(Fate.LOST, ("is replaced",))
        unknown = (*_listed(forcing), f" change{'s' * (len(forcing) == 1)}")
        return Verdict(Fate.UNDECIDED, ("is replaced only if ", *unknown, ", which the preview does not know"))


def _judge_identity(before: Resource, after: Resource) -> Verdict:
    """Looks at an update in place: it keeps the resource, but can switch its system-assigned identity off."""
    if not has_system_identity(before.inputs) or has_system_identity(after.inputs):
        return Verdict(Fate.KEPT)
    if has_unknown(after.inputs.get("identity")):
        return Verdict(Fate.UNDECIDED, ("may have its system-assigned identity switched off: it is not known yet",))
    return Verdict(Fate.LOST, ("has its system-assigned identity switched off",))


def has_system_identity(inputs: Mapping[str, object]) -> bool:
    """Whether an azure-native resource is declared with an identity of its own.

    Source: Azure REST API reference, `ManagedServiceIdentity.type`: None, SystemAssigned, UserAssigned or
    `SystemAssigned, UserAssigned`.
    """
    identity = inputs.get("identity")
    return isinstance(identity, Mapping) and "SystemAssigned" in str(identity.get("type"))


def _roots(paths: Iterable[str]) -> list[str]:
    """Returns the inputs that property paths such as `siteConfig.cors[0]` begin with."""
    return list(dict.fromkeys(re.split(r"[.\[]", path, maxsplit=1)[0] for path in paths))


def _differing(before: Resource, after: Resource) -> list[str]:
    names = dict.fromkeys([*before.inputs, *after.inputs])
    return [name for name in names if not name.startswith("__") and before.inputs.get(name) != after.inputs.get(name)]


def _listed(names: list[str]) -> Sentence:
    parts: list[str] = []
    for index, name in enumerate(names):
        parts += ["" if index == 0 else " and " if index == len(names) - 1 else ", ", Foreign(name)]
    return tuple(parts)
