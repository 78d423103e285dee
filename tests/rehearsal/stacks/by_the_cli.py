"""The same stack under the real Pulumi CLI and the real azuread plugin, with the rehearsal's azure-native."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.environment import foreign_environment, passphrase
from rehearsal.folder import RehearsalFolder
from tests.rehearsal.stacks.rehearsed import ROOT, Rehearsed

NEEDED = ("pulumi", "pulumi-language-python", "pulumi-resource-pulumi-python", "pulumi-resource-azuread")
MISSING = [name for name in NEEDED if not shutil.which(name)]


class ByTheCli(Rehearsed):
    """A stack in a backend of the CLI's, configured as a rehearsed one."""

    def __init__(self, folder: RehearsalFolder, endpoint: Endpoint, stack: str) -> None:
        self._folder, self._salt = folder, dict[str, str]()
        super().__init__(folder, endpoint, stack)
        (self.program / ".venv").symlink_to(Path(sys.prefix))
        folder.backend.mkdir()
        folder.plugins.mkdir()
        plugin = folder.plugins / "pulumi-resource-azure-native"
        start = f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m rehearsal.providers azure-native "$@"'
        plugin.write_text(f"#!/bin/sh\n{start}\n", encoding="utf-8")
        plugin.chmod(stat.S_IRWXU)
        self.run("stack", "init")
        own = self.program / f"Pulumi.{stack}.yaml"
        self._salt = yaml.safe_load(own.read_text(encoding="utf-8"))
        own.unlink()
        self.configure()

    def configure(self, **changes: Any) -> None:
        super().configure(**changes)
        document = yaml.safe_load(self.config_file.read_text(encoding="utf-8"))
        self.config_file.write_text(yaml.safe_dump({**self._salt, **document}), encoding="utf-8")

    def shown(self, operation: str, *arguments: str) -> str:
        """What a person sees of an operation that must succeed."""
        return self.run(operation, "--config-file", str(self.config_file), *arguments)

    def run(self, *arguments: str) -> str:
        """Run the CLI; what it says on standard output."""
        environment = {
            **foreign_environment(),
            **self.endpoint.environment(),
            "PATH": f"{self._folder.plugins}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": self._folder.backend.as_uri(),
            "PULUMI_HOME": str(self._folder.pulumi_home),
            "PULUMI_CONFIG_PASSPHRASE": passphrase(),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
        ran = subprocess.run(
            [str(shutil.which("pulumi")), *arguments, "--stack", self.stack, "--non-interactive", "--color", "never"],
            cwd=self.program,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout


@contextmanager
def by_the_cli(root: Path, stack: str) -> Iterator[ByTheCli]:
    """A stack that is not deployed yet, on a stand-in of its own."""
    folder = RehearsalFolder.at(root)
    with running(Options(state=folder.azure, durable=False)) as endpoint:
        found = ByTheCli(folder, endpoint, stack)
        try:
            yield found
        finally:
            found.client.close()
