"""The commands of `python -m rehearsal`; those that the real CLI has too take its flags and end with its statuses."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rehearsal import demo as story
from rehearsal import pulumi_cli
from rehearsal.azure import server
from rehearsal.azure.server import Endpoint
from rehearsal.azure.weather import Latency
from rehearsal.demo.progress import Progress
from rehearsal.demo.telling import Telling
from rehearsal.deployment import Deployment, Flags
from rehearsal.folder import DEFAULT_NAME, RehearsalFolder
from rehearsal.stand_in import reached, record, served, site_environment

app = typer.Typer(
    help="Practise the life of a stack on this machine: no Azure account, no pulumi CLI.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

PROJECT = Path(__file__).resolve().parent.parent

State = Annotated[Path, typer.Option(help="The one folder that everything of the rehearsal is kept in.")]
Stack = Annotated[str, typer.Option("--stack", "-s", help="The stack: dev or prod, or any with a Pulumi.<stack>.yaml.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Go on after the preview without asking.")]
SkipPreview = Annotated[bool, typer.Option("--skip-preview", "-f", help="Leave the preview out.")]
Diff = Annotated[bool, typer.Option("--diff", help="Show every property, not a line per resource.")]
ConfigFile = Annotated[Path | None, typer.Option(help="Take the stack's configuration from this file.")]
Parallel = Annotated[int | None, typer.Option("--parallel", "-p", help="How many operations may run at once.", min=1)]
Target = Annotated[list[str] | None, typer.Option("--target", "-t", help="Only this URN (may be repeated).")]
Replace = Annotated[list[str] | None, typer.Option("--replace", help="Replace this URN (may be repeated).")]
Refresh = Annotated[bool, typer.Option("--refresh", "-r", help="Read what is really there first.")]
NoChanges = Annotated[bool, typer.Option("--expect-no-changes", help="Fail if anything would change.")]

DEFAULT_STATE = PROJECT / DEFAULT_NAME


@app.command()
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


@app.command()
def env(
    state: State = DEFAULT_STATE,
    site: Annotated[
        str | None, typer.Option(help="Those that the platform gives this site's process, with its identity.")
    ] = None,
) -> None:
    """Print the variables that point any client at the stand-in being served: eval "$(python -m rehearsal env)"."""
    endpoint = served(RehearsalFolder.at(state))
    for name, value in sorted((endpoint.environment() if site is None else site_environment(endpoint, site)).items()):
        print(f"export {name}={shlex.quote(value)}")  # noqa: T201


@app.command()
def preview(
    stack: Stack,
    state: State = DEFAULT_STATE,
    json: Annotated[bool, typer.Option("--json", "-j", help="As `pulumi preview --json`.")] = False,
    diff: Diff = False,
    config_file: ConfigFile = None,
    parallel: Parallel = None,
    target: Target = None,
    replace: Replace = None,
    refresh: Refresh = False,
    expect_no_changes: NoChanges = False,
) -> None:
    """Show what `up` would do."""
    flags = Flags(parallel, target or [], replace or [], refresh, expect_no_changes, diff=diff, json=json)
    with Deployment.of(RehearsalFolder.at(state), PROJECT, stack, config_file, flags) as deployment:
        raise typer.Exit(not deployment.preview())


@app.command()
def up(
    stack: Stack,
    state: State = DEFAULT_STATE,
    yes: Yes = False,
    skip_preview: SkipPreview = False,
    diff: Diff = False,
    config_file: ConfigFile = None,
    parallel: Parallel = None,
    target: Target = None,
    replace: Replace = None,
    refresh: Refresh = False,
    expect_no_changes: NoChanges = False,
) -> None:
    """Make the stack what the program says, after a preview."""
    flags = Flags(parallel, target or [], replace or [], refresh, expect_no_changes, diff=diff)
    with Deployment.of(RehearsalFolder.at(state), PROJECT, stack, config_file, flags) as deployment:
        raise typer.Exit(not deployment.up(yes=yes, skip_preview=skip_preview))


@app.command()
def destroy(
    stack: Stack,
    state: State = DEFAULT_STATE,
    yes: Yes = False,
    skip_preview: SkipPreview = False,
    diff: Diff = False,
    config_file: ConfigFile = None,
    parallel: Parallel = None,
    target: Target = None,
) -> None:
    """Delete every resource of the stack, after a preview."""
    flags = Flags(parallel, target or [], diff=diff)
    with Deployment.of(RehearsalFolder.at(state), PROJECT, stack, config_file, flags) as deployment:
        raise typer.Exit(not deployment.destroy(yes=yes, skip_preview=skip_preview))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def pulumi(context: typer.Context, state: State = DEFAULT_STATE) -> None:
    """Run the real CLI with the rehearsal's plugins, credentials, backend and home: pulumi up --stack dev."""
    folder = RehearsalFolder.at(state)
    with reached(folder) as endpoint:
        raise typer.Exit(pulumi_cli.run(folder, PROJECT, endpoint, context.args))


@app.command()
def demo(state: State = DEFAULT_STATE) -> None:
    """Tell the whole life of a stack as a story, checked at every step; ends with 1 if any of them disagrees."""
    console = Console(highlight=False, soft_wrap=True)
    story.tell(RehearsalFolder.at(state), PROJECT, Telling(console), Progress(console))
    console.print("\n[bold]Every step did what it tells.[/bold]")
