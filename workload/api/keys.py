"""The keys with which the issuer signs its tokens, as it publishes them."""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from .refusals import InvalidToken, KeysUnavailable
from .settings import Settings

ALGORITHM = "RS256"
SMALLEST_KEY = 2048  # bits: RFC 7518, section 3.3

# Seconds. Microsoft's advice on signing key rollover is to read the keys again about every hour, and at once, but not
# more often than every few minutes, when a token names an unknown one ("Signing key rollover in the Microsoft identity
# platform", Microsoft Entra documentation).
RENEWAL_INTERVAL = 3600.0
SEARCH_INTERVAL = 60.0
RETRY_WITHOUT_KEYS = 5.0
FETCH_TIMEOUT = 10.0

_log = logging.getLogger(__name__)


class KeyServerError(Exception):
    """The key server answered something that is no set of signing keys of the configured issuer."""


class SigningKeys:
    """The issuer's public keys by key id, fetched by OpenID Connect Discovery and kept.

    - Keys older than an hour are fetched again in the background.
    - An unknown key id makes them be fetched at once, at most once a minute however many ids are made up, and with one
      fetch however many requests wait for it.
    - A fetch that fails changes nothing: the keys held stay in use until a fetch succeeds. A key that the issuer has
      withdrawn goes with the first fetch that succeeds.
    """

    def __init__(
        self, settings: Settings, client: httpx.AsyncClient, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` counts seconds and never goes back."""
        self._settings = settings
        self._client = client
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetch: asyncio.Task[None] | None = None
        self._failed = False
        self._renewal_due = -math.inf
        self._search_allowed = -math.inf

    async def key(self, key_id: str) -> jwt.PyJWK:
        """The key of this id. Raises `InvalidToken` if the issuer has none, `KeysUnavailable` if it cannot be asked."""
        if (key := self._keys.get(key_id)) is not None:
            if self._clock() >= self._renewal_due:
                self.renew()
            return key
        if self._clock() >= self._search_allowed:
            if self._keys:
                self._search_allowed = self._clock() + SEARCH_INTERVAL
            self.renew()
        if self._fetch:
            # A request that goes away must not end the fetch that the others wait for.
            await asyncio.shield(self._fetch)
        if (key := self._keys.get(key_id)) is not None:
            return key
        if self._failed:
            raise KeysUnavailable("unknown key id, and the key server fails", self._seconds_to_next_search())
        raise InvalidToken("unknown key id")

    def renew(self) -> None:
        """Start a fetch in the background, unless one is under way."""
        if self._fetch is None:
            self._fetch = asyncio.create_task(self._renew())

    async def close(self) -> None:
        """End the fetch that may be under way."""
        if self._fetch:
            self._fetch.cancel()
            await asyncio.gather(self._fetch, return_exceptions=True)

    async def _renew(self) -> None:
        try:
            async with asyncio.timeout(FETCH_TIMEOUT):
                self._keys = await self._published()
        except (httpx.HTTPError, httpx.InvalidURL, KeyServerError, TimeoutError, ValueError) as error:
            self._failed = True
            self._renewal_due = self._clock() + SEARCH_INTERVAL
            if not self._keys:
                self._search_allowed = self._clock() + RETRY_WITHOUT_KEYS
            _log.error(
                "No keys from %s: %s %s. %s",
                self._settings.discovery_url,
                type(error).__name__,
                error,
                f"The {len(self._keys)} keys held stay in use." if self._keys else "No token can be checked.",
            )
        else:
            self._failed = False
            self._renewal_due = self._clock() + RENEWAL_INTERVAL
        finally:
            self._fetch = None

    async def _published(self) -> dict[str, jwt.PyJWK]:
        document = await self._get(self._settings.discovery_url)
        if document.get("issuer") != self._settings.issuer:
            raise KeyServerError(
                f"its issuer is {document.get('issuer')!r}, not {self._settings.issuer!r} (API_ISSUER)"
            )
        location = document.get("jwks_uri")
        if not isinstance(location, str) or not location.startswith("https://"):
            raise KeyServerError(f"its jwks_uri is {location!r}, not an https URL")
        entries = (await self._get(location)).get("keys")
        keys = {}
        for entry in entries if isinstance(entries, list) else []:
            if key := _signing_key(entry):
                keys[entry["kid"]] = key
        if not keys:
            raise KeyServerError(f"{location} has no RSA signing key of {SMALLEST_KEY} bits or more")
        return keys

    async def _get(self, url: str) -> dict[str, Any]:
        response = await self._client.get(url, headers={"Accept": "application/json"})
        if response.status_code != httpx.codes.OK:
            raise KeyServerError(f"{url} answered {response.status_code}")
        content = response.json()
        if not isinstance(content, dict):
            raise KeyServerError(f"{url} answered no JSON object")
        return content

    def _seconds_to_next_search(self) -> int:
        return max(1, math.ceil(self._search_allowed - self._clock()))


def _signing_key(entry: Any) -> jwt.PyJWK | None:
    """The key of one JWKS entry (RFC 7517, section 4), or None if it is not for signatures as Entra makes them.

    Entra's entries have `use` but no `alg` ("Signing key rollover in the Microsoft identity platform"); RFC 7517 makes
    both optional.
    """
    if (
        not isinstance(entry, dict)
        or not isinstance(entry.get("kid"), str)
        or entry.get("kty") != "RSA"
        or entry.get("use", "sig") != "sig"
        or entry.get("alg", ALGORITHM) != ALGORITHM
    ):
        return None
    try:
        key = jwt.PyJWK(entry, ALGORITHM)
    except jwt.PyJWTError:
        return None
    return key if isinstance(key.key, RSAPublicKey) and key.key.key_size >= SMALLEST_KEY else None
