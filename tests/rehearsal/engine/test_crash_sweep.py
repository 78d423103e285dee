"""The dev stack: `up` and `destroy` are killed around every call to a provider and every write of the state.

Each time the next run converges: nothing is orphaned in the stand-in, nothing was made twice, nothing is lost from the
state. There are hundreds of such moments. With KEYLESS_EVERY_MOMENT=1 each of them is tried, which takes ten minutes;
else some of every kind, the same ones each time. How many is told at the end of the test run.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.dynamic_provider import PACKAGE as DYNAMIC
from rehearsal.engine import stacks
from rehearsal.engine.workspace import Workspace
from rehearsal.providers.packages import NAMES
from rehearsal.providers.serving import serving
from tests.rehearsal.engine import crashing
from tests.rehearsal.engine.warm import SALT_LINE

PROJECT = Path(__file__).resolve().parents[3]
CODE = "urn:pulumi:dev::keyless::pulumi-python:dynamic/keyless:Code::caller-code"
"""A dynamic resource: as with Pulumi, nobody can tell whether its creation was carried out, so it stays on record."""
SHARDS = 2
"""So that the tests can run side by side."""
DYNAMIC_TYPE = "pulumi-python:dynamic/keyless:Code"
"""Made by a plugin that cannot list what there is: an interrupted creation stays pending, as in Pulumi."""


@dataclass
class Cloud:
    """A stand-in, and the workspaces that deploy to it."""

    folder: Path
    endpoint: Endpoint
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(self.endpoint.http_url).netloc)

    def workspace(self, name: str) -> Workspace:
        """A workspace for the program of this repository, with a backend of its own."""
        configuration = self.folder / "Pulumi.dev.yaml"
        own = (PROJECT / "Pulumi.dev.yaml").read_text(encoding="utf-8")
        configuration.write_text(f"encryptionsalt: {SALT_LINE}\n{own}", encoding="utf-8")
        environment = {**os.environ, **self.endpoint.environment()}
        return Workspace(
            PROJECT,
            self.folder / name,
            config_file=configuration,
            providers={
                **{package: partial(serving, package, environment) for package in NAMES},
                DYNAMIC: crashing.dynamic_inside,
            },
            environment=environment,
        )

    def asked(self, method: str, path: str) -> Any:
        """Ask the stand-in's control."""
        headers = {"Authorization": f"Bearer {self.endpoint.control_key}"}
        self._connection.request(method, f"/_rehearsal/{path}", headers=headers)
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status < 300, content
        return json.loads(content) if content else None

    def living(self) -> list[dict[str, Any]]:
        """Everything in the stand-in, but for what is in a bin."""
        contents = self.asked("GET", "contents")
        return [
            {**entry, "kind": kind}
            for kind, entries in contents.items()
            if not kind.startswith("deleted")
            for entry in entries
        ]

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with (
        running(Options(state=tmp_path / "azure", durable=False)) as endpoint,
        closing(Cloud(tmp_path, endpoint)) as it,
    ):
        yield it


def _named(living: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """How many there are of each kind and name; the name of a role assignment is made of the principal's id."""
    return Counter((entry["kind"], "" if entry["kind"] == "roleAssignments" else entry["name"]) for entry in living)


def _state(workspace: Workspace) -> dict[str, Any]:
    deployment: dict[str, Any] = stacks.export(workspace, "dev")["deployment"]
    return deployment


def _pending(workspace: Workspace) -> list[str]:
    return [operation["resource"]["urn"] for operation in _state(workspace).get("pending_operations", ())]


def _urns(workspace: Workspace) -> Counter[str]:
    return Counter(resource["urn"] for resource in _state(workspace).get("resources", ()))


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("operation", [crashing.up, crashing.destroy], ids=["up", "destroy"])
def test_whenever_the_dev_stack_is_killed_the_next_run_converges(
    operation: Callable[..., Any], shard: int, cloud: Cloud, record_property: Callable[[str, object], None]
) -> None:
    before = cloud.workspace("before")
    if operation is crashing.destroy:
        crashing.run_to_end(crashing.up, before, "dev")
    cloud.asked("PUT", "snapshots/before")
    after = cloud.workspace("after")
    if before.backend.exists():
        shutil.copytree(before.backend, after.backend)
    moments = crashing.run_to_end(operation, after, "dev")
    named, urns = _named(cloud.living()), _urns(after)
    assert bool(named) is bool(urns) is (operation is crashing.up)

    tried = crashing.selected(moments, every=40, every_made=5)[shard::SHARDS]
    for number, moment in enumerate(tried):
        cloud.asked("POST", "snapshots/before/restore")
        again = replace(before, backend=cloud.folder / str(number))
        if before.backend.exists():
            shutil.copytree(before.backend, again.backend)
        assert crashing.killed_at(moment, operation, again, "dev"), moment
        crashing.run_to_end(operation, again, "dev")
        if (pending := _pending(again)) == [CODE]:
            crashing.run_to_end(crashing.clear, again, "dev")
            pending = _pending(again)
        living, state = cloud.living(), json.dumps(_state(again)).lower()
        assert _named(living) == named, moment
        assert _urns(again) == urns, moment
        assert pending == [], moment
        assert all(entry["id"].lower() in state for entry in living), moment
    record_property("kill points", f"{len(tried)} of {len(moments)}")
    assert tried
