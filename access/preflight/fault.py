"""What a preflight finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Check(StrEnum):
    """What was looked at."""

    PROGRAM = "program"
    GRAPH_ROLE = "Graph role"
    AZURE_ROLE = "Azure role"
    SUBSCRIPTION = "subscription"
    IDENTIFIER_URI = "identifier URI"
    NAME = "name"
    REGION = "region"
    ORPHAN = "orphan"
    UNSEEN = "unseen"


@dataclass(frozen=True)
class Fault:
    """Something that would stop `up`."""

    check: Check
    problem: str
    remedy: str

    def __str__(self) -> str:
        """Returns the lines that a person reads."""
        return f"{self.check}: {self.problem}\n  {self.remedy}"
