"""`github`: a step of a workflow's job, with the token service that the runner would give it."""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import httpx
import typer

from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.commands.options import DEFAULT_STATE, State
from rehearsal.errors import RehearsalError
from rehearsal.folder import RehearsalFolder
from rehearsal.github.job import ISSUER, Job, Repository
from rehearsal.github.token_service import serving
from rehearsal.stand_in import ANSWER_WITHIN, record, served


def github(
    context: typer.Context,
    repository: Annotated[str, typer.Option(help="OWNER/NAME of the repository.")] = "contoso/keyless",
    owner_id: Annotated[int, typer.Option(help="The id of the repository's owner.")] = 5544123,
    repository_id: Annotated[int, typer.Option(help="The id of the repository.")] = 821093847,
    names_only: Annotated[
        bool, typer.Option("--names-only", help="Name the repository without ids, as those from before July 2026.")
    ] = False,
    environment: Annotated[str | None, typer.Option(help="The environment that the job names.")] = None,
    event: Annotated[str, typer.Option(help="What started the workflow.")] = "push",
    ref: Annotated[str, typer.Option(help="The branch, tag or pull request.")] = "refs/heads/main",
    state: State = DEFAULT_STATE,
) -> None:
    """Run a command as a step of a job on GitHub: python -m rehearsal github --environment dev -- COMMAND …

    With ARM_USE_OIDC=true and ARM_CLIENT_ID in its environment, the commands of the rehearsal sign in as the job.
    """
    if not context.args:
        raise RehearsalError("There is no command to run. Give it after two dashes: … github -- make deploy")
    owner, _, name = repository.partition("/")
    if not owner or not name or "/" in name:
        raise RehearsalError(f"{repository!r} is no repository. Name it as OWNER/NAME: --repository contoso/keyless")
    of = Repository(owner=owner, name=name, owner_id=owner_id, id=repository_id, immutable=not names_only)
    with (
        _reached(RehearsalFolder.at(state)) as endpoint,
        serving(Job(repository=of, event=event, ref=ref, environment=environment)) as tokens,
    ):
        _introduce(endpoint, tokens.url)
        try:
            status = subprocess.run(context.args, env={**os.environ, **tokens.environment()}, check=False).returncode
        except OSError as fault:
            raise RehearsalError(f"{context.args[0]} can't be run: {fault.strerror}") from fault
    raise typer.Exit(status)


@contextmanager
def _reached(folder: RehearsalFolder) -> Iterator[Endpoint]:
    """The stand-in that `serve` runs for the folder, or one that the job's own commands reach in the same way."""
    if folder.served.exists():
        yield served(folder)
        return
    with running(Options(state=folder.azure)) as endpoint:
        record(folder, endpoint)
        try:
            yield endpoint
        finally:
            folder.served.unlink(missing_ok=True)


def _introduce(endpoint: Endpoint, url: str) -> None:
    """Tell the stand-in where this GitHub publishes its keys."""
    httpx.put(
        f"{endpoint.https_url}/_rehearsal/issuers",
        json={"issuer": ISSUER, "url": url},
        headers={"Authorization": f"Bearer {endpoint.control_key}"},
        verify=ssl.create_default_context(cafile=endpoint.ca_file),
        timeout=ANSWER_WITHIN,
        trust_env=False,
    ).raise_for_status()
