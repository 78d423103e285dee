from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.folder import RehearsalFolder
from rehearsal.stand_in import record
from tests.rehearsal.command import contents_at
from tests.workflows import comments
from tests.workflows.comments import PullRequest
from tests.workflows.machine import Job, Machine, environment_of, executable
from tests.workflows.project import Changes, copy
from tests.workflows.workflow import ROOT

PULUMI = shutil.which("pulumi")


def variables_of(endpoint: Endpoint) -> dict[str, str]:
    """GitHub's variables, as they are after the bootstrap: a job with an environment sees those of its own."""
    names = ("AZURE_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID_DEV", "AZURE_SUBSCRIPTION_ID_PROD")
    backends = ("PULUMI_BACKEND_URL", "PULUMI_BACKEND_URL_DEV", "PULUMI_BACKEND_URL_PROD")
    return {
        "AZURE_CLIENT_ID": endpoint.client_id,
        "AZURE_TENANT_ID": endpoint.tenant_id,
        **dict.fromkeys(names, endpoint.subscription_id),
        **dict.fromkeys(backends, "azblob://state?storage_account=example"),
    }


@dataclass
class World:
    """A tenant, GitHub, and machines whose jobs change the one and the other."""

    folder: RehearsalFolder
    endpoint: Endpoint
    pull_request: PullRequest
    machine: Machine
    changes: Changes
    """How what is checked out differs from this repository."""

    def run(self, workflow: str, job: str, changes: Changes | None = None, **given: Any) -> Job:
        """Runs a job on a checkout with these changes."""
        self.changes = changes or {}
        return self.machine.run(workflow, job, **given)

    def contents(self) -> dict[str, list[dict[str, Any]]]:
        """What is in the tenant and the subscription."""
        return contents_at(self.endpoint)


@pytest.fixture(scope="module")
def pull_request() -> Iterator[PullRequest]:
    with comments.served() as found:
        yield found


@pytest.fixture(scope="module", params=["rehearsal", "real CLI"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, pull_request: PullRequest
) -> Iterator[World]:
    """`pulumi` on the PATH is the rehearsal, which takes the CLI's commands and flags, or the real CLI on it."""
    if request.param == "real CLI" and PULUMI is None:
        pytest.skip("the pulumi CLI is not on PATH")
    root = tmp_path_factory.mktemp("world")
    tools = root / "tools"
    if request.param == "rehearsal":
        executable(tools, "pulumi", 'exec "$GITHUB_WORKSPACE/.venv/bin/python" -m rehearsal "$@"')
    else:
        real = f'PATH="{Path(str(PULUMI)).parent}:$PATH" exec "$GITHUB_WORKSPACE/.venv/bin/python"'
        executable(tools, "pulumi", f'{real} -m rehearsal pulumi "$@"')
    executable(tools, "gh", f'PYTHONPATH="{ROOT}" exec python "{comments.__file__}" "$@"')
    folder = RehearsalFolder.at(root / "rehearsal")
    with running(Options(state=folder.azure, durable=False)) as endpoint:
        record(folder, endpoint)
        pull_request.comments.clear()
        variables = endpoint.environment()
        machine = Machine(
            root,
            lambda workspace: copy(workspace, folder.root, found.changes),
            # What azure/login leaves: somebody is signed in. Here that is a secret's holder.
            {**environment_of(tools, root), **variables, "FAKE_GITHUB": pull_request.url},
            {
                "github": {
                    "repository": "example/keyless",
                    "token": comments.TOKEN,
                    "event": {
                        "pull_request": {
                            "number": 7,
                            "head": {"repo": {"full_name": "example/keyless"}},
                            "user": {"login": "somebody"},
                        }
                    },
                },
                "vars": variables_of(endpoint),
            },
        )
        found = World(folder, endpoint, pull_request, machine, {})
        yield found
