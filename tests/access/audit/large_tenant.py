"""A tenant with thousands of service principals that hold roles on a deployed API, and an audit of it, measured."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from rehearsal.azure.server import Options, running
from rehearsal.azure.state_folder import StateFolder
from rehearsal.azure.store import Store
from rehearsal.folder import RehearsalFolder
from rehearsal.stand_in import record
from tests.access.deployed import ROOT, Deployed


def deploy(root: Path) -> tuple[RehearsalFolder, Path, str]:
    """Deploys the stack, and returns its folder, its configuration and the object id of its API."""
    folder = RehearsalFolder.at(root)
    config = root / "Pulumi.dev.yaml"
    config.write_bytes((ROOT / "Pulumi.dev.yaml").read_bytes())
    with running(Options(state=folder.azure)) as endpoint:
        record(folder, endpoint)
        stack = Deployed(endpoint, folder, config)
        up = stack.rehearse("up", "--yes", "--skip-preview")
        assert up.returncode == 0, up.stdout + up.stderr
        stack.stand_in.close()
    return folder, config, stack.api


def fill(folder: RehearsalFolder, api: str, principals: int, assignments: int) -> None:
    """Puts principals, and assignments to them in turn, beside what was deployed."""
    store = Store(StateFolder(folder.azure).store_file)
    try:
        with store.transaction():
            model = store.get("servicePrincipal", api)
            (assignment,) = store.find("appRoleAssignment", resourceId=api)
            assert model is not None
            people = [str(uuid.uuid4()) for _ in range(principals)]
            for number, person in enumerate(people):
                body = {**model, "id": person, "appId": str(uuid.uuid4()), "displayName": f"caller {number}"}
                store.put("servicePrincipal", person, {**body, "servicePrincipalNames": []})
            for number in range(assignments):
                person = people[number % principals]
                identifier = (
                    base64.urlsafe_b64encode(uuid.UUID(person).bytes + uuid.uuid4().bytes).rstrip(b"=").decode()
                )
                name = f"caller {number % principals}"
                body = {**assignment, "id": identifier, "principalId": person, "principalDisplayName": name}
                store.put("appRoleAssignment", identifier, body)
    finally:
        store.close()


@dataclass(frozen=True)
class Audited:
    """An audit in a process of its own, with what it took."""

    status: int
    written: str
    told: str
    processor: float
    """Seconds of the processor."""
    clock: float
    """Seconds by the clock."""
    memory: float
    """Megabytes, at most."""


_MEASURE = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(process.pid, 0)
with open(sys.argv[1], "w") as file:
    json.dump([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024], file)
"""
"""Runs a command from a small process: what it takes at most is no less than its parent took (`getrusage(2)`)."""


def audited(stack: Deployed) -> Audited:
    """Audits the stack, as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        taken, written, told = (Path(folder) / name for name in ("taken", "written", "told"))
        start = time.monotonic()
        with written.open("w") as stdout, told.open("w") as stderr:
            audit = [sys.executable, "-m", "access", "audit", *stack.named, "--format", "json"]
            subprocess.run(
                [sys.executable, "-c", _MEASURE, str(taken), *audit],
                cwd=ROOT,
                env=stack.environment(),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                check=True,
            )
        clock = time.monotonic() - start
        status, processor, memory = json.loads(taken.read_text(encoding="utf-8"))
        output, progress = (file.read_text(encoding="utf-8") for file in (written, told))
        return Audited(status, output, progress, processor, clock, memory)
