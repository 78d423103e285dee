"""What a plan has to know from outside. The planner asks, whoever drives it answers: so planning itself stays pure."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from rehearsal.engine.plan.steps import Step
from rehearsal.engine.resource import Goal, Resource
from rehearsal.engine.values import Properties


@dataclass(frozen=True)
class Check:
    """Are these inputs acceptable to the provider of `resource`? Answer: `Checked`."""

    resource: Resource
    olds: Properties | None
    news: Properties
    seed: bytes


@dataclass(frozen=True)
class Diff:
    """What becomes of `old` if its inputs become `news`? Answer: `Difference`; None when nobody can say.

    `provider` is the reference of the provider to ask, `urn` the resource's present name.
    """

    old: Resource
    resource: Resource
    news: Properties
    ignored: tuple[str, ...]


@dataclass(frozen=True)
class ProviderDiff:
    """Can resources of the provider `old` be managed by the provider `new`? Answer: `Difference`."""

    old: Resource
    new: Resource


@dataclass(frozen=True)
class Analyse:
    """Does any policy speak against the resource, whose inputs have been checked? Answer: whether none does that must.

    `provider` is the resource's own, None for a component.
    """

    resource: Resource
    goal: Goal
    provider: Resource | None


@dataclass(frozen=True)
class Carry:
    """Carry out these steps, then go on. Answer: the resource that the first of them left, None when it failed."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Tell:
    """Something the user should hear about a resource. Answer: None."""

    severity: Literal["info", "warning", "error"]
    message: str
    urn: str = ""


Question: TypeAlias = Check | Diff | ProviderDiff | Analyse | Carry | Tell
Planning: TypeAlias = Generator[Question, Any, list[Step]]


class PlanError(Exception):
    """A plan that can't be made. `urn` is the resource it is about; `told` says that the user has heard of it."""

    def __init__(self, message: str, urn: str = "", *, told: bool = False) -> None:
        super().__init__(message)
        self.urn = urn
        self.told = told
