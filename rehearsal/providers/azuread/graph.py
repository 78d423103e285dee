"""Microsoft Graph as terraform-provider-azuread talks to it: headers, pages, retries and the words of its errors."""

from __future__ import annotations

import asyncio
import math
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from rehearsal.providers.credentials import TokenSource
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline, Http, Reply, persistently

JSON: Final = "application/json; charset=utf-8"
_HEADERS: Final = {
    "Accept": "application/json; charset=utf-8; IEEE754Compatible=false",
    "Content-Type": JSON,
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
}
_PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_LONGEST_PAUSE: Final = 61.0

SEEN: Final = 5
"""How often in a row something is seen until every replica has it: "not found" after a deletion, a new credential
after its creation, as in the real provider (`helpers/consistency`, `application_password_resource.go`)."""
FIRST_PAUSE: Final = 0.02
LONGEST_PAUSE: Final = 5.0
"""Seconds between two looks. The real provider looks every 5 s for what it deleted, so each deletion takes it 20 s, and
every second for a new credential; here the pause starts short and doubles up to those 5 s while it is not yet seen.
"""

Again = Callable[[Reply], bool]
"""Whether a reply means that another replica of the directory has not heard yet, so the request is to be repeated."""


class GraphError(ProviderError):
    """Microsoft Graph refused a request."""

    def __init__(self, reply: Reply) -> None:
        self.status = reply.status
        error = reply.body.get("error") if isinstance(reply.body, dict) else None
        code = str(error.get("code") or "") if isinstance(error, dict) else ""
        message = str(error.get("message") or "") if isinstance(error, dict) else ""
        said = ": ".join(part for part in (code, message) if part)
        with_what = (
            f" with error: {said}"
            if said
            else f" with response: {reply.text}"
            if reply.text
            else " received with no body"
        )
        super().__init__(f"unexpected status {reply.status} ({reply.reason}){with_what}")


@dataclass(frozen=True)
class Identity:
    """Who the provider is signed in as."""

    tenant_id: str
    client_id: str
    object_id: str  # of its service principal: the claim oid


class Graph:
    """One signed-in client of Microsoft Graph."""

    def __init__(self, http: Http, url: str, token: TokenSource, identity: Identity) -> None:
        self._http = http
        self._url = url
        self._token = token
        self.identity = identity
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def object_url(self, object_id: str) -> str:
        """The address by which a request body refers to a directory object."""
        return f"{self._url}/v1.0/directoryObjects/{object_id}"

    def alone(self, application_id: str) -> asyncio.Lock:
        """Held by whoever changes an application: several resources change one object, each by reading it first."""
        return self._locks[application_id]

    async def get(self, path: str, deadline: Deadline, *, select: str = "", beta: bool = False) -> dict[str, Any]:
        """An object. Raises `GraphError`."""
        query = {"$select": select} if select else None
        reply = await self._call("GET", path, deadline, query=query, beta=beta)
        return reply.body if isinstance(reply.body, dict) else {}

    async def found(self, path: str, deadline: Deadline) -> dict[str, Any] | None:
        """An object, or None when it is not there."""
        try:
            return await self.get(path, deadline)
        except GraphError as error:
            if error.status == 404:
                return None
            raise

    async def all(self, path: str, deadline: Deadline, *, filtered: str = "", select: str = "") -> list[dict[str, Any]]:
        """All objects of a collection, page by page."""
        query = {key: value for key, value in (("$filter", filtered), ("$select", select)) if value}
        reply = await self._call("GET", path, deadline, query=query)
        items: list[dict[str, Any]] = []
        while True:
            body = reply.body if isinstance(reply.body, dict) else {}
            items += body.get("value") or []
            following = body.get("@odata.nextLink")
            if not following:
                return items
            reply = await self._call("GET", _relative(following), deadline)

    async def post(
        self, path: str, body: Mapping[str, Any], deadline: Deadline, *, again: Again | None = None
    ) -> dict[str, Any]:
        """Create something; the object that came of it, empty for an answer without one."""
        reply = await self._call("POST", path, deadline, body=body, again=again)
        return reply.body if isinstance(reply.body, dict) else {}

    async def patch(
        self,
        path: str,
        body: Mapping[str, Any],
        deadline: Deadline,
        *,
        again: Again | None = None,
        beta: bool = False,
    ) -> None:
        """Change an object."""
        await self._call("PATCH", path, deadline, body=body, again=again, beta=beta)

    async def delete(self, path: str, deadline: Deadline) -> None:
        """Delete something. That it is not there is an error too."""
        await self._call("DELETE", path, deadline)

    async def wait_until_gone(self, path: str, deadline: Deadline) -> None:
        """Wait until the object is not found, several times in a row: replicas forget one after the other."""

        async def is_gone() -> bool:
            return await self.found(path, deadline) is None

        await wait_until(is_gone, "Deleted", deadline)

    async def wait_until_there(self, path: str, deadline: Deadline) -> None:
        """Wait until the object is found, several times in a row: replicas hear of it one after the other."""

        async def is_there() -> bool:
            return await self.found(path, deadline) is not None

        await wait_until(is_there, "Done", deadline)

    async def _call(
        self,
        method: str,
        path: str,
        deadline: Deadline,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        again: Again | None = None,
        beta: bool = False,
    ) -> Reply:
        url = f"{self._url}/{'beta' if beta else 'v1.0'}{path}"

        async def send() -> Reply:
            headers = {**_HEADERS, "Authorization": f"Bearer {await self._token.token()}"}
            return await self._http.send(method, url, query=query, headers=headers, body=body)

        most = retries(deadline.remaining)
        reply = await persistently(
            send, lambda reply, repeated: pause(reply, repeated, again) if repeated < most else None, deadline
        )
        if reply.status not in (200, 201, 202, 204):
            raise GraphError(reply)
        return reply


