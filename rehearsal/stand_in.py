"""How a command reaches the stand-in of its state folder."""

from __future__ import annotations

import dataclasses
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx

from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.errors import RehearsalError
from rehearsal.folder import RehearsalFolder, write_private

ANSWER_WITHIN = 10.0
"""Seconds a served stand-in has for its health answer."""


@contextmanager
def reached(folder: RehearsalFolder) -> Iterator[Endpoint]:
    """The stand-in that `serve` runs for this folder; if nobody ever served it, one for as long as the block runs.

    A folder that has once been served is only ever reached through its server: whoever started one expects every
    command to meet the same tenant, and to hear about it when that server is gone.

    Raises RehearsalError when the folder's server has stopped, is busy or can't be reached.
    """
    if folder.served.exists():
        yield served(folder)
        return
    with running(Options(state=folder.azure)) as endpoint:
        yield endpoint


def served(folder: RehearsalFolder) -> Endpoint:
    """The endpoint that `serve` recorded, after it has answered a health request.

    Raises RehearsalError when nothing was recorded, when the record can't be read, and when nobody answers there.
    """
    serve = f"python -m rehearsal serve --state {folder.root}"
    if not folder.served.exists():
        raise RehearsalError(
            f"No stand-in is being served for {folder.root}. Start one in another terminal:\n  {serve}"
        )
    endpoint = _recorded(folder.served, serve)
    try:
        answer = httpx.get(
            f"{endpoint.https_url}/_rehearsal/health",
            verify=ssl.create_default_context(cafile=endpoint.ca_file),
            timeout=ANSWER_WITHIN,
            trust_env=False,
        )
    except (httpx.ConnectError, FileNotFoundError) as fault:
        raise RehearsalError(
            f"The stand-in of {folder.root} has stopped: nobody listens at {endpoint.https_url} any more.\n"
            f"What it held is kept. Start it again in another terminal:\n  {serve}\n"
            f"Or let each command start its own again: remove {folder.served}"
        ) from fault
    except httpx.HTTPError as fault:
        raise RehearsalError(
            f"The stand-in at {endpoint.https_url} gave no answer within {ANSWER_WITHIN:.0f} s. It is busy or stuck;\n"
            f"try again, or stop it and start it again: {serve}"
        ) from fault
    if answer.status_code != httpx.codes.OK:
        raise RehearsalError(
            f"{endpoint.https_url} answers its health request with {answer.status_code}: that is not the stand-in of "
            f"{folder.root}.\nIts port was probably taken by another program. Start the stand-in again:\n  {serve}"
        )
    return endpoint


def site_environment(endpoint: Endpoint, site: str) -> dict[str, str]:
    """The variables that the platform gives a site's process: its settings, and where its identity gets tokens.

    Raises RehearsalError when the stand-in has no such site.
    """
    answer = httpx.get(
        f"{endpoint.https_url}/_rehearsal/sites/{quote(site, safe='')}/environment",
        headers={"Authorization": f"Bearer {endpoint.control_key}"},
        verify=ssl.create_default_context(cafile=endpoint.ca_file),
        timeout=ANSWER_WITHIN,
        trust_env=False,
    )
    if answer.status_code != httpx.codes.OK:
        raise RehearsalError(
            f"The stand-in has no site {site!r}. The name is the stack's output `functionAppName`; deploy it first:\n"
            "  python -m rehearsal up --stack dev"
        )
    return {name: str(value) for name, value in answer.json().items()}


def record(folder: RehearsalFolder, endpoint: Endpoint) -> None:
    """Leave for the other commands where the stand-in listens and how to sign in (readable by its owner only)."""
    fields = {name: str(value) for name, value in dataclasses.asdict(endpoint).items()}
    write_private(folder.served, json.dumps(fields, indent=2) + "\n")


def _recorded(path: Path, serve: str) -> Endpoint:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return Endpoint(**{**fields, "ca_file": Path(fields["ca_file"])})
    except (ValueError, TypeError, KeyError, OSError) as fault:
        raise RehearsalError(
            f"{path} can't be read: {fault}.\nRemove it and start the stand-in again:\n  {serve}"
        ) from fault
