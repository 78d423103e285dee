"""The weather: how long answers take, how long writes spread, and what goes wrong.

Everything here can be set when the stand-in starts and changed while it runs, by the control route
`/_rehearsal/weather`.
"""

from __future__ import annotations

import random
import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import translate
from typing import Any

from rehearsal.azure.routing import Route, Service


class Latency(StrEnum):
    """How long answers take: not at all, or as long as Azure's."""

    NONE = "none"
    AZURE = "azure"


TYPICAL_SECONDS: Mapping[tuple[Service, str], float] = {
    (Service.METADATA, "GET"): 0.10,
    (Service.LOGIN, "GET"): 0.10,
    (Service.LOGIN, "POST"): 0.25,
    (Service.IDENTITY, "GET"): 0.05,
    (Service.GRAPH, "GET"): 0.15,
    (Service.GRAPH, "POST"): 0.60,
    (Service.GRAPH, "PATCH"): 0.35,
    (Service.GRAPH, "DELETE"): 0.35,
    (Service.ARM, "GET"): 0.25,
    (Service.ARM, "PUT"): 1.50,
    (Service.ARM, "PATCH"): 1.00,
    (Service.ARM, "POST"): 0.50,
    (Service.ARM, "DELETE"): 1.00,
}
"""Seconds from request to answer in the `azure` profile, by service and method. They are estimates of the size of
things, meant to make a rehearsal feel like the real thing; Microsoft publishes no such numbers."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong on the routes that match.

    `route` is a method and a path pattern as COVERAGE.md shows them, or with `*` and `?` as wildcards. `status` is the
    answer, with `retry_after` seconds if given; without a status the connection is dropped. `after` lets the request
    take effect first, so that only its answer is lost. It strikes `times` times (None: always) with `probability`.
    """

    route: str
    status: int | None = None
    retry_after: int | None = None
    after: bool = False
    times: int | None = 1
    probability: float = 1.0
    seed: int = 0
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def matches(self, route: Route) -> bool:
        """Whether a route is among those it strikes."""
        return re.fullmatch(translate(self.route.lower()), f"{route.method} {route.path}".lower()) is not None


class Weather:
    """The weather now. May be read and changed from several threads.

    `speed` divides the times of the `azure` profile. `replication_delay` is in seconds; `stale_reads` lets every read
    of Graph lag by it (see `graph/directory.py`). `cached_identity_tokens` makes the platform hand out the same
    managed-identity token for a day, whatever happens to the grants.
    """

    def __init__(
        self,
        *,
        latency: Latency = Latency.NONE,
        speed: float = 1.0,
        replication_delay: float = 0.0,
        stale_reads: bool = False,
        cached_identity_tokens: bool = False,
    ) -> None:
        self.latency = latency
        self.speed = speed
        self.replication_delay = replication_delay
        self.stale_reads = stale_reads
        self.cached_identity_tokens = cached_identity_tokens
        self._faults: dict[str, Fault] = {}
        self._left: dict[str, int | None] = {}
        self._dice: dict[str, random.Random] = {}
        self._turn = threading.Lock()

    def pace(self, seconds: float) -> float:
        """How long something takes here that takes that many seconds in Azure."""
        return seconds / self.speed if self.latency is Latency.AZURE else 0.0

    def delay(self, route: Route) -> float:
        """Seconds until a route's answer is sent."""
        return self.pace(TYPICAL_SECONDS.get((route.service, route.method), 0.0))

    def add(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        with self._turn:
            self._faults[fault.id] = fault
            self._left[fault.id] = fault.times
            self._dice[fault.id] = random.Random(fault.seed)  # noqa: S311 (repeatable on purpose)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._turn:
            self._faults.clear()
            self._left.clear()
            self._dice.clear()

    def faults(self) -> list[Fault]:
        """What still goes wrong, oldest first."""
        with self._turn:
            return list(self._faults.values())

    def strike(self, route: Route, *, after: bool) -> Fault | None:
        """The fault that strikes this request, before or after it takes effect; None in fair weather."""
        if route.service is Service.CONTROL:
            return None
        with self._turn:
            for fault in list(self._faults.values()):
                if fault.after is after and fault.matches(route) and self._falls(fault):
                    return fault
        return None

    def settings(self) -> dict[str, Any]:
        """What is set, as the control route shows and takes it."""
        return {
            "latency": self.latency.value,
            "speed": self.speed,
            "replicationDelay": self.replication_delay,
            "staleReads": self.stale_reads,
            "cachedIdentityTokens": self.cached_identity_tokens,
        }

    def _falls(self, fault: Fault) -> bool:
        if self._dice[fault.id].random() >= fault.probability:
            return False
        left = self._left[fault.id]
        if left is not None:
            self._left[fault.id] = left - 1
            if left <= 1:
                del self._faults[fault.id], self._left[fault.id], self._dice[fault.id]
        return True
