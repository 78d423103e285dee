"""Policy packs: what a user names with `--policy-pack`, and what a pack finds wrong."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Level(StrEnum):
    """What a violation of a policy does; the words are those of a pack's configuration."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"
    DISABLED = "disabled"
    REMEDIATE = "remediate"


@dataclass(frozen=True)
class PolicyPack:
    """A pack on this machine."""

    path: str
    """Its folder as the user named it."""
    start: Callable[[], AbstractContextManager[str]]
    """Runs the pack for as long as a block runs; yields its gRPC address (`host:port`)."""
    version: str = ""
    """As its `PulumiPolicy.yaml` says; "": as the pack itself says."""
    config: Path | None = None
    """The file with its configuration (`--policy-pack-config`)."""


@dataclass(frozen=True)
class LoadedPack:
    """A pack that runs."""

    name: str
    version: str
    path: str


@dataclass(frozen=True)
class Violation:
    """Something a pack has found. `urn` is the resource it is about, or the stack."""

    urn: str
    policy: str
    pack: str
    version: str
    level: Level
    message: str
    severity: str = ""

    @property
    def is_mandatory(self) -> bool:
        """Whether it fails the run; what could not be remediated counts as mandatory."""
        return self.level in (Level.MANDATORY, Level.REMEDIATE)
