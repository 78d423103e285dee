"""Running the program in a process of its own, as the CLI's language host does."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from rehearsal.engine.configuration import Configuration
from rehearsal.engine.protocol import entrypoint

_ENTRYPOINT = Path(entrypoint.__file__)


class Program:
    """A running Pulumi program. It ends with the engine, however that ends: it watches a pipe the engine holds."""

    def __init__(
        self,
        settings: Mapping[str, object],
        main: Path,
        folder: Path,
        configuration: Configuration,
        environment: Mapping[str, str],
        say: Callable[[str, bool], None],
    ) -> None:
        """Start it.

        `settings` are the fields of `pulumi.runtime.Settings`; `main` is the folder or file to run, `folder` its
        working directory; `say` gets every line it prints, and whether that was to standard error.
        """
        started = json.dumps({"settings": dict(settings), "program": str(main)})
        configured = {
            "PULUMI_CONFIG": json.dumps(dict(configuration.values)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(sorted(configuration.secret_keys)),
        }
        self._process = self._start(started, folder, {**environment, **configured, "PYTHONUNBUFFERED": "1"})
        streams = ((self._process.stdout, False), (self._process.stderr, True))
        self._readers = [
            threading.Thread(target=self._relay, args=(stream, to_stderr, say), daemon=True)
            for stream, to_stderr in streams
        ]
        for reader in self._readers:
            reader.start()

    def _start(self, started: str, folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-P", str(_ENTRYPOINT), started],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment,
            text=True,
            errors="replace",
            start_new_session=True,
        )

    def wait(self) -> str:
        """Wait for its end: "" when all is well or the user already knows what isn't, else what to tell the user."""
        status = self._process.wait()
        for reader in self._readers:
            reader.join()
        self._close()
        if status in (0, entrypoint.ALREADY_SAID):
            return ""
        return f"an unhandled error occurred: program exited with non-zero exit code: {status}"

    @property
    def succeeded(self) -> bool:
        """Whether it has ended, and well."""
        return self._process.poll() == 0

    def stop(self) -> None:
        """End it now."""
        self._process.kill()
        self._process.wait()
        self._close()

    def _close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()

    @staticmethod
    def _relay(stream: IO[str], to_stderr: bool, say: Callable[[str, bool], None]) -> None:
        with stream:
            for line in stream:
                say(line, to_stderr)
