"""Processes that a rehearsal starts and that never outlive it.

Run as `python -m rehearsal.child_process MODULE [ARGUMENT…]` this is the child's side: it runs MODULE as `python -m`
would, or the folder MODULE as `python` would, and ends the process as soon as its standard input closes. The parent
holds the other end of that pipe, and the operating system closes it however the parent ends, SIGKILL included.
"""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rehearsal.errors import RehearsalError


@contextmanager
def child(
    name: str,
    module: Sequence[str],
    *,
    ready: str,
    environment: Mapping[str, str],
    folder: Path,
    log: Path,
    lost: Callable[[str], None] | None = None,
    python: Path = Path(sys.executable),
) -> Iterator[str]:
    """Run a Python module, or a folder with a `__main__.py`, as a child process for as long as the block runs.

    `name` is what a person calls it; `module` its name and arguments; `environment` all of its environment; `folder`
    its working directory; what it prints goes to the file `log`; `python` runs it. Yields what the first group of the
    regular expression `ready` matches, as soon as the child has printed a line that contains it. `lost` is told, from
    another thread, that the child has ended afterwards, while the block still runs.

    Raises RehearsalError, with the end of the log, when the child ends before it is ready.
    """
    ours = threading.Event()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as sink:
        process = subprocess.Popen(
            [str(python), "-m", __name__, *module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**environment, "PYTHONUNBUFFERED": "1"},
            cwd=folder,
            text=True,
            # Ctrl-C in the terminal is for the parent, which ends its children in its own order.
            start_new_session=True,
        )
        assert process.stdin is not None  # noqa: S101 (asked for just above)
        assert process.stdout is not None  # noqa: S101

        def follow(source: IO[str]) -> None:
            _copy(source, sink)
            if lost is not None and not ours.is_set():
                lost(f"{name} ended with status {process.wait()}. {_end_of(log)}")

        reader = threading.Thread(target=follow, args=(process.stdout,), daemon=True)
        try:
            found = _copy(process.stdout, sink, until=re.compile(ready))
            if found is None:
                raise RehearsalError(f"{name} ended with status {process.wait()} before it was ready. {_end_of(log)}")
            reader.start()
            yield found
        finally:
            ours.set()
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if reader.ident is not None:
                reader.join()
            process.stdin.close()
            process.stdout.close()


@contextmanager
def plugin(
    name: str,
    module: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    log: Path,
    python: Path = Path(sys.executable),
) -> Iterator[str]:
    """Run a plugin of Pulumi, which prints the port that it serves; yields its gRPC address, else it is as `child`.

    What the plugin imports by itself is found first: its working directory comes before the rehearsal's own modules.
    """
    variables = {**environment, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    with child(name, module, ready=r"^(\d+)$", environment=variables, folder=folder, log=log, python=python) as port:
        yield f"127.0.0.1:{port}"


def _end_of(log: Path) -> str:
    return "\n".join([f"The end of {log}:", *log.read_text(encoding="utf-8").splitlines()[-15:]])


def _copy(source: IO[str], sink: IO[str], until: re.Pattern[str] | None = None) -> str | None:
    for line in source:
        sink.write(line)
        sink.flush()
        match = until.search(line) if until else None
        if match:
            return match[1]
    return None


def _end_with_parent() -> None:
    # Not sys.stdin: a thread that waits in its buffer aborts an interpreter that ends by itself.
    while os.read(0, 4096):
        pass
    os._exit(1)


def _run(module: str, arguments: Sequence[str]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = [module, *arguments]
    if Path(module).is_dir():
        runpy.run_path(module, run_name="__main__")
    else:
        runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _run(sys.argv[1], sys.argv[2:])
