"""The real pulumi CLI, pointed at the rehearsal instead of the user's own login, backend and plugins."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from rehearsal.azure.server import Endpoint
from rehearsal.environment import foreign_environment, passphrase
from rehearsal.errors import RehearsalError
from rehearsal.folder import RehearsalFolder, write_private
from rehearsal.sign_in import credentials
from rehearsal.subscriptions import provide
from rehearsal.workspace import PACKAGES

_ROOT = Path(__file__).resolve().parents[1]
TAKE_CONFIG_FILE = frozenset({"destroy", "import", "preview", "refresh", "up", "update", "watch"})
"""Commands of the CLI with a `--config-file` option (`pulumi <command> --help`, 3.260)."""


def run(folder: RehearsalFolder, project: Path, endpoint: Endpoint, arguments: Sequence[str]) -> int:
    """Run `pulumi` with `arguments` on the program in `project` and return its exit status.

    It sees the rehearsal's plugins first on its PATH, a file backend and a PULUMI_HOME of the rehearsal's own, and the
    stand-in's credentials. A stack that is named but not there yet is created first, and the stack's configuration is
    handed over as a copy: the CLI writes an encryption salt into the file it is given.

    Raises RehearsalError when there is no `pulumi` on PATH, no `.venv`, or the stack can't be created.
    """
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise RehearsalError(
            "The pulumi CLI is not on PATH. Install it (https://www.pulumi.com/docs/install/), or do without it:\n"
            "  python -m rehearsal up --stack dev"
        )
    virtualenv = _virtualenv(project)
    if not virtualenv.exists():
        raise RehearsalError(f"There is no {virtualenv}, in which the CLI runs the program. Make it first: make setup")
    folder.backend.mkdir(exist_ok=True)
    environment = {
        **foreign_environment(),
        **credentials(endpoint, os.environ),
        "PATH": f"{_plugins(folder)}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PULUMI_BACKEND_URL": folder.backend.as_uri(),
        "PULUMI_HOME": str(folder.pulumi_home),
        "PULUMI_CONFIG_PASSPHRASE": passphrase(),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    stack = _stack(arguments)
    extra: list[str] = []
    if stack is not None:
        provide(endpoint, project / f"Pulumi.{stack}.yaml")
    if stack is not None and not TAKE_CONFIG_FILE.isdisjoint(arguments) and "--config-file" not in arguments:
        extra = ["--config-file", str(_config_file(folder, project, stack, pulumi, environment))]
    if list(arguments[:2]) == ["stack", "rm"]:
        # Without it the CLI deletes the project's own Pulumi.<stack>.yaml along with the rehearsed stack.
        extra = ["--preserve-config"]
    return subprocess.run([pulumi, *arguments, *extra], cwd=project, env=environment, check=False).returncode


def _virtualenv(project: Path) -> Path:
    """Where the project says that its packages are."""
    runtime = _yaml(project / "Pulumi.yaml").get("runtime")
    options = runtime.get("options") if isinstance(runtime, dict) else None
    return (project / str((options or {}).get("virtualenv", ".venv"))).resolve()


def _plugins(folder: RehearsalFolder) -> Path:
    """Write the executables through which the CLI starts the rehearsal's providers."""
    folder.plugins.mkdir(exist_ok=True)
    for package in PACKAGES:
        executable = folder.plugins / f"pulumi-resource-{package}"
        executable.write_text(
            f'#!/bin/sh\nPYTHONPATH="{_ROOT}" exec "{sys.executable}" -m rehearsal.providers {package} "$@"\n',
            encoding="utf-8",
        )
        executable.chmod(stat.S_IRWXU)
    return folder.plugins


def _stack(arguments: Sequence[str]) -> str | None:
    for position, argument in enumerate(arguments):
        if argument in {"--stack", "-s"} and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith("--stack="):
            return argument.removeprefix("--stack=")
    return None


def _config_file(
    folder: RehearsalFolder, project: Path, stack: str, pulumi: str, environment: Mapping[str, str]
) -> Path:
    own = project / f"Pulumi.{stack}.yaml"
    if not own.exists():
        raise RehearsalError(
            f"There is no {own.name} in {project}: write it first, or name another stack with --stack."
        )
    copy = folder.stack_config / own.name
    salt = _salt_of_checkpoint(folder, project, stack) or _yaml(copy).get("encryptionsalt")
    if salt is None:
        _create_stack(folder, project, stack, pulumi, environment)
        salt = _yaml(copy)["encryptionsalt"]
    write_private(copy, yaml.safe_dump({"encryptionsalt": salt, **_yaml(own)}, sort_keys=False))
    return copy


def _create_stack(
    folder: RehearsalFolder, project: Path, stack: str, pulumi: str, environment: Mapping[str, str]
) -> None:
    folder.stack_config.mkdir(exist_ok=True)
    shutil.copy(project / "Pulumi.yaml", folder.stack_config)
    created = subprocess.run(
        [pulumi, "stack", "init", stack, "--no-select", "--cwd", str(folder.stack_config)],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if created.returncode != 0:
        raise RehearsalError(f"pulumi could not create the stack {stack!r}:\n{created.stderr.strip()}")


def _salt_of_checkpoint(folder: RehearsalFolder, project: Path, stack: str) -> str | None:
    """The salt of a stack that the embedded engine made: the CLI can read its secrets only with the same one."""
    name = _yaml(project / "Pulumi.yaml")["name"]
    path = folder.backend / ".pulumi" / "stacks" / name / f"{stack}.json"
    if not path.exists():
        return None
    latest = json.loads(path.read_text(encoding="utf-8")).get("checkpoint", {}).get("latest") or {}
    salt = latest.get("secrets_providers", {}).get("state", {}).get("salt")
    return salt if isinstance(salt, str) else None


def _yaml(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document if isinstance(document, dict) else {}
