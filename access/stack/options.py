"""Which stack a command is about: the options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StackName = Annotated[str, typer.Option("--stack", "-s", help="The stack, as in Pulumi.<stack>.yaml.")]
Project = Annotated[Path, typer.Option(help="The folder with Pulumi.yaml.", metavar="FOLDER")]
StateFile = Annotated[
    str | None,
    typer.Option(
        help="Output of `pulumi stack export`, or the checkpoint of a file backend; '-' is standard input. Without it "
        "(and without --backend) the pulumi CLI is asked.",
        metavar="FILE",
    ),
]
Backend = Annotated[
    Path | None, typer.Option(help="Root of a file backend; a rehearsal's is .rehearsal/backend.", metavar="FOLDER")
]
ConfigFile = Annotated[
    Path | None, typer.Option(help="The stack's configuration, if not Pulumi.<stack>.yaml.", metavar="FILE")
]
