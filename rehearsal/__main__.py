"""The command line of the rehearsal: `python -m rehearsal`."""

from __future__ import annotations

import sys

from typer import Abort
from typer.exceptions import TyperException

from rehearsal.commands import app, misuse
from rehearsal.refusals import REFUSALS, exit_status


def main() -> int:
    """Run what the command line asks for; its exit status."""
    try:
        return int(app(prog_name="python -m rehearsal", standalone_mode=False) or 0)
    except TyperException as fault:
        if not fault.format_message():  # without a command the help was printed
            return 0
        sys.stderr.write(f"error: {misuse.explained(fault)}\n")
    except Abort:
        sys.stderr.write("error: confirmation declined\n")
    except REFUSALS as refusal:
        sys.stderr.write(f"error: {refusal}\n")
        return exit_status(refusal)
    return 1


if __name__ == "__main__":
    sys.exit(main())
