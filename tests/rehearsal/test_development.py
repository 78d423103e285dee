"""`python -m rehearsal dev` as a user runs it: function and API as processes of this machine, and one call."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import httpx
import pytest

from rehearsal.azure.server import Endpoint, Options, running
from tests.rehearsal.command import ROOT, Command
from tests.rehearsal.processes import descendants, needs_process_table, wait_until_gone

ANY_PORTS = ("--function-port", "0", "--api-port", "0")
AZURE = (*ANY_PORTS, "--against", "azure")
GRANT = "    - api: own\n      roles: [Things.Read.All]\n"
EXPORTED: dict[str, Any] = {
    "tenantId": "aaaabbbb-0000-4ccc-8111-dddd2222eeee",
    "audience": "99999999-8888-4777-8666-555555555555",
    "issuer": "https://login.microsoftonline.com/aaaabbbb-0000-4ccc-8111-dddd2222eeee/v2.0",
    "scope": "api://99999999-8888-4777-8666-555555555555/.default",
    "developerClient": {"clientId": "c", "clientSecret": "hunter2-hunter2", "expires": "2999-01-01T00:00:00Z"},
}


@dataclass
class Serving:
    """A `dev` that serves: its addresses, the processes it has started, and what it has said so far."""

    process: Popen[str]
    function: str
    api: str
    started: set[int]
    said: str

    def end(self, how: signal.Signals) -> str:
        """What it says until it has ended."""
        self.process.send_signal(how)
        return self.ended()

    def ended(self) -> str:
        rest, _ = self.process.communicate(timeout=60)
        return rest

    def process_of(self, module: str) -> int:
        """The process that runs a module."""
        [found] = (pid for pid in self.started if module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes())
        return found


@contextmanager
def serving(command: Command, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[Serving]:
    process = command.start("dev", *options, environment=environment)
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C ends both." in line:
            break
    else:
        pytest.fail(f"it ended with status {process.wait()}: {said}")
    function, api = (re.search(rf"The {name} +(http://[0-9.:]+)", said) for name in ("function", "API"))
    assert function
    assert api
    try:
        yield Serving(process, function[1], api[1], descendants(process.pid), said)
    finally:
        process.kill()
        process.communicate()


@dataclass(frozen=True)
class Cli:
    """A `pulumi` that answers `stack output` and nothing else, alone on its PATH."""

    folder: Path

    def says(self, text: str, *, status: int = 0) -> dict[str, str]:
        """The variables of a machine on which it says this."""
        wanted = "stack output --stack dev --json --show-secrets --non-interactive"
        said = self.folder / "said"
        said.write_text(text, encoding="utf-8")
        script = self.folder / "pulumi"
        told = f"/bin/cat {said} >&{1 if status == 0 else 2}"
        script.write_text(f'#!/bin/sh\n[ "$*" = "{wanted}" ] || exit 99\n{told}\nexit {status}\n', encoding="utf-8")
        script.chmod(stat.S_IRWXU)
        return {"PATH": str(self.folder)}


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    folder = tmp_path / "bin"
    folder.mkdir()
    return Cli(folder)


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Always the same rehearsal, so that the stack is made once."""
    return Command(tmp_path_factory.mktemp("development") / "state")


@pytest.fixture(scope="module")
def first(command: Command) -> str:
    """What the first `dev --once` says, which brings the stack up."""
    ran = command.run("dev", "--once", *ANY_PORTS)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    return ran.stdout


@pytest.fixture(scope="module")
def outputs(command: Command, first: str) -> dict[str, Any]:
    """The outputs of the stack, in clear."""
    ran = command.run("stack", "output", "--stack", "dev", "--json", "--show-secrets")
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))


@pytest.fixture
def elsewhere(command: Command, first: str) -> Iterator[dict[str, str]]:
    """What leads a laptop to the stand-in as to another cloud: no credential of the deployer among it."""
    with running(Options(state=command.folder.azure)) as endpoint:
        yield cloud_of(endpoint)


def cloud_of(endpoint: Endpoint) -> dict[str, str]:
    ca = str(endpoint.ca_file)
    return {"AZURE_AUTHORITY_HOST": endpoint.https_url, "SSL_CERT_FILE": ca, "REQUESTS_CA_BUNDLE": ca}


