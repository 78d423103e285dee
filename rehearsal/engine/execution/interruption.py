"""Ctrl-C, as the CLI takes it: once to finish what is under way, twice to stop at once.

Unlike the CLI the first time doesn't ask providers to abort what they are doing, only the second does: what was begun
is finished, and known.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

FIRST = (
    "^C received; cancelling. If you would like to terminate immediately, press ^C again.\n"
    "Note that terminating immediately may lead to orphaned resources and other inconsistencies."
)
SECOND = "^C received; terminating"


@contextmanager
def interruptible(
    say: Callable[[str], None], cancel: Callable[[], None], terminate: Callable[[], None]
) -> Iterator[None]:
    """While the block runs, call `cancel` on the first Ctrl-C and `terminate` on the second.

    Both are called in threads of their own: the main thread may hold any lock. Signals only reach the main thread, so
    in another one nothing is arranged.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reactions = iter([(FIRST, cancel), (SECOND, terminate)])

    def react(message: str, reaction: Callable[[], None]) -> None:
        say(message)
        reaction()

    def interrupted(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        reaction = next(reactions, None)
        if reaction is not None:
            threading.Thread(target=react, args=reaction).start()

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
