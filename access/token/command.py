"""`python -m access token`: explain a token."""

from __future__ import annotations

import json
import os
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from access.errors import BadInputError
from access.report.quoting import visible
from access.report.resource import text
from access.report.source import STDIN
from access.report.state import parse_state
from access.stack import source
from access.stack.options import Backend, Project, StateFile
from access.stack.source import Wanted
from access.stack.stack import Stack
from access.token import claims
from access.token.bearer import Source, token_from
from access.token.reasons import Reason, reasons
from access.token.verdict import Verdicts, roles_asked_for, verdicts
from workload.api.settings import Settings, SettingsError

REFUSED = 3
"""The exit status for a token that opens nothing; 2 is taken by wrong usage of the command line."""
_OUTPUTS = {"API_AUDIENCE": "audience", "API_ISSUER": "issuer", "API_TENANT_ID": "tenantId"}


class Format(StrEnum):
    """How the explanation is written."""

    TEXT = "text"
    JSON = "json"


def token_command(
    from_: Annotated[
        Source,
        typer.Option(
            "--from",
            help="stdin; credential: of the environment (ARM_*, AZURE_*, az login); identity: a function app's.",
        ),
    ] = Source.STDIN,
    scope: Annotated[
        str | None, typer.Option(help="What to ask a token for, if not the stack's output `scope`.", metavar="SCOPE")
    ] = None,
    stack: Annotated[
        str | None, typer.Option("--stack", "-s", help="The stack whose API it is for; else API_AUDIENCE and so on.")
    ] = None,
    project: Project = Path(),
    state: StateFile = None,
    backend: Backend = None,
    format_: Annotated[Format, typer.Option("--format", help="How the explanation is written.")] = Format.TEXT,
) -> None:
    """Explain an access token: what it says, what the API would answer, and what would change that.

    Neither the token nor its signature is shown. The API is the one of --stack, or of API_AUDIENCE, API_ISSUER and
    API_TENANT_ID; its keys come from AZURE_AUTHORITY_HOST. Exit status: 0 the API lets it in; 1 there is no token to
    explain; 2 wrong usage; 3 the API refuses it.
    """
    if from_ is Source.STDIN and state == STDIN:
        raise BadInputError("Token and state cannot both come from standard input: give the state as a file.")
    outputs: dict[str, Any] = {}
    if stack is not None:
        wanted = Wanted(stack, source.project_of(project), project, state, backend)
        outputs = dict(Stack(parse_state(*source.read(wanted, os.environ))).outputs)
    settings = _settings(outputs, stack)
    asked = scope or text(outputs.get("scope")) or os.environ.get("API_SCOPE")
    token = claims.read(token_from(from_, asked, os.environ))
    said = verdicts(token, settings)
    wrong = reasons(token, settings, roles_asked_for(), time.time())
    if said.verified is False and not any(each.of_token for each in wrong):
        wrong.append(_forged(said))
    if format_ is Format.JSON:
        written = json.dumps(_document(token, said, wrong), indent=2) + "\n"
    else:
        written = "\n".join(_lines(token, said, wrong)) + "\n"
    typer.echo(written.encode(), nl=False)
    if not said.admitted:
        raise typer.Exit(REFUSED)


def _settings(outputs: dict[str, Any], stack: str | None) -> Settings:
    """Returns what the API is told by its environment, as it reads it; raises BadInputError."""
    given = {name: text(outputs.get(output)) or os.environ.get(name, "") for name, output in _OUTPUTS.items()}
    given["AZURE_AUTHORITY_HOST"] = os.environ.get("AZURE_AUTHORITY_HOST", "")
    try:
        return Settings.read(given)
    except SettingsError as error:
        where = f"The outputs of stack {stack!r}" if stack else "The environment"
        faults = str(error).splitlines()[1:]
        raise BadInputError(f"{where} does not say which API the token is for. Use --stack:", *faults) from error


def _forged(said: Verdicts) -> Reason:
    return Reason(
        "signature",
        f"it is not signed by a key that the issuer publishes, or was changed afterwards ({said.each[0].reason})",
        "Ask Entra for a token, and send it unchanged.",
    )


def _lines(token: claims.Token, said: Verdicts, wrong: list[Reason]) -> list[str]:
    about = {each.about for each in wrong}
    names = [*claims.MEANINGS, *sorted(token.claims.keys() - claims.MEANINGS.keys())]
    lines = ["Claims:"]
    for name in names:
        if name in token.claims:
            mark = "!" if name in about else " "
            meaning = f"  - {claims.MEANINGS[name]}" if name in claims.MEANINGS else ""
            lines.append(f"{mark} {claims.shown('', name)}: {claims.shown(name, token.claims[name])}{meaning}")
    lines += [
        "",
        f"Header: alg {claims.shown('', token.header.get('alg'))}, kid {claims.shown('', token.header.get('kid'))}",
    ]
    checked = {True: "right", False: "not accepted", None: "not checked: the issuer's keys cannot be had"}
    lines += [f"Signature and claims: {checked[said.verified]}", "", "What the API answers:"]
    lines += [
        f"  {each.operation}: {each.status} {each.detail}" + (f" [{each.reason}]" if each.reason else "")
        for each in said.each
    ]
    if wrong:
        lines += ["", "Why not, and what would fix it:"]
        lines += [f"  {each.about}: {visible(each.problem)}.\n    {each.fix}" for each in wrong]
    return lines


def _document(token: claims.Token, said: Verdicts, wrong: list[Reason]) -> dict[str, Any]:
    return {
        "claims": token.claims,
        "header": {name: token.header.get(name) for name in ("alg", "kid", "typ")},
        "verified": said.verified,
        "admitted": said.admitted,
        "answers": [
            {"operation": each.operation, "status": each.status, "detail": each.detail, "reason": each.reason}
            for each in said.each
        ],
        "reasons": [{"about": each.about, "problem": each.problem, "fix": each.fix} for each in wrong],
    }
