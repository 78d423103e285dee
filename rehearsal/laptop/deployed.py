"""A stack in Azure, as the real pulumi CLI knows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.laptop.source import Source


def deployed(project: Path, stack: str) -> Source:
    """The stack whose state is where the user's own CLI is logged in.

    Raises RehearsalError when there is no CLI or it does not know the stack.
    """
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise RehearsalError(
            "The pulumi CLI is not on PATH, and it alone can read what a deployed stack exports. Install it "
            "(https://www.pulumi.com/docs/install/), or run against the rehearsal: make dev"
        )
    up = f"pulumi up --stack {stack}"
    said = subprocess.run(
        [pulumi, "stack", "output", "--stack", stack, "--json", "--show-secrets", "--non-interactive"],
        cwd=project,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode != 0:
        raise RehearsalError(
            f"pulumi cannot read the outputs of stack {stack!r}: {said.stderr.strip()}\n"
            f"Log in to the backend that holds it (pulumi login), and deploy it:\n  {up}"
        )
    # Of the user's own variables only those that name another cloud: who signs in is the development client.
    authority = os.environ.get("AZURE_AUTHORITY_HOST")
    return Source(
        stack,
        json.loads(said.stdout),
        {"AZURE_AUTHORITY_HOST": authority} if authority else {},
        up,
        after_a_grant="Then call again, a minute later: what Entra refused is remembered that long.",
    )
