"""The plugin for dynamic resources in Python, which the pulumi CLI brings along, run without the CLI.

The CLI's `pulumi-resource-pulumi-python` starts `python -m pulumi.dynamic` in the folder of the program (pulumi/pulumi,
`sdk/python/dist`); so does this. The provider's own code comes with the program.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rehearsal.child_process import child

PACKAGE: Final = "pulumi-python"


@contextmanager
def dynamic_provider(project: Path, environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """Run the plugin for the program in `project`; yields its gRPC address.

    `environment` is all of its environment; what it prints goes to the file `log`. Raises RehearsalError when it does
    not start.
    """
    # The program's modules come first: they lie in the working directory.
    variables = {
        "PATH": os.environ.get("PATH", os.defpath),
        **environment,
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
    }
    with child(
        "the plugin for dynamic resources",
        ["pulumi.dynamic"],
        ready=r"^(\d+)$",
        environment=variables,
        folder=project,
        log=log,
    ) as port:
        yield f"127.0.0.1:{port}"
