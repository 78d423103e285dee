"""The two questions that most plans ask, and what the engine makes of the answers."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from rehearsal.engine import paths
from rehearsal.engine.plan.difference import Changes, Checked, Difference, between
from rehearsal.engine.plan.questions import Check, Diff, Question, Tell
from rehearsal.engine.resource import Resource
from rehearsal.engine.values import Properties, Secret, Value, without_secrets


def checked(
    new: Resource, olds: Properties | None, news: Properties, seed: bytes
) -> Generator[Question, Checked, tuple[Properties, bool]]:
    """The inputs as the provider accepts them, and whether it does; every complaint is told."""
    answer = yield Check(new, olds, news, seed)
    for complaint in complaints(new, answer):
        yield Tell("error", complaint, new.urn)
    return answer.inputs, not answer.failures


def complaints(new: Resource, answer: Checked) -> Iterator[str]:
    """What the provider has against the inputs, in words."""
    for failure in answer.failures:
        what = f"{new.type} resource '{new.name}'"
        if failure.property:
            what += f": property {failure.property} value {as_go(new.inputs.get(failure.property))}"
        yield f"{what} has a problem: {failure.reason}"


def compared(old: Resource, new: Resource, news: Properties) -> Generator[Question, Difference | None, Difference]:
    """What becomes of `old` if its inputs become `news`, by the provider's answer or, where it has none, by ours."""
    answer = yield Diff(old, new, news, tuple(new.ignore_changes))
    if answer is None:
        return Difference(Changes.SOME)
    if answer.changes is not Changes.UNKNOWN:
        return answer
    kept, _ = paths.keep_old(old.inputs, news, new.ignore_changes)
    return between(without_secrets(old.inputs), without_secrets(kept))


def as_go(value: Value) -> str:
    """A property value as it gets into Pulumi's messages, where Go prints its struct; but secrets stay secret."""
    if isinstance(value, Secret):
        return "{[secret]}"
    if isinstance(value, list):
        return f"{{[{' '.join(map(as_go, value))}]}}"
    if isinstance(value, dict):
        return f"{{map[{' '.join(f'{key}:{as_go(value[key])}' for key in sorted(value))}]}}"
    if isinstance(value, bool):
        return f"{{{str(value).lower()}}}"
    return "{<nil>}" if value is None else f"{{{value}}}"
