"""A stack in the rehearsal, brought up with a development client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from rich.console import Console

from rehearsal.demo.progress import Progress
from rehearsal.engine import operations, stacks
from rehearsal.engine.options import Options
from rehearsal.errors import RehearsalError
from rehearsal.folder import RehearsalFolder, write_private
from rehearsal.laptop.source import KEY, Source
from rehearsal.stand_in import reached
from rehearsal.workspace import configuration_of, fit_out


@contextmanager
def rehearsed(
    folder: RehearsalFolder, project: Path, stack: str, config_file: Path | None, console: Console
) -> Iterator[Source]:
    """The stack as its configuration says, on the stand-in of `folder`, which is there while the block runs.

    A configuration that says nothing of a development client gets one here: the key it makes opens the rehearsal only.

    Raises RehearsalError when the stand-in can't be reached, or the stack has no configuration or can't be brought up.
    """
    described = configuration_of(project, stack, config_file)
    config = _with_client(described, folder.root / "laptop" / f"Pulumi.{stack}.yaml")
    with reached(folder) as endpoint:
        console.print(f"Bringing the stack {stack!r} up in the rehearsal.")
        if config != described:
            console.print(f"{described.name} asks for no development client; in the rehearsal it has one all the same.")
        workspace = fit_out(folder, project, endpoint, config_file=config)
        if not operations.up(workspace, stack, Options(), Progress(console)).succeeded:
            raise RehearsalError(f"The stack {stack!r} could not be brought up in the rehearsal; the reason is above.")
        trusted = ("AZURE_AUTHORITY_HOST", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
        again = f"python -m rehearsal dev --stack {stack}"
        yield Source(
            stack,
            stacks.outputs(workspace, stack, show_secrets=True),
            {name: endpoint.environment()[name] for name in trusted},
            up=again,
            after_a_grant=f"In the rehearsal `pulumi up` is to start this anew: {again}",
        )


def _with_client(described: Path, copy: Path) -> Path:
    """The configuration, or a copy that asks for a development client if it does not say whether there is to be one.

    What is no configuration is left to the engine to refuse.
    """
    try:
        document = yaml.safe_load(described.read_text(encoding="utf-8"))
    except yaml.YAMLError:
        return described
    config = document.get("config") if isinstance(document, dict) else None
    if not isinstance(config, dict) or KEY in config:
        return described
    write_private(copy, yaml.safe_dump({**document, "config": {**config, KEY: True}}, sort_keys=False))
    return copy
