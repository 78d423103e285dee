"""Where a stack's state comes from: a file, a file backend, or the pulumi CLI."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from access.errors import AccessError, BadInputError
from access.report import source
from access.report.state import WANTED

_FOLDER = Path(".pulumi", "stacks")
_NO_STACK = "no stack named"
"""What the CLI says of a stack that the backend does not have (pulumi, `pkg/cmd/pulumi/stack/util.go`)."""


class NoStateError(AccessError):
    """The stack has no state that can be found."""


class UnreadableStateError(AccessError):
    """Whether the stack has a state cannot be seen."""


@dataclass(frozen=True)
class Wanted:
    """Which state, and where the user said it is."""

    stack: str
    project: str
    folder: Path
    """The project's: where `Pulumi.yaml` lies."""
    file: str | None = None
    """The output of `pulumi stack export`, or a checkpoint; `-` is standard input."""
    backend: Path | None = None
    """The root of a file backend, as in `pulumi login file://ROOT`."""


def read(wanted: Wanted, environment: Mapping[str, str]) -> tuple[Any, str]:
    """Returns the JSON document of the state, and how messages call it.

    A file that is named comes first, then a backend that is named, then the one of `PULUMI_BACKEND_URL` if it is in
    the file system and there is no CLI to ask, then `pulumi stack export`.

    Raises NoStateError, UnreadableStateError and BadInputError.
    """
    if wanted.file is not None:
        return source.read(wanted.file, WANTED), "Standard input" if wanted.file == source.STDIN else wanted.file
    if wanted.backend is not None:
        return _from_backend(wanted, wanted.backend)
    pulumi = shutil.which("pulumi", path=environment.get("PATH", os.defpath))
    if pulumi is not None:
        return _from_cli(wanted, pulumi, environment), f"The state of stack {wanted.stack}"
    backend = _path_of(environment.get("PULUMI_BACKEND_URL", ""))
    if backend is not None:
        return _from_backend(wanted, backend)
    raise NoStateError(
        f"The state of stack {wanted.stack!r} cannot be found: there is no pulumi CLI on PATH to export it.\n"
        "Give it with --state FILE (the output of `pulumi stack export`, '-' for standard input), or name the root of "
        "a file backend with --backend; a rehearsal keeps it in .rehearsal/backend."
    )


def project_of(folder: Path) -> str:
    """Returns the name in `Pulumi.yaml`. Raises BadInputError."""
    file = folder / "Pulumi.yaml"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadInputError(
            f"{file} cannot be read: {error.strerror}. "
            "Run the command in the project's folder, or name it with --project."
        ) from error
    for line in lines:
        if line.startswith("name:"):
            return line.removeprefix("name:").strip().strip("\"'")
    raise BadInputError(f"{file} has no name. Give the project one: name: keyless")


def _path_of(url: str) -> Path | None:
    parts = urlsplit(url)
    if parts.scheme != "file":
        return None
    place = unquote(parts.netloc + parts.path)
    return Path(place).expanduser()


def _from_backend(wanted: Wanted, backend: Path) -> tuple[Any, str]:
    plain = backend / _FOLDER / wanted.project / f"{wanted.stack}.json"
    for file in (plain, plain.with_suffix(".json.gz")):
        if file.exists() and file.suffix == ".gz":
            return _unpacked(file), str(file)
        if file.exists():
            return source.read(str(file), WANTED), str(file)
    there = sorted(path.name.split(".")[0] for path in plain.parent.glob("*.json*") if not path.name.endswith(".bak"))
    raise NoStateError(
        f"There is no state of stack {wanted.stack!r} of project {wanted.project!r} in {backend}: "
        f"{plain} does not exist. Stacks of the project there: {', '.join(there) or 'none'}. "
        "Name another one with --stack, or deploy this one first."
    )


def _unpacked(file: Path) -> Any:
    try:
        return json.loads(gzip.decompress(file.read_bytes()))
    except (OSError, EOFError, ValueError) as error:
        raise BadInputError(f"{file} cannot be unpacked: {error}. Expected is {WANTED}.") from error


def _from_cli(wanted: Wanted, pulumi: str, environment: Mapping[str, str]) -> Any:
    exported = subprocess.run(
        [pulumi, "stack", "export", "--stack", wanted.stack, "--non-interactive"],
        cwd=wanted.folder,
        env=dict(environment),
        capture_output=True,
        check=False,
    )
    if exported.returncode != 0:
        said = exported.stderr.decode(errors="replace").strip() or f"exit status {exported.returncode}"
        if _NO_STACK in said:
            raise NoStateError(
                f"There is no state of stack {wanted.stack!r} in the backend that pulumi is logged in to: {said}\n"
                "Name another one with --stack, log in to the backend that has it (`pulumi login`), or deploy it first."
            )
        raise UnreadableStateError(
            f"pulumi cannot export the state of stack {wanted.stack!r}: {said}\n"
            "Log in to the backend that holds it (`pulumi login`), or give the state with --state FILE."
        )
    try:
        return json.loads(exported.stdout)
    except ValueError as error:
        raise BadInputError(f"`pulumi stack export --stack {wanted.stack}` did not write JSON: {error}.") from error
