"""Function and API side by side until somebody ends them, and one call to see whether they meet."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape

from rehearsal import workload
from rehearsal.environment import foreign_environment
from rehearsal.errors import RehearsalError
from rehearsal.laptop.source import DevelopmentClient, Source

_ANSWER_WITHIN = 60.0
"""Seconds that the first call has: three attempts of the function, and a first token."""
_MOST_SHOWN = 400


@dataclass(frozen=True)
class Ports:
    """Where function and API listen on loopback; 0 for any free port."""

    function: int
    api: int

    def check(self) -> None:
        """Raise RehearsalError for one that is taken."""
        for port, what, option in ((self.function, "function", "--function-port"), (self.api, "API", "--api-port")):
            try:
                socket.create_server(("127.0.0.1", port)).close()
            except OSError as fault:
                why = os.strerror(fault.errno or 0)
                raise RehearsalError(
                    f"The {what} cannot listen on 127.0.0.1 port {port}: {why}. Stop what uses the port, or choose "
                    f"another one with {option} (0 for any free port)."
                ) from fault


def develop(source: Source, ports: Ports, *, project: Path, logs: Path, once: bool, console: Console) -> None:
    """Run function and API of `project` as the source's development client, call once, and serve until Ctrl-C.

    With `once` it ends after the call. What the two print goes into the folder `logs`.

    Raises RehearsalError when there is no development client, one of the two does not start or ends, or, with `once`,
    when the call was refused.
    """
    client = source.client()
    endings: SimpleQueue[str | None] = SimpleQueue()
    with _running(source, client, ports, project, logs, endings) as (function, api):
        console.print(f"\nThe API       {api}  (its operations: {api}/openapi.json)")
        console.print(f"The function  {function}/api/call  (log: {logs / 'function.log'})")
        console.print(f"Signed in as  {client.client_id}, whose secret is good until {client.expires[:10]}\n")
        refusal = _call(function, source, console)
        if once and refusal:
            raise RehearsalError(refusal)
        if refusal:
            console.print(f"[red]{escape(refusal)}[/red]")
        if not once:
            console.print("Ctrl-C ends both.")
            _wait(endings)


@contextmanager
def _running(
    source: Source,
    client: DevelopmentClient,
    ports: Ports,
    project: Path,
    logs: Path,
    endings: SimpleQueue[str | None],
) -> Iterator[tuple[str, str]]:
    """The addresses of function and API, which know of the cloud and each other by their environment only."""
    machine = {**foreign_environment(), **source.cloud}
    with workload.api(
        source.outputs, environment=machine, project=project, log=logs / "api.log", port=ports.api, lost=endings.put
    ) as api:
        environment = {
            **machine,
            "API_URL": api,
            "API_SCOPE": source.outputs["scope"],
            # Read by azure-identity's EnvironmentCredential, the first that DefaultAzureCredential asks.
            "AZURE_TENANT_ID": source.outputs["tenantId"],
            "AZURE_CLIENT_ID": client.client_id,
            "AZURE_CLIENT_SECRET": client.client_secret,
        }
        with workload.function(
            project / "workload" / "caller",
            environment=environment,
            project=project,
            log=logs / "function.log",
            port=ports.function,
            lost=endings.put,
        ) as function:
            yield function, api


def _call(function: str, source: Source, console: Console) -> str | None:
    """Call the function and show what it answers; returns what is wrong and what to do, None if nothing is."""
    try:
        answer = httpx.get(f"{function}/api/call", timeout=_ANSWER_WITHIN, trust_env=False)
    except httpx.HTTPError as fault:
        return f"The function gave no answer: {fault or type(fault).__name__}."
    told = f"GET {function}/api/call answers {answer.status_code}"
    shown = answer.text if len(answer.text) <= _MOST_SHOWN else f"{answer.text[:_MOST_SHOWN]} …"
    if answer.status_code == httpx.codes.OK:
        console.print(escape(f"{told}: {shown}"))
        return None
    problem = _problem(answer)
    if "detail" not in problem:
        return f"{told}: {shown}"
    detail = f"{told}: {problem['detail']}".replace("<stack>", source.stack)
    grant_missing = str(problem.get("type")).endswith((":not-assigned", ":role-missing"))
    return f"{detail}\n{source.after_a_grant}" if grant_missing else detail


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    """The problem details object (RFC 9457) that the function answers with; empty for another answer."""
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _wait(endings: SimpleQueue[str | None]) -> None:
    """Wait for Ctrl-C or SIGTERM. Raises RehearsalError if function or API ends before."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: endings.put(None)) for number in numbers}
    try:
        ended = endings.get()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if ended is not None:
        raise RehearsalError(ended)
