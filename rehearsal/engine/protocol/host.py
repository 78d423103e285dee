"""What the servers need from the engine behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from rehearsal.engine.plan.difference import Checked
from rehearsal.engine.resource import Goal, ReadGoal, Resource
from rehearsal.engine.values import Properties


class ShutDown(Exception):
    """The run is over; whoever still waits for something waits in vain."""


class Refused(Exception):
    """The engine doesn't do what the program asks for; the message says what that is."""


@dataclass(frozen=True)
class Registered:
    """What became of a registration. `unknown`: it was left out, so what it would have been can't be said."""

    resource: Resource
    outcome: Literal["succeeded", "failed", "skipped"] = "succeeded"
    unknown: bool = False


class Host(Protocol):
    """The engine, as a program's requests reach it. Every method may block; each may raise ShutDown."""

    def register(self, goal: Goal) -> Registered:
        """Make a resource what the program wants it to be."""

    def read(self, goal: ReadGoal) -> Registered:
        """Look at a resource that isn't the program's own."""

    def register_outputs(self, urn: str, outputs: Properties) -> None:
        """Record the outputs of a component or of the stack."""

    def default_provider(self, package: str, version: str, url: str) -> str:
        """The reference of the provider that a package's resources have unless they name one."""

    def invoke(self, token: str, arguments: Properties, provider: str) -> Checked:
        """Call a function of a provider."""

    def find(self, urn: str) -> Resource | None:
        """A resource that was registered or read in this run."""

    def finish(self) -> None:
        """The program has registered everything; return when all of it has been dealt with."""

    def log(self, severity: str, message: str, urn: str, *, ephemeral: bool, stream: int) -> None:
        """Show the user a message of the program; `severity` is debug, info, warning or error."""


@dataclass(frozen=True)
class Run:
    """What a program may ask about the run it is part of."""

    project: str
    stack: str
    configuration: Mapping[str, str]
    secret_keys: frozenset[str]
    preview: bool
    parallel: int
