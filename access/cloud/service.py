"""One service of Azure over HTTPS: signed requests, repeated when the service asks for it, errors in its own words."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from access.cloud.progress import Progress
from access.errors import AccessError

_BUSY = frozenset({429, 502, 503, 504})
_TRIES = 6
_LONGEST_PAUSE = 120.0
"""Seconds."""
_SAFE = frozenset({"GET", "HEAD", "DELETE"})


class RefusedError(AccessError):
    """A service refused a request; `code` and `status` are its own."""

    def __init__(self, what: str, status: int, code: str, message: str, advice: str = "") -> None:
        """`what` was asked; `advice` says what to do about it."""
        super().__init__(f"{what} was refused ({status} {code}): {message}" + (f"\n{advice}" if advice else ""))
        self.status = status
        self.code = code
        self.message = message


class UnreachableError(AccessError):
    """A service gave no answer."""


@dataclass(frozen=True)
class Answer:
    """What a service answered."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""


class Service:
    """Requests to one base URL with one kind of token."""

    def __init__(
        self,
        name: str,
        base: str,
        client: httpx.Client,
        token: Callable[[], str],
        progress: Progress,
        rights: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`name` is how messages call the service, `base` its URL; `rights` says what callers need; `sleep` waits
        for seconds.
        """
        self.name = name
        self._rights = rights
        self.base = base
        self._client = client
        self._token = token
        self._progress = progress
        self._sleep = sleep

    def send(self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: Any = None) -> Answer:
        """Returns the answer, whatever its status, once the service is no longer busy.

        `path` is relative to the base, or a whole URL of the same service (a next link). A request that may have
        changed something is not sent again when its answer is lost, except for deletions.

        Raises UnreachableError, and RefusedError while the service stays busy.
        """
        url = path if path.startswith("https://") else self.base + path
        if not url.startswith(self.base + "/"):
            raise UnreachableError(
                f"{self.name} points to {url}, which is another host than {self.base}: not followed."
            )
        for attempt in range(1, _TRIES + 1):
            try:
                reply = self._client.request(
                    method, url, params=params, json=body, headers={"Authorization": f"Bearer {self._token()}"}
                )
            except httpx.HTTPError as error:
                if method in _SAFE and attempt < 3:
                    continue
                raise UnreachableError(
                    f"The connection to {self.name} ({self.base}) was lost: {type(error).__name__} {error}".rstrip()
                    + f" during {method} {_bare(path)}. Nothing more was done. Run the command again."
                ) from error
            if reply.status_code not in _BUSY or attempt == _TRIES:
                break
            pause = pause_of(reply.headers.get("retry-after"), attempt)
            self._progress.say(f"{self.name} is busy ({reply.status_code}); waiting {pause:.0f} s")
            self._sleep(pause)
        return Answer(reply.status_code, _json(reply), {name.lower(): value for name, value in reply.headers.items()})

    def get(self, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Returns an object. Raises RefusedError and UnreachableError."""
        answer = self.send("GET", path, params=params)
        self.check(f"GET {_bare(path)}", answer)
        return dict(answer.body or {})

    def check(self, what: str, answer: Answer) -> None:
        """Raises RefusedError for an answer that is not a success."""
        if answer.status >= 400:
            raise self.refusal(what, answer)

    def refusal(self, what: str, answer: Answer) -> RefusedError:
        """Returns the error in which a service's answer ends."""
        body = answer.body if isinstance(answer.body, dict) else {}
        error = body.get("error")
        if not isinstance(error, dict):
            error = {"code": body.get("Code"), "message": body.get("Message") or error}
        code, message = str(error.get("code") or "no code"), str(error.get("message") or "no message")
        return RefusedError(f"{self.name}: {what}", answer.status, code, message, self._advice(answer.status))

    def pages(
        self, path: str, params: Mapping[str, str] | None = None, *, following: str, told: str = ""
    ) -> Iterator[dict[str, Any]]:
        """Yields the items of a collection, one page in memory at a time.

        `following` is the property that holds the next page's URL; `told` says in the progress what is being read.

        Raises RefusedError and UnreachableError.
        """
        count, url, query = 0, path, params
        while True:
            page = self.get(url, query)
            items = page.get("value") or []
            yield from items
            count += len(items)
            if told:
                self._progress.say(f"{told}: {count:,}")
            url, query = page.get(following) or "", None
            if not url:
                return

    def _advice(self, status: int) -> str:
        if status == 401:
            return "The login has expired. Sign in again: az login; with ARM_* variables, run the command again."
        if status == 403:
            return f"Whoever is signed in lacks a right. {self._rights}".rstrip()
        if status in _BUSY:
            return "The service stayed busy. Try again later."
        return ""


def pause_of(retry_after: str | None, attempt: int) -> float:
    """Returns how many seconds to wait: as the service says (RFC 9110, "Retry-After"), else doubling from one."""
    try:
        asked = float(retry_after) if retry_after else 0.5 * 2**attempt
    except ValueError:
        asked = 0.5 * 2**attempt
    return min(max(asked, 0.0), _LONGEST_PAUSE)


def _bare(path: str) -> str:
    return path.partition("?")[0]


def _json(reply: httpx.Response) -> Any:
    try:
        return reply.json() if reply.content else None
    except ValueError:
        return None
