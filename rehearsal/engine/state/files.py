"""Files that are either the old or the new one, whatever happens while they are written."""

from __future__ import annotations

import os
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Replace a file in one step and make sure that it is on the disk.

    A side file `<name>.attrs` that Pulumi's file backend keeps for a file describes its old content, and goes.
    """
    folder = path.parent
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{path.name}.{os.getpid()}.tmp"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    path.with_name(f"{path.name}.attrs").unlink(missing_ok=True)
    _sync(folder)


def remove(path: Path) -> None:
    """Remove a file, and make sure that it is gone from the disk."""
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}.attrs").unlink(missing_ok=True)
    if path.parent.is_dir():
        _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
