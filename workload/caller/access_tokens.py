"""The access tokens of this process: one credential, one token per scope, one request at a time for each."""

import asyncio
import logging
import os
import time

import httpx
from azure.core.credentials import AccessTokenInfo, SupportsTokenInfo
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

from call_failures import NoTokenError

# Seconds before a token expires. Renewal starts early enough to survive some minutes without an identity endpoint; a
# token about to expire is not sent any more, since it could do so on the way.
RENEW_BEFORE = 300.0
UNUSABLE_BEFORE = 30.0
RENEWAL_PAUSE = 30.0  # seconds between renewals, if they fail or the platform still gives the token it gave before

_log = logging.getLogger(__name__)

# Of an answer that they cannot parse, and that may hold a token, azure-identity logs the whole text as a warning, MSAL
# for debugging. What these libraries have to say that matters comes as exceptions, and is told by this app.
for _library in ("azure", "httpcore", "httpx", "msal", "urllib3"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)


def process_credential() -> SupportsTokenInfo:
    """What this process proves its identity with.

    In Azure the managed identity and nothing else: a chain that tries other credentials first would prefer a secret
    that someone left in the settings. On a laptop azure-identity's chain (environment, Azure CLI, and so on). An
    authority that the environment names (AZURE_AUTHORITY_HOST) is trusted as it is; the public cloud is not asked.
    """
    if "IDENTITY_ENDPOINT" in os.environ:
        return ManagedIdentityCredential()
    return DefaultAzureCredential(disable_instance_discovery="AZURE_AUTHORITY_HOST" in os.environ)


class AccessToken:
    """A token that can be sent, and not be seen: nothing but `authorize` gives it away."""

    __slots__ = ("_secret", "expires_on")

    def __init__(self, info: AccessTokenInfo) -> None:
        self._secret = info.token
        self.expires_on = info.expires_on

    def __repr__(self) -> str:
        return f"AccessToken(expires_on={self.expires_on})"

    def authorize(self, request: httpx.Request) -> httpx.Request:
        """Put the token into the request, for httpx's `auth`."""
        request.headers["Authorization"] = f"Bearer {self._secret}"
        return request


class AccessTokens:
    """Tokens by scope, kept until shortly before they expire."""

    def __init__(self, credential: SupportsTokenInfo) -> None:
        self._credential = credential
        self._held: dict[str, AccessToken] = {}
        self._requests: dict[str, asyncio.Task[AccessToken]] = {}
        self._renewal_allowed: dict[str, float] = {}

    async def token(self, scope: str) -> AccessToken:
        """A token for this scope that is good for the next half minute at least.

        Nobody waits for a renewal while the token held is still good. Raises `NoTokenError`.
        """
        now = time.time()
        held = self._held.get(scope)
        if held is None or now >= held.expires_on - UNUSABLE_BEFORE:
            # An invocation that is cancelled must not end the request that the others wait for.
            return await asyncio.shield(self._requested(scope))
        if now >= max(held.expires_on - RENEW_BEFORE, self._renewal_allowed.get(scope, 0.0)):
            self._renewal_allowed[scope] = now + RENEWAL_PAUSE
            self._requested(scope).add_done_callback(_log_failed_renewal)
        return held

    def _requested(self, scope: str) -> asyncio.Task[AccessToken]:
        if scope not in self._requests:
            self._requests[scope] = asyncio.create_task(self._request(scope))
        return self._requests[scope]

    async def _request(self, scope: str) -> AccessToken:
        try:
            # The credential blocks. Its answer is wrapped at once, since AccessTokenInfo shows the token in its repr.
            token = AccessToken(await asyncio.to_thread(self._credential.get_token_info, scope))
        except Exception as error:
            # Not str(error): azure-core's errors append the answer that they are about.
            failure = NoTokenError.of(scope, f"{type(error).__name__}: {getattr(error, 'message', error)}")
        else:
            self._held[scope] = token
            return token
        finally:
            del self._requests[scope]
        # Raised out here to leave the original behind: a JSONDecodeError holds the answer that it could not parse.
        raise failure


def _log_failed_renewal(request: asyncio.Task[AccessToken]) -> None:
    if not request.cancelled() and (failure := request.exception()):
        _log.warning("The token held stays in use, because it could not be renewed. %s", failure)
