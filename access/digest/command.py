"""`python -m access digest`: the digest of a preview, and whether it is the one that was reviewed."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from access.digest.digest import digest
from access.errors import BadInputError
from access.report import source
from access.report.preview import WANTED, parse_preview
from access.report.quoting import visible

OTHER = 3
"""The exit status for a preview that is not the one expected; 2 is taken by wrong usage of the command line."""
_FORM = re.compile(r"sha256:[0-9a-f]{64}")


def digest_command(
    preview: Annotated[
        str, typer.Argument(help="Output of `pulumi preview --json`; '-' is standard input.", metavar="[PREVIEW]")
    ] = source.STDIN,
    expect: Annotated[
        str | None, typer.Option(help="The digest of the preview that was reviewed.", metavar="DIGEST")
    ] = None,
) -> None:
    """Print the digest of a preview: the same for two previews that would do the same from the same state.

    Exit status: 0 the digest is printed; 1 the input cannot be used; 2 wrong usage; 3 it is not the one expected.
    """
    name = "Standard input" if preview == source.STDIN else preview
    document = source.read(preview, WANTED)
    parse_preview(document, name)
    if expect is not None and _FORM.fullmatch(expect) is None:
        raise BadInputError(f"--expect is '{visible(expect)}', which is no digest: `sha256:` and 64 hex digits.")
    found = digest(document)
    typer.echo(found)
    if expect not in (None, found):
        typer.echo(
            f"error: {name} is not the preview that was reviewed, {expect}: the program, the state or Azure has "
            "changed since. Preview and review again.",
            err=True,
        )
        raise typer.Exit(OTHER)
