"""The stand-in's clock: real time, plus however far a rehearsal has put it forward."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """Time by which tokens are issued, objects replicate and operations end."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return time.time() + self._ahead

    def time(self) -> datetime:
        """The same as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)

    def timestamp(self) -> str:
        """The same as Graph and Resource Manager write it: ISO 8601, whole seconds, `Z`."""
        return self.time().strftime("%Y-%m-%dT%H:%M:%SZ")

    def advance(self, seconds: float) -> None:
        """Put the clock forward, so that nobody has to wait for a delay or an expiry."""
        self._ahead += seconds

    def reset(self) -> None:
        """Back to real time."""
        self._ahead = 0.0
