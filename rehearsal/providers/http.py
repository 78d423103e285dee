"""HTTP with JSON, patience and a deadline, as both providers need it."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import httpx

from rehearsal.providers.errors import CancelledError, ProviderError

REQUEST_SECONDS: Final = 90.0
"""How long one request may take: Resource Manager itself answers within 60 s or not at all."""


class NoReplyError(ProviderError):
    """A request got no HTTP answer: nobody listens, the certificate is not trusted, the connection broke."""


@dataclass(frozen=True)
class Reply:
    """An HTTP answer. `body` is its JSON, or None when it is empty or no JSON; `text` is what was sent."""

    status: int
    body: Any
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case

    @property
    def reason(self) -> str:
        """The status in words as Go prints it: `404 Not Found`."""
        return f"{self.status} {phrase(self.status)}"

    @property
    def retry_after(self) -> float | None:
        """Seconds of the header `Retry-After`; None when absent or a date."""
        value = self.headers.get("retry-after", "")
        return float(value) if value.isdigit() else None


def phrase(status: int) -> str:
    """The reason phrase of a status code, empty for an unknown code."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


class Deadline:
    """The time a call has, and the engine's wish to stop: every wait of a provider goes through `sleep`."""

    def __init__(self, seconds: float, cancelled: asyncio.Event | None = None) -> None:
        self._end = time.monotonic() + seconds
        self._cancelled = cancelled

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - time.monotonic())

    async def sleep(self, seconds: float) -> bool:
        """Wait that long; False, at once, when that would pass the deadline. Raises `CancelledError` when stopped."""
        if seconds > self.remaining:
            return False
        if self._cancelled is None:
            await asyncio.sleep(seconds)
            return True
        try:
            await asyncio.wait_for(self._cancelled.wait(), seconds)
        except TimeoutError:
            return True
        raise CancelledError("operation canceled")


async def persistently(
    send: Callable[[], Awaitable[Reply]], wait: Callable[[Reply, int], float | None], deadline: Deadline
) -> Reply:
    """The first reply that is not to be repeated, or the last one before the deadline.

    `wait` gets a reply and how many were repeated before it; it gives the seconds until the next try, None to stop.
    """
    repeated = 0
    while True:
        reply = await send()
        pause = wait(reply, repeated)
        if pause is None or not await deadline.sleep(pause):
            return reply
        repeated += 1


class Http:
    """One provider's connections. Trusts the certificates of SSL_CERT_FILE when the environment names one, else the
    machine's. Proxies are not used: the endpoints of a rehearsal are on this machine.
    """

    def __init__(self, environment: Mapping[str, str], user_agent: str) -> None:
        self._client = httpx.AsyncClient(
            verify=_trust(environment.get("SSL_CERT_FILE")),
            trust_env=False,
            timeout=REQUEST_SECONDS,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
            headers={"User-Agent": user_agent},
        )

    async def send(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request, answered. `body` goes out as JSON, `form` as a form. Raises `NoReplyError`.

        Nothing of the request but method and URL gets into an error: headers and bodies carry tokens and secrets.
        """
        content = None if body is None else json.dumps(body, separators=(",", ":"), sort_keys=True).encode()
        try:
            response = await self._client.request(
                method,
                url,
                params=dict(query) if query else None,
                headers=dict(headers or {}),
                content=content,
                data=form,
            )
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise NoReplyError(f'{method.capitalize()} "{url}": {_cause(error)}') from None
        return Reply(
            response.status_code,
            _json(response.text),
            response.text,
            {name.lower(): value for name, value in response.headers.items()},
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _trust(certificates: str | None) -> ssl.SSLContext:
    if not certificates:
        return ssl.create_default_context()
    if not Path(certificates).is_file():
        raise ProviderError(
            f"SSL_CERT_FILE names {certificates!r}, which is no file. It names the certificates to trust, in PEM form."
        )
    try:
        return ssl.create_default_context(cafile=certificates)
    except ssl.SSLError as error:
        raise ProviderError(
            f"SSL_CERT_FILE names {certificates!r}, which holds no certificates: {error.reason}"
        ) from None


def _json(text: str) -> Any:
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except ValueError:
        return None


def _cause(error: BaseException) -> str:
    """What went wrong, in the words of the deepest error that says something."""
    causes = [error]
    while (deeper := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(deeper)
    for cause in reversed(causes):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"tls: failed to verify certificate: {cause.verify_message}"
        if isinstance(cause, ConnectionRefusedError):
            return "connect: connection refused"
        if isinstance(cause, TimeoutError):
            return f"no answer within {REQUEST_SECONDS:.0f} s"
    return next((str(cause) for cause in causes if str(cause)), type(error).__name__)
