"""The engine's workspace, as a rehearsal fits it out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from rehearsal.azure.server import Endpoint
from rehearsal.dynamic_provider import PACKAGE as DYNAMIC
from rehearsal.dynamic_provider import dynamic_provider
from rehearsal.engine.workspace import Workspace
from rehearsal.environment import foreign_environment, passphrase
from rehearsal.errors import RehearsalError, UnknownStackError
from rehearsal.folder import RehearsalFolder
from rehearsal.providers.packages import PackageName
from rehearsal.providers.serving import serving
from rehearsal.sign_in import credentials

PACKAGES: tuple[PackageName, ...] = ("azuread", "azure-native")


def configuration_of(project: Path, stack: str, config_file: Path | None = None) -> Path:
    """The file with a stack's configuration: `config_file` or the project's own.

    Raises RehearsalError when there is no `config_file`, UnknownStackError when the project has none for the stack.
    """
    described = config_file or project / f"Pulumi.{stack}.yaml"
    if described.exists():
        return described
    if config_file is not None:
        raise RehearsalError(f"There is no configuration file {config_file}.")
    known = sorted(path.name.split(".")[1] for path in project.glob("Pulumi.*.yaml"))
    raise UnknownStackError(
        f"There is no {described}, so there is no stack {stack!r}. Stacks with a configuration: "
        f"{', '.join(known) or 'none'}.\nName one of them with --stack, or write the file."
    )


def fit_out(
    folder: RehearsalFolder,
    project: Path,
    endpoint: Endpoint,
    *,
    config_file: Path | None = None,
    started_in: Mapping[str, str] = os.environ,
) -> Workspace:
    """A workspace for the program in `project`, with the state in `folder` and every provider signed in at `endpoint`.

    `config_file` stands in for the project's own `Pulumi.<stack>.yaml`, as the CLI's `--config-file`; `started_in` is
    the environment that says whom a rehearsed job on GitHub signs in as.
    """
    environment = {**foreign_environment(), **credentials(endpoint, started_in)}
    return Workspace(
        project=project,
        backend=folder.backend,
        passphrase=passphrase(),
        config_file=config_file,
        providers={
            **{package: partial(serving, package, environment) for package in PACKAGES},
            DYNAMIC: partial(dynamic_provider, project, environment, folder.root / "dynamic-provider.log"),
        },
        environment=environment,
    )
