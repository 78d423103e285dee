"""What a scenario is, and the steps most of them have."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One operation (`preview`, `up`, `destroy`, `refresh`, `import`) with a program; None: the one before.

    `flags` are the CLI's, without `--stack`, `--yes` and `--parallel`. `vanished` are names of things that are deleted
    behind the engine's back before the step; `altered` are changed behind its back.
    """

    operation: str
    program: str | None = None
    flags: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    altered: dict[str, dict[str, object]] = field(default_factory=dict)
    document: dict[str, object] = field(default_factory=dict)
    """Of an `import`: the file's content."""


@dataclass(frozen=True)
class Scenario:
    """Steps on one stack. `ordered`: the programs leave no choice in which order the cloud is changed."""

    name: str
    steps: tuple[Step, ...]
    ordered: bool = True


def urn(name: str, type_: str = "toy:index:Thing") -> str:
    return f"urn:pulumi:dev::toys::{type_}::{name}"


def up(program: str, *flags: str) -> Step:
    return Step("up", program, flags)


def preview(program: str, *flags: str) -> Step:
    return Step("preview", program, flags)


DESTROY = Step("destroy")
AGAIN = Step("up")
