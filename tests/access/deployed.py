"""A stack deployed to a served stand-in, and the tools run on it as a user runs them: processes, over TLS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.folder import RehearsalFolder
from rehearsal.stand_in import record
from tests.rehearsal.azure.stand_in import StandIn

ROOT = Path(__file__).parents[2]
GRAPH = "00000003-0000-0000-c000-000000000000"
_OWN = ("ARM_", "AZURE_", "PULUMI_", "IDENTITY_", "API_", "MSI_")
_SNAPSHOT = "/_rehearsal/snapshots/deployed"


@dataclass
class Deployed:
    """One stack in its own rehearsal folder, with its own copy of the configuration."""

    endpoint: Endpoint
    folder: RehearsalFolder
    config: Path
    stand_in: StandIn = field(init=False)

    def __post_init__(self) -> None:
        self.stand_in = StandIn(self.endpoint)

    def access(self, *arguments: str, stdin: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs `python -m access`; an empty variable is taken out of its environment."""
        return self._run("access", arguments, stdin, variables)

    def audit(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Audits the stack."""
        options = ("--backend", str(self.folder.backend), "--config-file", str(self.config))
        return self.access("audit", "--stack", "dev", *options, *arguments, **variables)

    def findings(self, standing: str) -> list[dict[str, Any]]:
        """Returns what an audit finds of a standing."""
        audited = self.audit("--format", "json")
        assert audited.returncode in (0, 3), audited.stderr
        return [each for each in json.loads(audited.stdout)["findings"] if each["standing"] == standing]

    def rehearse(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `up` or `preview` of the program."""
        options = ("--stack", "dev", "--state", str(self.folder.root), "--config-file", str(self.config))
        return self._run("rehearsal", (command, *options, *arguments), None, {})

    def rehearsal(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `python -m rehearsal`."""
        return self._run("rehearsal", arguments, None, {})

    def up_as(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Deploys as another account than the stand-in's deployer."""
        own = replace(self.endpoint, client_id=variables["ARM_CLIENT_ID"], client_secret=variables["ARM_CLIENT_SECRET"])
        record(self.folder, own)
        try:
            return self.rehearse("up", "--yes", "--skip-preview")
        finally:
            record(self.folder, self.endpoint)

    @property
    def state(self) -> dict[str, Any]:
        """The checkpoint."""
        return dict(json.loads(self.checkpoint.read_text(encoding="utf-8")))

    def resource(self, type_: str, name: str = "") -> dict[str, Any]:
        """Returns the only resource of a type in the state; of several, the one whose name ends like that."""
        resources = self.state["checkpoint"]["latest"]["resources"]
        (found,) = [each for each in resources if each["type"] == type_ and each["urn"].endswith(name)]
        return dict(found)

    @property
    def identity(self) -> str:
        """The object id of the function app's identity."""
        return str(self.resource("azure-native:web:WebApp")["outputs"]["identity"]["principalId"])

    @property
    def api(self) -> str:
        """The object id of the API's service principal."""
        return str(self.resource("azuread:index/servicePrincipal:ServicePrincipal")["outputs"]["objectId"])

    @property
    def application(self) -> str:
        """The object id of the API's registration."""
        return str(self.resource("azuread:index/application:Application")["outputs"]["objectId"])

    def graph_role(self, value: str) -> tuple[str, str]:
        """Returns the object id of Microsoft Graph and the id of a role of it."""
        graph = self.stand_in.published("Microsoft Graph")
        return graph["id"], next(role["id"] for role in graph["appRoles"] if role["value"] == value)

    def assignment(self, role: str) -> dict[str, Any]:
        """Returns the identity's assignment in the state whose resource is named after `role`."""
        (found,) = [
            each
            for each in self.state["checkpoint"]["latest"]["resources"]
            if each["type"].endswith(":AppRoleAssignment") and each["urn"].endswith(f"-{role}")
        ]
        return dict(found)

    def remember(self) -> None:
        """Keeps tenant and state as they are for `start_again`."""
        assert self.stand_in.control.put(_SNAPSHOT).is_success
        shutil.copytree(self.folder.backend, self.folder.root / "backend-before")

    def start_again(self) -> None:
        """Puts tenant, state and configuration back."""
        assert self.stand_in.control.delete("/_rehearsal/faults").is_success
        assert self.stand_in.control.post(f"{_SNAPSHOT}/restore").is_success
        shutil.rmtree(self.folder.backend)
        shutil.copytree(self.folder.root / "backend-before", self.folder.backend)
        shutil.copy(ROOT / "Pulumi.dev.yaml", self.config)

    @property
    def checkpoint(self) -> Path:
        """The file that holds the state."""
        return self.folder.backend / ".pulumi" / "stacks" / "keyless" / "dev.json"

    def _run(
        self, module: str, arguments: tuple[str, ...], stdin: str | None, variables: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
        environment = {**own, **self.endpoint.environment(), **variables}
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env={name: value for name, value in environment.items() if value},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )


@contextmanager
def served(root: Path) -> Iterator[Deployed]:
    """A stand-in with nothing deployed, for the length of a `with` block."""
    folder = RehearsalFolder.at(root)
    config = root / "Pulumi.dev.yaml"
    shutil.copy(ROOT / "Pulumi.dev.yaml", config)
    with running(Options(state=folder.azure, durable=False)) as endpoint:
        record(folder, endpoint)
        stack = Deployed(endpoint, folder, config)
        yield stack
        stack.stand_in.close()
