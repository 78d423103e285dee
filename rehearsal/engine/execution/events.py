"""What happens in a run, for whoever shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from rehearsal.engine import urn as urns
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.policy_pack import LoadedPack, Violation
from rehearsal.engine.values import Properties

Kind = Literal["update", "destroy", "refresh", "import"]


@dataclass(frozen=True)
class Began:
    """A run begins. `configuration` has its secrets hidden already."""

    kind: Kind
    preview: bool
    project: str
    stack: str
    configuration: Mapping[str, Any]


@dataclass(frozen=True)
class PacksLoaded:
    """The policy packs of the run are there."""

    packs: tuple[LoadedPack, ...]


@dataclass(frozen=True)
class Violated:
    """A policy speaks against a resource, or against the stack."""

    violation: Violation


@dataclass(frozen=True)
class Asked:
    """The program asks for a resource with these properties, some of which may be secret. Displays don't get this."""

    properties: Properties


@dataclass(frozen=True)
class StepBegan:
    """A step is about to be carried out."""

    step: Step


@dataclass(frozen=True)
class StepEnded:
    """A step was carried out, or failed; `op` is what a refresh came to, else the step's own. `seconds`: how long."""

    step: Step
    op: Op
    succeeded: bool
    seconds: float


@dataclass(frozen=True)
class OutputsRegistered:
    """A component or the stack has its outputs. `step` is the one that dealt with it."""

    step: Step


@dataclass(frozen=True)
class Message:
    """Something to tell the user; about a resource unless `urn` is "". `stream` groups lines of one output."""

    severity: Literal["debug", "info", "warning", "error"]
    text: str
    urn: str = ""
    ephemeral: bool = False
    stream: int = 0
    raw: bool = False
    """A line the program printed, to be shown as it is."""
    to_stderr: bool = False


@dataclass(frozen=True)
class Ended:
    """A run is over. `changes` counts logical steps by what they did."""

    succeeded: bool
    seconds: float
    changes: Mapping[Op, int]


@dataclass(frozen=True)
class Notice:
    """Something to tell the user about the run as a whole, such as what is left once it is over."""

    text: str


Event: TypeAlias = (
    Began | PacksLoaded | Violated | Asked | StepBegan | StepEnded | OutputsRegistered | Message | Ended | Notice
)


class Listener(Protocol):
    """Gets every event, one at a time, in the order in which they happened."""

    def show(self, event: Event) -> None:
        """Deal with an event; must not raise."""


def is_internal(step: Step) -> bool:
    """Whether a step is the engine's own business: default providers, and what is only forgotten."""
    if step.op is Op.REMOVE_PENDING_REPLACE:
        return True
    return urns.is_provider_type(urns.type_of(step.urn)) and urns.name_of(step.urn).startswith("default")
