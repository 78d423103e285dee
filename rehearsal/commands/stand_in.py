"""`serve`, `env`, `pulumi` and `demo`: what the real CLI has no counterpart of."""

from __future__ import annotations

import os
import shlex
from typing import Annotated

import typer
from rich.console import Console

from rehearsal import demo as story
from rehearsal import pulumi_cli
from rehearsal.azure import server
from rehearsal.azure.server import Endpoint
from rehearsal.azure.weather import Latency
from rehearsal.commands.options import DEFAULT_STATE, PROJECT, Cwd, State
from rehearsal.demo.progress import Progress
from rehearsal.demo.telling import Telling
from rehearsal.folder import RehearsalFolder
from rehearsal.sign_in import credentials
from rehearsal.stand_in import reached, record, served, site_environment


def serve(
    state: State = DEFAULT_STATE,
    https_port: Annotated[int, typer.Option(help="0: the last one if it is free, else any.", min=0, max=65535)] = 0,
    http_port: Annotated[int, typer.Option(help="0: the last one if it is free, else any.", min=0, max=65535)] = 0,
    memory: Annotated[bool, typer.Option("--memory", help="Forget what is in it at the end.")] = False,
    latency: Annotated[Latency, typer.Option(help="azure: answer as slowly as Azure does.")] = Latency.NONE,
    speed: Annotated[float, typer.Option(help="Divides the times of --latency azure.", min=0.001)] = 1.0,
    replication_delay: Annotated[
        float, typer.Option(help="Seconds until what was written is found by everything that refers to it.", min=0)
    ] = 0.0,
    stale_reads: Annotated[
        bool, typer.Option("--stale-reads", help="During the replication delay, let reads miss it too.")
    ] = False,
    cached_identity_tokens: Annotated[
        bool, typer.Option("--cached-identity-tokens", help="Keep an identity's token for a day, as the platform does.")
    ] = False,
    host: Annotated[str, typer.Option(help="Listen elsewhere than on loopback: anybody who reaches it may use it.")] = (
        "127.0.0.1"
    ),
) -> None:
    """Run the stand-in for Entra ID, Graph and ARM until Ctrl-C; prints a line that begins with `ready`."""
    folder = RehearsalFolder.at(state)

    def ready(endpoint: Endpoint) -> None:
        record(folder, endpoint)
        print(f"ready {endpoint.https_url} {endpoint.http_url} tenant {endpoint.tenant_id}", flush=True)  # noqa: T201

    options = server.Options(
        state=folder.azure,
        https_port=https_port,
        http_port=http_port,
        durable=not memory,
        latency=latency,
        speed=speed,
        replication_delay=replication_delay,
        stale_reads=stale_reads,
        cached_identity_tokens=cached_identity_tokens,
        host=host,
    )
    server.serve(options, ready)


def env(
    state: State = DEFAULT_STATE,
    site: Annotated[
        str | None, typer.Option(help="Those that the platform gives this site's process, with its identity.")
    ] = None,
) -> None:
    """Print the variables that point any client at the stand-in being served: eval "$(python -m rehearsal env)"."""
    endpoint = served(RehearsalFolder.at(state))
    variables = credentials(endpoint, os.environ) if site is None else site_environment(endpoint, site)
    for name, value in sorted(variables.items()):
        print(f"export {name}={shlex.quote(value)}")  # noqa: T201


def pulumi(context: typer.Context, cwd: Cwd = PROJECT, state: State = DEFAULT_STATE) -> None:
    """Run the real CLI with the rehearsal's plugins, credentials, backend and home: pulumi up --stack dev."""
    folder = RehearsalFolder.at(state)
    with reached(folder) as endpoint:
        raise typer.Exit(pulumi_cli.run(folder, cwd.absolute(), endpoint, context.args))


def demo(state: State = DEFAULT_STATE) -> None:
    """Tell the whole life of a stack as a story, checked at every step; ends with 1 if any of them disagrees."""
    console = Console(highlight=False, soft_wrap=True)
    story.tell(RehearsalFolder.at(state), PROJECT, Telling(console), Progress(console))
    console.print("\n[bold]Every step did what it tells.[/bold]")
