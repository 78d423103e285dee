"""What each resource is before a change and after it: a preview laid over the state that it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from access.report.preview import Preview, Step
from access.report.resource import Resource
from access.report.state import State


@dataclass(frozen=True)
class Life:
    """One resource through a change. `before` is None if it is new, `after` if it goes."""

    before: Resource | None
    after: Resource | None
    operation: str | None = None
    """What the preview says of it; None if it does not mention it, which means that it stays as it is."""
    forced_by: tuple[str, ...] = ()
    """The properties that force its replacement."""

    @property
    def latest(self) -> Resource:
        """The resource as it will be, or as it was if it goes."""
        found = self.after or self.before
        assert found is not None, "a life has a resource"  # noqa: S101 - a fact of the construction below
        return found

    @property
    def replaced(self) -> bool:
        """Whether the preview deletes it and creates it anew."""
        return self.operation == "replace"

    @property
    def retained(self) -> bool:
        """Whether it stays in Azure although the stack lets go of it."""
        return self.before is not None and self.before.retained and self.after is None


class Lives:
    """All resources of a stack through a change, in an order in which each follows what it depends on."""

    def __init__(self, lives: Iterable[Life]) -> None:
        """Takes over `lives` as they are ordered."""
        self._lives = tuple(lives)
        self._by_urn: dict[str, Life] = {}
        for life in self._lives:
            for resource in (life.before, life.after):
                if resource is not None:
                    self._by_urn[resource.urn] = life

    def __iter__(self) -> Iterator[Life]:
        """Goes through all resources."""
        return iter(self._lives)

    def of(self, urn: str) -> Life | None:
        """Returns the life of the resource with this URN, old or new."""
        return self._by_urn.get(urn)


def lives_in(preview: Preview, state: State | None) -> Lives:
    """Lays `preview` over `state`; without a state only what the preview mentions is there."""
    lives: dict[tuple[str, str | None], Life] = {}
    for resource in state.resources if state else ():
        if not resource.gone:
            lives[resource.urn, resource.id] = Life(resource, resource)
    gone = {(resource.urn, resource.id) for resource in state.resources if resource.gone} if state else set()
    for step in preview.steps:
        key = (step.old.urn, step.old.id) if step.old else (step.urn, None)
        if step.operation == "refresh":
            _refresh(lives, key, step)
            continue
        known = lives.pop(key, None)
        # The state is richer than the preview's copy of it, and a refresh in the same preview has made it truer.
        before = known.before if known else step.old
        if key in gone and step.operation in ("delete", "replace"):
            before = None
        if before is not None or step.new is not None:
            lives[key] = _life(before, step)
    return Lives(lives.values())


def _life(before: Resource | None, step: Step) -> Life:
    match step.operation:
        case "delete" | "discard":
            return Life(before, None, step.operation)
        case "create":
            return Life(None, step.new, step.operation)
        case "read" | "import":
            # Either finds in Azure what is there already.
            return Life(before or step.new, step.new, step.operation)
        case "same":
            # A preview lists what stays the same without its outputs.
            assert before is not None and step.new is not None, "checked when it was read"  # noqa: S101, PT018
            return Life(before, replace(before, urn=step.new.urn), step.operation)
        case _:
            return Life(before, step.new, step.operation, step.forced_by)


def _refresh(lives: dict[tuple[str, str | None], Life], key: tuple[str, str | None], step: Step) -> None:
    """Puts what a refresh found in place of what the state says; what it did not find is no longer there."""
    lives.pop(key, None)
    if step.new is not None:
        lives[step.new.urn, step.new.id] = Life(step.new, step.new)