async def wait_until(look: Callable[[], Awaitable[bool]], state: str, deadline: Deadline) -> None:
    """Wait until a look sees what is waited for, several times in a row: replicas follow one after the other.

    Raises `ProviderError` when the deadline passes; `state` is how that calls what was waited for.
    """
    seen, pause = 0, FIRST_PAUSE
    while True:
        if await look():
            seen += 1
        else:
            seen, pause = 0, min(LONGEST_PAUSE, pause * 2)
        if seen == SEEN:
            return
        if not await deadline.sleep(pause):
            raise ProviderError(f"timeout while waiting for state to become '{state}' (last state: 'Waiting')")


def pause(reply: Reply, repeated: int, again: Again | None = None) -> float | None:
    """Seconds until a request is repeated that got this reply and was repeated so often before; None: it is not."""
    if not (_busy(reply) or (again is not None and again(reply))):
        return None
    if reply.retry_after is not None:
        return reply.retry_after
    return _PAUSES[repeated] if repeated < len(_PAUSES) else _LONGEST_PAUSE


def retries(seconds: float) -> int:
    """How often a request is repeated at most that has this many seconds (go-azure-sdk, `client.go`,
    `safeRetryNumber`): as often as the provider's own pauses fit, also if Retry-After asks for other ones.
    """
    if seconds <= 63:
        return max(0, math.floor(math.log2(seconds + 1)) - 1)
    return (int(seconds) - 63) // 61 + 6


def _busy(reply: Reply) -> bool:
    """What go-azure-sdk repeats whatever the request (`client.go`, retryablehttp's default policy)."""
    return reply.status in (408, 424, 429) or (reply.status >= 500 and reply.status != 501)


def says(reply: Reply, pattern: str) -> bool:
    """Whether the reply's error text matches the pattern."""
    return re.search(pattern, str(GraphError(reply))) is not None


def quoted(value: str) -> str:
    """A string for an OData filter."""
    return "'" + value.replace("'", "''") + "'"


def _relative(url: str) -> str:
    """The path and query of a next link, without the version that `_call` puts before it."""
    parts = urlsplit(url)
    path = parts.path.removeprefix("/v1.0")
    return f"{path}?{parts.query}" if parts.query else path
