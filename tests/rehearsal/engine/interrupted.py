"""Runs `up` or `destroy` in the foreground, as the command line does, for tests that press Ctrl-C: JSON on argv."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from rehearsal.engine import operations
from rehearsal.engine.display import display
from rehearsal.engine.errors import EngineError
from rehearsal.engine.options import Options
from rehearsal.engine.workspace import Workspace
from rehearsal.refusals import exit_status

if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    workspace = Workspace(
        Path(given["project"]),
        Path(given["backend"]),
        providers={"toy": given["address"]},
        environment=dict(os.environ),
    )
    operation = getattr(operations, given["operation"])
    try:
        sys.exit(not operation(workspace, "dev", Options(parallel=2), display(sys.stdout)).succeeded)
    except EngineError as refusal:
        sys.stdout.write(f"error: {refusal}\n")
        sys.exit(exit_status(refusal))
