"""The plugin for dynamic resources in Python, which the pulumi CLI brings along, run without the CLI.

The CLI's `pulumi-resource-pulumi-python` starts `python -m pulumi.dynamic` in the folder of the program (pulumi/pulumi,
`sdk/python/dist`); so does this. The provider's own code comes with the program.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from rehearsal.child_process import plugin

PACKAGE: Final = "pulumi-python"


def dynamic_provider(project: Path, environment: Mapping[str, str], log: Path) -> AbstractContextManager[str]:
    """Run the plugin for the program in `project`; the block gets its gRPC address.

    `environment` is all of its environment; what it prints goes to the file `log`. Raises RehearsalError when it does
    not start.
    """
    variables = {"PATH": os.environ.get("PATH", os.defpath), **environment}
    return plugin(
        "the plugin for dynamic resources", ["pulumi.dynamic"], environment=variables, folder=project, log=log
    )
