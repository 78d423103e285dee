"""The API that this app calls, and what its answers mean."""

import asyncio
import logging
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from access_tokens import AccessTokens
from app_settings import AppSettings
from call_failures import (
    RoleMissingError,
    TokenRefusedError,
    UnavailableError,
    UnexpectedAnswerError,
)

ATTEMPT_TIMEOUT = 10.0  # seconds for one attempt, from waiting for a connection to the last byte of the answer
PAUSES = (0.5, 1.0)  # seconds before the second and the third attempt, which is the last
LONGEST_PAUSE = 10  # seconds; an API that asks for more is reported instead of waited for
CONNECTIONS = 50

_SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})  # RFC 9110, section 9.2.2
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NOT_SERVED = frozenset({429, 503})
_FAILED_ON_THE_WAY = frozenset({502, 504})
_SCOPE_ATTRIBUTE = re.compile(r'\bscope="([A-Za-z0-9._ -]{1,500})"')

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What the API answered: a 2xx status, and the JSON of its body."""

    status: int
    content: Any


def pooled_client() -> httpx.AsyncClient:
    """The process's one HTTP client. It follows no redirects: the token is for the API and goes nowhere else."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(ATTEMPT_TIMEOUT, connect=3.0),
        limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        follow_redirects=False,
    )


class ProtectedApi:
    """Calls the API as this app's identity."""

    def __init__(self, settings: AppSettings, tokens: AccessTokens, client: httpx.AsyncClient) -> None:
        self._settings = settings
        self._tokens = tokens
        self._client = client
        # The pool has a queue too, but looks through all of it for every request that comes or goes.
        self._turns = asyncio.Semaphore(CONNECTIONS)

    async def call(self, method: str, path: str, content: Any = None) -> Answer:
        """Send one request, with `content` as its JSON body, and return the API's answer.

        It is repeated at most twice: any request that the API has not served (it refused the connection, or answered
        429 or 503), and one that may be repeated safely also after a timeout, 502 or 504. A Retry-After is obeyed.
        Raises a subclass of `CallFailedError` for everything but a success.
        """
        for pause in PAUSES:
            try:
                return await self._attempt(method, path, content)
            except UnavailableError as failure:
                if not failure.unserved and method not in _SAFE_TO_REPEAT:
                    raise
                # Without a Retry-After, callers that failed together must not come back together.
                wait = pause * random.uniform(0.5, 1.5) if failure.retry_after is None else failure.retry_after  # noqa: S311
                if wait > LONGEST_PAUSE:
                    raise
                _log.warning("Trying again in %.1f s. %s", wait, failure)
            await asyncio.sleep(wait)
        return await self._attempt(method, path, content)

    async def _attempt(self, method: str, path: str, content: Any) -> Answer:
        url = f"{self._settings.api_url}{path}"
        token = await self._tokens.token(self._settings.api_scope)
        try:
            async with asyncio.timeout(ATTEMPT_TIMEOUT), self._turns:
                response = await self._client.request(method, url, json=content, auth=token.authorize)
        except (httpx.HTTPError, TimeoutError) as error:
            failure = UnavailableError(f"{method} {url}", type(error).__name__, unserved=isinstance(error, _NOT_SENT))
        else:
            return self._meaning(f"{method} {url}", response)
        # Raised out here to leave the original behind: it, or its frames, can show the headers of the request.
        raise failure

    def _meaning(self, request: str, response: httpx.Response) -> Answer:
        status = response.status_code
        if status == httpx.codes.UNAUTHORIZED:
            raise TokenRefusedError(request, self._settings.api_scope)
        if status == httpx.codes.FORBIDDEN:
            raise RoleMissingError(request, _demanded_roles(response.headers))
        if status in _NOT_SERVED or status in _FAILED_ON_THE_WAY:
            raise UnavailableError(request, f"{status}", _retry_after(response.headers), unserved=status in _NOT_SERVED)
        if not response.is_success:
            raise UnexpectedAnswerError(request, status, "is no success")
        try:
            return Answer(status, response.json())
        except (ValueError, RecursionError):
            raise UnexpectedAnswerError(request, status, "has no JSON") from None


def _demanded_roles(headers: Mapping[str, str]) -> list[str]:
    """The roles in the challenge's `scope` attribute (RFC 6750, section 3): any one of them would do."""
    found = _SCOPE_ATTRIBUTE.search(headers.get("WWW-Authenticate", ""))
    return found[1].split() if found else []


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds to wait, from a Retry-After with seconds or a date (RFC 9110, section 10.2.3); None without one."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return int(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0, round((date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds()))
