"""The one folder to which everything of a rehearsal keeps."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_NAME = ".rehearsal"


@dataclass(frozen=True)
class RehearsalFolder:
    """Where each part of a rehearsal lives below one folder, so that nothing else of the user's is touched.

    The folder is for its owner only (mode 0700): it holds the stand-in's CA key and the deployer's secret.
    """

    root: Path

    @classmethod
    def at(cls, root: Path) -> RehearsalFolder:
        """Open the folder at `root`, creating it when it is not there.

        Raises OSError when it cannot be created.
        """
        root = root.absolute()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(root)

    @property
    def azure(self) -> Path:
        """The stand-in's own folder: its CA, its credentials and its durable store."""
        return self.root / "azure"

    @property
    def served(self) -> Path:
        """What `serve` leaves for the other commands: where it listens and how to sign in."""
        return self.root / "served.json"

    @property
    def backend(self) -> Path:
        """Root of the DIY state backend: the `file://` of the real CLI."""
        return self.root / "backend"

    @property
    def pulumi_home(self) -> Path:
        """PULUMI_HOME of the real CLI, so that the user's own login stays as it is."""
        return self.root / "pulumi"

    @property
    def plugins(self) -> Path:
        """Executables `pulumi-resource-…` which the real CLI finds on its PATH."""
        return self.root / "plugins"

    @property
    def stack_config(self) -> Path:
        """Copies of `Pulumi.<stack>.yaml` for the real CLI, which writes an encryption salt into them."""
        return self.root / "config"


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` in one step, readable by its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