def test_it_brings_the_stack_up_and_a_call_is_answered(first: str) -> None:
    lines = first.splitlines()
    assert lines[:2] == [
        "Bringing the stack 'dev' up in the rehearsal.",
        "Pulumi.dev.yaml asks for no development client; in the rehearsal it has one all the same.",
    ]
    assert "   +  azuread ApplicationPassword caller-developer-secret" in lines
    assert re.fullmatch(r'GET http://127\.0\.0\.1:\d+/api/call answers 200: \{"things": \[.+\]\}', lines[-1])


@needs_process_table
def test_it_serves_until_ctrl_c_and_leaves_nothing_behind(command: Command, outputs: dict[str, Any]) -> None:
    with serving(command, *ANY_PORTS) as served:
        assert "   +  " not in served.said, "the stack is up already"
        claims = httpx.get(f"{served.function}/api/whoami", trust_env=False).json()["claims"]
        assert (claims["azp"], claims["roles"]) == (outputs["developerClient"]["clientId"], ["Things.Read.All"])
        assert httpx.get(f"{served.api}/things", trust_env=False).status_code == 401, "nobody else gets past the API"
        rest = served.end(signal.SIGINT)
        assert (served.process.returncode, rest) == (0, "")
        wait_until_gone(served.started)
        for address in (served.function, served.api):
            with pytest.raises(httpx.ConnectError):
                httpx.get(address, trust_env=False)


@needs_process_table
def test_the_secret_travels_in_an_environment_and_is_nowhere_else(
    command: Command, outputs: dict[str, Any], cli: Cli, elsewhere: dict[str, str]
) -> None:
    secret = outputs["developerClient"]["clientSecret"]
    environment = {**cli.says(json.dumps(outputs)), **elsewhere, "GREETING": "hello", "ARM_CLIENT_SECRET": "deployer"}
    with serving(command, *AZURE, environment=environment) as served:
        assert httpx.get(f"{served.function}/api/call", trust_env=False).status_code == 200
        assert httpx.post(f"{served.function}/api/call", trust_env=False).status_code == 502, "it lacks that role"
        function, api = served.process_of("rehearsal.azure.functions_host"), served.process_of("uvicorn")
        for pid in (function, api, served.process.pid):
            assert secret.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
        variables = Path(f"/proc/{function}/environ").read_bytes().split(b"\0")
        assert {f"AZURE_CLIENT_SECRET={secret}".encode(), b"GREETING=hello"} <= set(variables)
        assert b"ARM_CLIENT_SECRET=deployer" not in variables, "what leads to other accounts stays outside"
        assert secret.encode() not in Path(f"/proc/{api}/environ").read_bytes(), "an API needs no key"
        said = served.said + served.end(signal.SIGTERM)
        assert served.process.returncode == 0
    logs = {path: path.read_text(encoding="utf-8") for path in (command.state / "laptop").glob("*.log")}
    assert {path.name for path in logs} == {"api.log", "function.log"}
    for text in (said, *logs.values()):
        assert secret not in text
        assert "eyJ" not in text, "every JSON Web Token begins so"
    files = [path for path in command.state.rglob("*") if path.is_file()]
    assert [path for path in files if secret.encode() in path.read_bytes()] == []


@needs_process_table
def test_if_one_of_the_two_ends_so_does_the_other(
    command: Command, outputs: dict[str, Any], cli: Cli, elsewhere: dict[str, str]
) -> None:
    environment = {**cli.says(json.dumps(outputs)), **elsewhere}
    with serving(command, *AZURE, environment=environment) as served:
        os.kill(served.process_of("uvicorn"), signal.SIGKILL)
        rest = served.ended()
        assert served.process.returncode == 1
        assert rest.startswith("error: the API ended with status -9. The end of ")
        assert "Traceback" not in rest
        wait_until_gone(served.started)


@needs_process_table
def test_killed_it_leaves_no_process(
    command: Command, outputs: dict[str, Any], cli: Cli, elsewhere: dict[str, str]
) -> None:
    environment = {**cli.says(json.dumps(outputs)), **elsewhere}
    with serving(command, *AZURE, environment=environment) as served:
        assert served.started
        served.end(signal.SIGKILL)
        wait_until_gone(served.started)


