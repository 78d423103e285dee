"""`python -m access`: the commands of this room."""

from __future__ import annotations

import logging
import sys

import typer

from access.audit.command import audit_command
from access.digest.command import digest_command
from access.errors import AccessError
from access.preflight.command import preflight_command
from access.report.command import report
from access.token.command import token_command

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(report)
app.command("digest")(digest_command)
app.command("audit")(audit_command)
app.command("preflight")(preflight_command)
app.command("token")(token_command)


@app.callback()
def access() -> None:
    """Who may call what."""


def main() -> None:
    """Runs the command line; an error that the user can put right ends it with exit status 1 and no traceback."""
    # What their libraries log is said again, once and for people, by the error that ends the command.
    for name in ("azure", "msal", "workload"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        app(prog_name="python -m access")
    except AccessError as error:
        for line in str(error).splitlines():
            typer.echo(f"error: {line}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
