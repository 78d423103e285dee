"""`python -m access` and `python -m rehearsal` without a new interpreter: all else is as in a process of its own."""

from __future__ import annotations

import contextlib
import io
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from unittest import mock

import access.__main__
import rehearsal.__main__

_QUIETED = ("azure", "msal", "workload")


def run_access(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs `python -m access` in `folder` with exactly these variables."""
    return _run("access", access.__main__.main, arguments, environment, folder, stdin)


def run_rehearsal(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Runs `python -m rehearsal` in `folder` with exactly these variables."""
    return _run("rehearsal", lambda: sys.exit(rehearsal.__main__.main()), arguments, environment, folder)


def _run(
    name: str,
    main: Callable[[], object],
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    stdin: str = "",
) -> subprocess.CompletedProcess[str]:
    """Its exit status and what it wrote."""
    written, told = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    given = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    status = 0
    with (
        mock.patch.dict("os.environ", environment, clear=True),
        mock.patch.object(sys, "argv", [name, *arguments]),
        mock.patch.object(sys, "stdin", given),
        contextlib.redirect_stdout(written),
        contextlib.redirect_stderr(told),
        contextlib.chdir(folder),
        _log_levels_kept(),
    ):
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
    return subprocess.CompletedProcess([name, *arguments], status, _text(written), _text(told))


@contextlib.contextmanager
def _log_levels_kept() -> Iterator[None]:
    levels = {name: logging.getLogger(name).level for name in _QUIETED}
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
