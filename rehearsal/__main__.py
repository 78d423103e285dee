"""The command line of the rehearsal: `python -m rehearsal`."""

from __future__ import annotations

import sys

from rehearsal.commands import app
from rehearsal.refusals import REFUSALS

if __name__ == "__main__":
    try:
        app(prog_name="python -m rehearsal")
    except REFUSALS as refusal:
        sys.exit(f"error: {refusal}")