@pytest.mark.skipif(shutil.which("pulumi") is None, reason="the pulumi CLI is not on PATH")
def test_the_real_cli_hands_over_what_the_embedded_engine_has_kept(
    command: Command, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    own = {
        "PULUMI_BACKEND_URL": command.folder.backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_HOME": str(tmp_path / "pulumi"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    answered = command.run("dev", "--once", *AZURE, environment={**own, **elsewhere})
    assert answered.returncode == 0, answered.stdout + answered.stderr
    assert "answers 200: " in answered.stdout


def test_a_port_that_is_taken_is_named_before_anything_is_brought_up(tmp_path: Path) -> None:
    fresh = Command(tmp_path / "state")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = fresh.run("dev", "--once", "--api-port", str(port), "--function-port", "0")
    assert refused.returncode == 1
    assert refused.stderr == (
        f"error: The API cannot listen on 127.0.0.1 port {port}: Address already in use. Stop what uses the port, or "
        "choose another one with --api-port (0 for any free port).\n"
    )
    assert list(fresh.state.iterdir()) == []


def refused_against_azure(command: Command, environment: dict[str, str]) -> str:
    """What is said of it on standard error."""
    refused = command.run("dev", "--once", *AZURE, environment=environment)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert "hunter2" not in refused.stdout + refused.stderr
    return refused.stderr


def test_without_the_cli_there_is_no_stack_in_azure_to_run_against(command: Command, cli: Cli) -> None:
    assert refused_against_azure(command, {"PATH": str(cli.folder)}) == (
        "error: The pulumi CLI is not on PATH, and it alone can read what a deployed stack exports. Install it "
        "(https://www.pulumi.com/docs/install/), or run against the rehearsal: make dev\n"
    )


def test_a_stack_that_is_not_up_is_told_in_the_clis_words(command: Command, cli: Cli) -> None:
    assert refused_against_azure(command, cli.says("error: no stack named 'dev' found", status=255)) == (
        "error: pulumi cannot read the outputs of stack 'dev': error: no stack named 'dev' found\n"
        "Log in to the backend that holds it (pulumi login), and deploy it:\n"
        "  pulumi up --stack dev\n"
    )


def test_an_api_that_does_not_start_is_shown_with_its_own_words(command: Command, cli: Cli) -> None:
    environment = {**cli.says(json.dumps(EXPORTED)), "AZURE_AUTHORITY_HOST": "http://elsewhere"}
    said = refused_against_azure(command, environment)
    assert said.startswith("error: the API ended with status 1 before it was ready. The end of ")
    assert "AZURE_AUTHORITY_HOST is 'http://elsewhere': it must be https:// and a host" in said


def test_with_the_grant_missing_it_says_what_to_do(command: Command, first: str, tmp_path: Path) -> None:
    config = tmp_path / "Pulumi.dev.yaml"
    before = (ROOT / config.name).read_text(encoding="utf-8")
    assert GRANT in before
    config.write_text(before.replace(GRANT, ""), encoding="utf-8")
    refused = command.run("dev", "--once", *ANY_PORTS, "--config-file", str(config))
    assert refused.returncode == 1
    assert re.sub(r":\d+/", ":PORT/", refused.stderr) == (
        "error: GET http://127.0.0.1:PORT/api/call answers 502: The identity of this app has no role on the API, and "
        "Entra gives tokens only to those that have one; grant it under keyless:grants in Pulumi.dev.yaml and run "
        "`pulumi up`.\n"
        "In the rehearsal `pulumi up` is to start this anew: python -m rehearsal dev --stack dev\n"
    )
    config.write_text(f"{before}  keyless:developerClient: true\n", encoding="utf-8")
    again = command.run("dev", "--once", *ANY_PORTS, "--config-file", str(config))
    assert again.returncode == 0, again.stderr
    assert "   +  azuread AppRoleAssignment caller-developer-own-Things.Read.All" in again.stdout.splitlines()
    assert "asks for no development client" not in again.stdout


def test_production_gets_no_development_client_in_the_rehearsal_either(command: Command) -> None:
    refused = command.run("dev", "--once", *ANY_PORTS, "--stack", "prod")
    assert refused.returncode == 1
    assert "keyless:developerClient: a development client has a client secret" in refused.stdout
    assert refused.stderr == "error: The stack 'prod' could not be brought up in the rehearsal; the reason is above.\n"
