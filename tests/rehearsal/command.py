"""The command line as a user runs it, on a state folder of its own."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.folder import RehearsalFolder
from tests.in_process import run_rehearsal

ROOT = Path(__file__).parents[2]
PATIENCE = 300
"""Seconds after which a command that hangs fails its test."""


@dataclass(frozen=True)
class Command:
    """`python -m rehearsal`, always with the same `--state`."""

    state: Path

    @property
    def folder(self) -> RehearsalFolder:
        return RehearsalFolder.at(self.state)

    def line(self, *arguments: str) -> list[str]:
        """The command line."""
        verb = 2 if arguments[0] == "stack" else 1
        return [
            *(sys.executable, "-m", "rehearsal"),
            *arguments[:verb],
            *("--state", str(self.state)),
            *arguments[verb:],
        ]

    def here(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end in this process, which has imported everything."""
        return run_rehearsal(self.line(*arguments)[3:], os.environ, ROOT)

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command to its end in a process of its own."""
        return subprocess.run(
            self.line(*arguments),
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Begin a command; whoever starts it ends it."""
        return subprocess.Popen(
            self.line(*arguments),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **(environment or {}), "PYTHONUNBUFFERED": "1"},
        )

    def contents(self) -> dict[str, list[dict[str, Any]]]:
        """What is in the tenant and the subscription that was not there from the start."""
        with running(Options(state=self.folder.azure)) as endpoint:
            return contents_at(endpoint)


def contents_at(endpoint: Endpoint) -> dict[str, list[dict[str, Any]]]:
    """What a stand-in that runs holds of ours."""
    answer = httpx.get(
        f"{endpoint.https_url}/_rehearsal/contents",
        headers={"Authorization": f"Bearer {endpoint.control_key}"},
        verify=ssl.create_default_context(cafile=endpoint.ca_file),
        trust_env=False,
    )
    answer.raise_for_status()
    contents: dict[str, list[dict[str, Any]]] = answer.json()
    return contents


def living(contents: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """What lives: Entra keeps what is deleted for 30 days."""
    return {kind: found for kind, found in contents.items() if found and not kind.startswith("deleted")}
