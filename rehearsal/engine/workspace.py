"""Where a run takes everything from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

ProviderSource: TypeAlias = str | Callable[[], AbstractContextManager[str]]
"""The gRPC address of a provider process (`host:port`), or a way to start one for as long as a block runs.

One process has one configuration. With an address, all provider resources of a package must have the same; with a way
to start one, each gets a process of its own.
"""


@dataclass(frozen=True)
class Workspace:
    """A project, the backend that its state lies in, and the providers it may use."""

    project: Path
    """Folder with Pulumi.yaml."""
    backend: Path
    """Root of the DIY file backend (has `.pulumi` inside): the folder that the real CLI is given as `file://…`."""
    passphrase: str = field(default="", repr=False)
    """Of the stack's passphrase secrets provider, as PULUMI_CONFIG_PASSPHRASE."""
    config_file: Path | None = None
    """The stack's configuration, as the CLI's `--config-file`; None: `Pulumi.<stack>.yaml` in the project."""
    providers: Mapping[str, ProviderSource] = field(default_factory=dict)
    """From package name (`azuread`) to where its provider is."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The whole environment of the program's process."""
