"""A stack deployed to a served stand-in, and the tools run on it as a user runs them: processes, over TLS."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.folder import RehearsalFolder
from rehearsal.stand_in import record
from tests.in_process import run_access, run_rehearsal
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

    def access(self, *arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs `python -m access`; an empty variable is taken out of its environment."""
        return run_access(arguments, self.environment(**variables), ROOT, stdin)

    @contextmanager
    def held_up(self, route: str, *arguments: str) -> Iterator[HeldUp]:
        """`python -m access` in a process of its own, stopped while it waits to be served at a route, for the length of
        a `with` block.
        """
        fault = {"route": route, "status": 429, "retryAfter": 3}
        assert self.stand_in.control.post("/_rehearsal/faults", json=fault).status_code == 201
        with subprocess.Popen(
            [sys.executable, "-m", "access", *arguments],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            assert any(line.endswith("waiting 3 s\n") for line in process.stderr), "it must get there"
            process.send_signal(signal.SIGSTOP)
            try:
                yield HeldUp(process)
            finally:
                process.kill()

    def audit(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Audits the stack."""
        return self.access("audit", *self.named, *arguments, **variables)

    @property
    def named(self) -> tuple[str, ...]:
        """The options that name stack, state and configuration."""
        return ("--stack", "dev", "--backend", str(self.folder.backend), "--config-file", str(self.config))

    def findings(self, standing: str) -> list[dict[str, Any]]:
        """Returns what an audit finds of a standing."""
        audited = self.audit("--format", "json")
        assert audited.returncode in (0, 3), audited.stderr
        return [each for each in json.loads(audited.stdout)["findings"] if each["standing"] == standing]

    def rehearse(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `up` or `preview` of the program."""
        options = ("--stack", "dev", "--state", str(self.folder.root), "--config-file", str(self.config))
        return self.rehearsal(command, *options, *arguments)

    def rehearsal(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `python -m rehearsal`."""
        return run_rehearsal(arguments, self.environment(), ROOT)

    def follow(self, command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command as it was printed: pulumi's by the rehearsal, ours with this stack's state and configuration.

        `--yes` stands for whoever answers the question.
        """
        match shlex.split(command):
            case ["pulumi", "up", *options]:
                return self.rehearse("up", *_without(options, "--stack", "dev"), "--yes", "--skip-preview")
            case ["python", "-m", "access", "audit", *options]:
                return self.audit(*_without(options, "--stack", "dev"), "--yes")
        message = f"nobody knows how to follow {command!r}"
        raise AssertionError(message)

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

    def put_clock_forward(self, seconds: float) -> None:
        """Lets time pass in Azure. The tokens of before have expired, those of the tests too."""
        answer = self.stand_in.control.post("/_rehearsal/clock", json={"advance": seconds})
        assert answer.status_code == 200, answer.text
        self.stand_in.close()
        self.stand_in = StandIn(self.endpoint)

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

    def environment(self, **variables: str) -> dict[str, str]:
        """What a command finds in its environment; an empty variable is taken out."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
        environment = {**own, **self.endpoint.environment(), **variables}
        return {name: value for name, value in environment.items() if value}


@dataclass(frozen=True)
class HeldUp:
    """A command that has been stopped on its way."""

    process: subprocess.Popen[str]

    def goes_on(self) -> subprocess.CompletedProcess[str]:
        """Lets it come to its end; of what it told, only the rest is returned."""
        self.process.send_signal(signal.SIGCONT)
        written, told = self.process.communicate()
        return subprocess.CompletedProcess(self.process.args, self.process.returncode, written, told)

    def is_killed(self) -> None:
        """Ends it here and now."""
        self.process.kill()
        self.process.wait()


def _without(options: list[str], name: str, value: str) -> list[str]:
    """Returns options less one that must be among them."""
    place = options.index(name)
    assert options[place + 1] == value
    return options[:place] + options[place + 2 :]


def error(result: subprocess.CompletedProcess[str]) -> str:
    """Returns in what lines a command tells why it could not be done, after checking that it wrote nothing else."""
    assert (result.returncode, result.stdout) == (1, ""), result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    lines = [line.removeprefix("error: ") for line in result.stderr.splitlines() if line.startswith("error: ")]
    return "\n".join(lines)


@contextmanager
def served(root: Path) -> Iterator[Deployed]:
    """A stand-in with nothing deployed, for the length of a `with` block."""
    folder = RehearsalFolder.at(root)
    config = root / "Pulumi.dev.yaml"
    shutil.copy(ROOT / "Pulumi.dev.yaml", config)
    with running(Options(state=folder.azure, durable=False)) as endpoint:
        record(folder, endpoint)
        stack = Deployed(endpoint, folder, config)
        try:
            yield stack
        finally:
            stack.stand_in.close()
