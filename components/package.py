"""What is deployed to run in a function app: the files of a folder, and the same bytes for the same files."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import pulumi

_IGNORED = ".funcignore"
_NEEDED = ("host.json", "function_app.py", "requirements.txt")
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP file can tell."""
_PLAIN_FILE = 0o100644 << 16


class IncompletePackageError(pulumi.RunError):
    """A folder that no function app could run."""

    def __init__(self, folder: Path, missing: Sequence[str]) -> None:
        """`missing` are the files that it lacks."""
        super().__init__(
            f"{folder} cannot be deployed: it has no {' and no '.join(missing)}. A function app in Python needs "
            f'{", ".join(_NEEDED)} (Azure Functions, "Python developer reference", folder structure).'
        )


@dataclass(frozen=True)
class Package:
    """Source files by their path in the package. The libraries of requirements.txt are not in it: Azure installs them
    for its own platform, which is what its documentation prescribes for Python (Azure Functions, "Remote build").
    """

    files: Mapping[str, bytes]

    @classmethod
    def of(cls, folder: Path) -> Package:
        """Reads a folder, without what its .funcignore names.

        Raises IncompletePackageError.
        """
        listed = folder / _IGNORED
        patterns = listed.read_text(encoding="utf-8").split() if listed.exists() else []
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not _ignored(path.relative_to(folder).as_posix(), [_IGNORED, *patterns])
        }
        missing = [name for name in _NEEDED if name not in files]
        if missing:
            raise IncompletePackageError(folder, missing)
        return cls(files)

    @property
    def hash(self) -> str:
        """The SHA-256 of names and contents: of nothing else, so not of times, owners or the order of a disk."""
        digest = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            for part in (name.encode(), content):
                digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()

    def archive(self) -> bytes:
        """The package as a ZIP file."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(self.files.items()):
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.external_attr = _PLAIN_FILE
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content)
        return target.getvalue()


def _ignored(name: str, patterns: Sequence[str]) -> bool:
    """Whether a pattern matches the path or any part of it; `__pycache__/` is a folder wherever it is."""
    parts = PurePosixPath(name).parts
    plain = [pattern.rstrip("/") for pattern in patterns]
    return any(fnmatch(part, pattern) for pattern in plain for part in (name, *parts))
