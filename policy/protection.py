"""Protection: what cannot be had back once it is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from policy.application import APPLICATION, is_api
from policy.resource import Resource
from policy.rule import Question, ResourceRule, texts
from policy.site import SITES


def _protected(resource: Resource, question: Question) -> Iterator[str]:
    if not question.is_among("productionStacks") or resource.protected:
        return
    if resource.type == APPLICATION and is_api(resource):
        lost = "every permission that anybody holds on the API"
    elif resource.type in SITES and "SystemAssigned" in str(resource.value("identity", "type")):
        lost = "its identity and every permission that this holds"
    else:
        return
    yield (
        f"{resource.name} can be deleted in the stack {question.stack!r}, and with it {lost}. "
        "Set the resource option protect."
    )


PROTECTED = ResourceRule(
    "protected-in-production",
    "On production stacks, what takes permissions along when it goes cannot be deleted by accident.",
    _protected,
    {"productionStacks": texts("Stacks on which it has to be; * stands for anything.", "prod")},
)
