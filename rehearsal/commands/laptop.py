"""`dev`: function and API on this machine, as the development client of a stack."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from rehearsal import laptop
from rehearsal.commands.options import DEFAULT_STATE, PROJECT, ConfigFile, Stack, State
from rehearsal.errors import RehearsalError
from rehearsal.folder import RehearsalFolder


class Against(StrEnum):
    """Where the stack is."""

    REHEARSAL = "rehearsal"
    AZURE = "azure"


def dev(
    stack: Stack = "dev",
    against: Annotated[
        Against, typer.Option(help="rehearsal: bring the stack up there first. azure: as it is deployed.")
    ] = Against.REHEARSAL,
    state: State = DEFAULT_STATE,
    config_file: ConfigFile = None,
    function_port: Annotated[int, typer.Option(help="Of the function; 0 for any free one.", min=0, max=65535)] = 7071,
    api_port: Annotated[int, typer.Option(help="Of the API; 0 for any free one.", min=0, max=65535)] = 7072,
    caller: Annotated[str | None, typer.Option(help="Which function app, if the stack has several.")] = None,
    api: Annotated[str | None, typer.Option(help="Which API, if the stack has several.")] = None,
    once: Annotated[bool, typer.Option("--once", help="End after one call; 1 if it was refused.")] = False,
) -> None:
    """Run function and API on this machine as the stack's development client, call once, and serve until Ctrl-C."""
    console = Console(highlight=False, soft_wrap=True)
    folder = RehearsalFolder.at(state)
    ports = laptop.Ports(function_port, api_port)
    ports.check()

    def develop(source: laptop.Source) -> None:
        chosen = source.chosen(caller, api)
        laptop.develop(chosen, ports, project=PROJECT, logs=folder.root / "laptop", once=once, console=console)

    if against is Against.REHEARSAL:
        with laptop.rehearsed(folder, PROJECT, stack, config_file, console) as source:
            develop(source)
    elif config_file is not None:
        raise RehearsalError("--config-file is for the rehearsal: a stack in Azure is run as it is deployed.")
    else:
        develop(laptop.deployed(PROJECT, stack))
