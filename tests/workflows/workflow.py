"""The workflows and actions of this repository, as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"


@dataclass(frozen=True)
class Workflow:
    """One file of `.github/workflows`."""

    name: str
    """Of the file, without its suffix."""
    document: Mapping[Any, Any]

    @classmethod
    def read(cls, name: str) -> Workflow:
        """Reads a workflow by the name of its file."""
        return cls(name, _yaml(GITHUB / "workflows" / f"{name}.yml"))

    @property
    def triggers(self) -> Mapping[str, Any]:
        """What starts it."""
        # YAML 1.1 takes the key `on` for a boolean.
        found: Any = self.document[True]
        return found if isinstance(found, Mapping) else {found: None}

    @property
    def jobs(self) -> Mapping[str, Mapping[str, Any]]:
        """Its jobs by id."""
        jobs: Mapping[str, Mapping[str, Any]] = self.document["jobs"]
        return jobs


def workflows() -> list[Workflow]:
    """Returns all workflows."""
    return [Workflow.read(file.stem) for file in sorted((GITHUB / "workflows").glob("*.yml"))]


def action(reference: str) -> list[Mapping[str, Any]]:
    """Returns the steps of a composite action of this repository, by what a workflow's `uses` says."""
    steps: list[Mapping[str, Any]] = _yaml(ROOT / reference.removeprefix("$/") / "action.yml")["runs"]["steps"]
    return steps


def is_own(reference: str) -> bool:
    """Whether an action is one of this repository."""
    return reference.startswith("$/")


def all_steps() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Goes through every step of every workflow and action, with where it stands."""
    for workflow in workflows():
        for job, content in workflow.jobs.items():
            yield from ((f"{workflow.name}: {job}", step) for step in content["steps"])
    for file in sorted((GITHUB / "actions").glob("*/action.yml")):
        yield from ((file.parent.name, step) for step in _yaml(file)["runs"]["steps"])


def _yaml(file: Path) -> dict[Any, Any]:
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))
