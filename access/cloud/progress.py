"""What a command tells while it runs, on standard error: its result alone goes to standard output."""

from __future__ import annotations

import sys
from typing import TextIO


class Progress:
    """On a terminal one line that is written over; elsewhere, as in the log of a pipeline, a line for each step."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """`stream` is standard error unless given."""
        self._stream = stream or sys.stderr
        self._shown = 0

    def say(self, text: str) -> None:
        """Shows what is being done now."""
        if self._stream.isatty():
            self._stream.write(f"\r{text.ljust(self._shown)}")
            self._shown = len(text)
        else:
            self._stream.write(f"{text}\n")
        self._stream.flush()

    def close(self) -> None:
        """Takes the line away."""
        if self._shown:
            self._stream.write(f"\r{' ' * self._shown}\r")
            self._stream.flush()
            self._shown = 0
