"""The providers as plugin processes, as the real CLI starts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.azure.server import Endpoint
from rehearsal.providers.packages import NAMES, PackageName
from tests.rehearsal.providers.caller import Caller

ROOT = Path(__file__).parents[3]


def started(package: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        # The CLI appends the engine's address and its own flags.
        [sys.executable, "-m", "rehearsal.providers", package, "127.0.0.1:1", "--logtostderr", "-v=9"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("package", NAMES)
def test_a_plugin_prints_its_port_and_serves(package: PackageName, endpoint: Endpoint) -> None:
    with started(package, endpoint.environment()) as plugin:
        assert plugin.stdout is not None
        assert plugin.stderr is not None
        port = plugin.stdout.readline()
        assert port.strip().isdigit()
        with Caller(f"127.0.0.1:{int(port)}") as caller:
            answer = caller.configure()
            token = f"{package}:authorization:getClientConfig"
            if package == "azuread":
                token = "azuread:index/getClientConfig:getClientConfig"
            config, _ = caller.invoke(token)
        assert config["clientId"] == endpoint.client_id
        assert (answer.supportsPreview, answer.supports_autonaming_configuration) == (True, True)
        assert (answer.acceptSecrets, answer.acceptResources, answer.acceptOutputs) == (False, False, False)
        plugin.send_signal(signal.SIGTERM)
        assert plugin.wait() == 0
        assert plugin.stdout.read() == "", "nothing but the port is printed"
        assert plugin.stderr.read() == ""


def test_a_plugin_ends_with_its_parent() -> None:
    # A killed CLI cannot tell its plugins. The shell stands for it, and says which process it has started.
    script = f"{sys.executable} -m rehearsal.providers azuread & echo $!; wait"
    with subprocess.Popen(
        ["/bin/sh", "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as cli:
        assert cli.stdout is not None
        plugin = int(cli.stdout.readline())
        assert cli.stdout.readline().strip().isdigit()
        os.kill(plugin, 0)
        cli.kill()
        # The plugin holds the other end of the pipe: it is at its end when the plugin is.
        assert cli.stdout.read() == ""


@pytest.mark.parametrize(
    ("arguments", "given"), [([], "and none is given"), (["aws"], "not 'aws'")], ids=["none", "another"]
)
def test_a_plugin_of_no_known_package_says_which_there_are(arguments: list[str], given: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "rehearsal.providers", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        f"usage: python -m rehearsal.providers PACKAGE, PACKAGE being azuread or azure-native, {given}\n"
    )
