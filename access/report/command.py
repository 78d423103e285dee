"""`python -m access report`: read a preview, say what it does to permissions."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from access.errors import BadInputError
from access.report import preview as previews
from access.report import source
from access.report import state as states
from access.report.document import document
from access.report.markdown import markdown
from access.report.report import Report, report_on
from access.report.text import text

DANGEROUS = 3
"""The exit status for a change that `--fail-on` is to stop; 2 is taken by wrong usage of the command line."""


class Format(StrEnum):
    """How the report is written."""

    MARKDOWN = "markdown"
    TEXT = "text"
    JSON = "json"


class FailOn(StrEnum):
    """What ends the command with exit status 3."""

    HIGH = "high"


def report(
    preview: Annotated[
        str, typer.Argument(help="Output of `pulumi preview --json`; '-' is standard input.", metavar="[PREVIEW]")
    ] = source.STDIN,
    state: Annotated[
        str | None,
        typer.Option(
            help="Output of `pulumi stack export`, or the checkpoint of a file backend, from before the preview; '-' "
            "is standard input. Without it, permissions that do not change are not listed.",
            metavar="FILE",
        ),
    ] = None,
    format_: Annotated[
        Format,
        typer.Option("--format", help="Markdown is cut to what GitHub takes in a comment; the others are whole."),
    ] = Format.MARKDOWN,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            help="high: exit with 3 if an identity or an API is or may be lost, or a role is granted that takes over "
            "the tenant or its scope."
        ),
    ] = None,
) -> None:
    """Say what a preview does to permissions: who will be able to call what.

    Exit status: 0 the report is written; 1 the input cannot be used; 2 wrong usage; 3 the report is written and
    --fail-on found what it looks for.
    """
    result = _report(preview, state)
    match format_:
        case Format.MARKDOWN:
            written = markdown(result)
        case Format.TEXT:
            written = text(result)
        case Format.JSON:
            written = json.dumps(document(result), indent=2) + "\n"
    # Bytes, whatever encoding the terminal or the CI machine has: names come in every script.
    typer.echo(written.encode(), nl=False)
    if fail_on is FailOn.HIGH and result.dangerous:
        typer.echo("error: the change takes an identity away or grants a role that takes over everything", err=True)
        raise typer.Exit(DANGEROUS)


def _report(preview_file: str, state_file: str | None) -> Report:
    """Reads both inputs, and reports what is wrong with either at once; raises BadInputError."""
    if preview_file == state_file == source.STDIN:
        raise BadInputError("Preview and state cannot both come from standard input: give one of them as a file.")
    faults: list[str] = []
    preview = state = None
    try:
        preview = previews.parse_preview(source.read(preview_file, previews.WANTED), _name(preview_file))
    except BadInputError as error:
        faults += error.faults
    if state_file is not None:
        try:
            state = states.parse_state(source.read(state_file, states.WANTED), _name(state_file))
        except BadInputError as error:
            faults += error.faults
    if faults or preview is None:
        raise BadInputError(*faults)
    if state is not None and state_file is not None:
        states.check_same_moment(state, preview, _name(state_file))
    try:
        return report_on(preview, state)
    except RecursionError as error:
        raise BadInputError(
            f"{_name(preview_file)} has values nested too deeply to be what Pulumi writes. "
            f"Expected is {previews.WANTED}."
        ) from error


def _name(file: str) -> str:
    return "Standard input" if file == source.STDIN else file
