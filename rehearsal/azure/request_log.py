"""The log of requests: what was asked and answered, without anything secret."""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from rehearsal.azure.errors import Occasion

_KEPT = 10_000
_SECRET_PARAMETER = re.compile(r"([^&=]*(?:secret|password|token|assertion|sig)[^&=]*)=[^&]*", re.IGNORECASE)
_IDENTITY_CAPABILITY = re.compile(r"^(/imds/)[^/]+", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One request. Bodies and headers are not kept; `caller` is an object id, `route` the pattern that matched."""

    at: str
    method: str
    host: str
    path: str
    query: str
    route: str | None
    caller: str | None
    status: int | None
    request_id: str

    @classmethod
    def of(cls, occasion: Occasion, *, base_url: str, path: str, query: str, **facts: Any) -> Entry:
        """An entry of now, secrets masked."""
        return cls(
            at=occasion.now.isoformat(),
            host=base_url.partition("://")[2],
            path=masked(path),
            query=_SECRET_PARAMETER.sub(r"\1=***", query),
            request_id=occasion.request_id,
            **facts,
        )


class RequestLog:
    """The last ten thousand requests. May be used from several threads."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._turn = threading.Lock()

    def add(self, entry: Entry) -> None:
        """Note a request."""
        with self._turn:
            self._entries.append(entry)

    def entries(self) -> list[dict[str, Any]]:
        """Every request noted, oldest first."""
        with self._turn:
            return [asdict(entry) for entry in self._entries]

    def clear(self) -> None:
        """Forget all."""
        with self._turn:
            self._entries.clear()


def masked(path: str) -> str:
    """A path without the secret that IMDS paths of the stand-in hold."""
    return _IDENTITY_CAPABILITY.sub(r"\1***", path)
