"""A file that is changed by one command at a time, and whole or not at all."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from access.errors import AccessError


class BusyError(AccessError):
    """Somebody else changes the file, or has just changed it."""


class UnwritableError(AccessError):
    """The file's folder cannot be written to."""


class Draft:
    """What a file is to become. It lies beside the file, and takes its place in one step."""

    def __init__(self, file: Path, place: Path, stream: TextIO) -> None:
        """`stream` is the draft's own, at `place`."""
        self._file = file
        self._place = place
        self._stream = stream

    def take_place(self, before: str, text: str) -> None:
        """Gives the file a new text; `before` is what it held when the change was thought out.

        Raises BusyError if it holds something else by now, and leaves it so.
        """
        if self._file.read_text(encoding="utf-8") != before:
            raise BusyError(f"{self._file} has been changed meanwhile, and nothing was written to it. Run again.")
        self._stream.truncate(0)
        self._stream.write(text)
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._place.chmod(self._file.stat().st_mode)
        self._place.replace(self._file)


@contextmanager
def draft_of(file: Path) -> Iterator[Draft]:
    """The draft of `file`, for one command alone and for the length of a `with` block.

    The draft is the lock too: the operating system lets it go when a process ends, however it ends, and what a killed
    one left is written over. Raises BusyError and UnwritableError.
    """
    # Through a link to what it points to: the link stays.
    real = file.resolve()
    place = real.with_name(f".{real.name}.new")
    try:
        stream = _alone(file, place)
    except OSError as error:
        raise UnwritableError(f"{place} cannot be written: {error.strerror}. It becomes {file.name}.") from error
    with stream:
        try:
            yield Draft(real, place, stream)
        finally:
            # Gone if it has taken its place.
            with suppress(FileNotFoundError):
                if _is_at(stream, place):
                    place.unlink()


def _alone(file: Path, place: Path) -> TextIO:
    while True:
        stream = place.open("a", encoding="utf-8")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(stream, place):
                return stream
        except BlockingIOError:
            stream.close()
            raise BusyError(f"Another command is changing {file}. Let it end, then run again.") from None
        except FileNotFoundError:
            pass  # Its former owner has just taken it away.
        stream.close()


def _is_at(stream: TextIO, place: Path) -> bool:
    """Whether the open file is still the one of that name."""
    return os.path.samestat(os.fstat(stream.fileno()), place.stat())
