"""Programs in processes forked from one that has imported what they import, which takes longer than they run.

All else is as ever: the entrypoint, the pipes, the working directory, the environment, and the program's own modules.
Commands that tests run start every program anew.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from subprocess import Popen
from typing import cast

from rehearsal.engine.protocol import entrypoint
from rehearsal.engine.protocol.program import Program
from tests.rehearsal.engine.forkserver import PROCESSES

_ROOT = Path(__file__).resolve().parents[3]
_OWN = {path.stem for path in _ROOT.iterdir() if path.is_dir()}
"""What the program may have under the same name, or must not find."""


class ForkedProgram(Program):
    """As `Program`, but not from nothing."""

    def _start(self, started: str, folder: Path, environment: Mapping[str, str]) -> Popen[str]:
        return cast("Popen[str]", _Forked(started, folder, environment))


class _Forked:
    """What `Program` uses of `Popen`."""

    def __init__(self, started: str, folder: Path, environment: Mapping[str, str]) -> None:
        (read_in, write_in), (read_out, write_out), (read_err, write_err) = (
            PROCESSES.Pipe(duplex=False) for _ in range(3)
        )
        with read_in, write_out, write_err:
            self._process = PROCESSES.Process(
                target=_run, args=((read_in, write_out, write_err), started, folder, dict(environment))
            )
            self._process.start()
        with write_in, read_out, read_err:
            self.stdin = os.fdopen(os.dup(write_in.fileno()), "w")
            self.stdout, self.stderr = (
                os.fdopen(os.dup(pipe.fileno()), errors="replace") for pipe in (read_out, read_err)
            )
        self._waiting = threading.Lock()

    def wait(self) -> int | None:
        """The exit status can be read only once, and two threads ask for it."""
        with self._waiting:
            self._process.join()
            return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()


def _run(
    pipes: tuple[Connection, Connection, Connection], started: str, folder: Path, environment: dict[str, str]
) -> None:
    for number, pipe in enumerate(pipes):
        os.dup2(pipe.fileno(), number)
        pipe.close()
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, closefd=False) for number in (1, 2))
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for name in [name for name in sys.modules if name.partition(".")[0] in _OWN]:
        del sys.modules[name]
    sys.path[:] = [place for place in sys.path if Path(place) not in (_ROOT, *_ROOT.glob("workload/*"))]
    sys.argv = [entrypoint.__file__, started]
    runpy.run_path(entrypoint.__file__, run_name="__main__")
