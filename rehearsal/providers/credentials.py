"""Tokens for Microsoft Graph and Resource Manager by the client credentials grant.

Microsoft identity platform, "OAuth 2.0 client credentials flow": with a client secret, or with a federated credential's
token as client assertion, given or asked of GitHub. Nothing here is ever logged, and no representation shows a secret
or a token.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline, Http, NoReplyError, Reply, persistently

RENEWED_BEFORE_EXPIRY: Final = 300.0
"""Seconds before its expiry that a token is replaced; half its life for one that lives less than twice as long."""

_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TOKEN_SECONDS: Final = 120.0
_TRIES: Final = 8


class TokenError(ProviderError):
    """No token, from GitHub or from the token endpoint."""

    @classmethod
    def of(cls, reply: Reply) -> TokenError:
        """What the token endpoint answered, if it was no token."""
        if reply.status == 200:
            return cls("clientCredentialsToken: the response holds no access_token")
        return cls(f"clientCredentialsToken: received HTTP status {reply.status} with response: {reply.text}")


@dataclass(frozen=True)
class TokenRequest:
    """Where a job on GitHub gets a token that says which job it is (GitHub Docs, "OpenID Connect reference").

    A token lives for minutes, so it is asked for whenever Entra is about to be (hashicorp/go-azure-sdk,
    `github_oidc_authorizer.go`).
    """

    url: str
    bearer: str = field(repr=False)
    audience: str

    async def assertion(self, http: Http) -> str:
        """A new token. Raises `TokenError`."""
        url = self.url
        if not parse_qs(urlsplit(url).query).get("audience"):
            url += f"{'&' if '?' in url else '?'}audience={quote(self.audience, safe='')}"
        headers = {"Accept": "application/json", "Authorization": f"Bearer {self.bearer}"}
        try:
            reply = await http.send("GET", url, headers=headers)
        except NoReplyError as error:
            raise TokenError(f"githubAssertion: cannot request token: {error}") from None
        if reply.status // 100 != 2:
            raise TokenError(f"githubAssertion: received HTTP status {reply.status} with response: {reply.text}")
        token = reply.body.get("value") if isinstance(reply.body, dict) else None
        if not isinstance(token, str):
            raise TokenError("GitHubOIDCAuthorizer: nil JWT assertion received from GitHub")
        return token


@dataclass(frozen=True)
class Credential:
    """A client with exactly one proof of itself: a secret, a federated credential's token, or where to get one."""

    tenant_id: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    assertion: str = field(default="", repr=False)
    request: TokenRequest | None = field(default=None, repr=False)

    async def form(self, scope: str, http: Http) -> dict[str, str]:
        """The fields of the token request for that scope. Raises `TokenError` when GitHub gives no token."""
        fields = {"client_id": self.client_id, "grant_type": "client_credentials", "scope": scope}
        if self.client_secret:
            return fields | {"client_secret": self.client_secret}
        assertion = await self.request.assertion(http) if self.request else self.assertion
        return fields | {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": assertion}


class TokenSource:
    """Tokens for one resource, each kept until shortly before it expires."""

    def __init__(self, http: Http, login: str, credential: Credential, resource: str) -> None:
        self._http = http
        self._url = f"{login}/{credential.tenant_id or 'common'}/oauth2/v2.0/token"
        self._credential = credential
        self._scope = f"{resource}/.default"
        self._lock = asyncio.Lock()
        self._token = ""
        self._renew_at = 0.0

    async def token(self) -> str:
        """A token that is good for a while. Raises `TokenError` or `NoReplyError`."""
        async with self._lock:
            if time.monotonic() >= self._renew_at:
                await self._fetch()
            return self._token

    async def _fetch(self) -> None:
        form = await self._credential.form(self._scope, self._http)
        reply = await persistently(
            lambda: self._http.send("POST", self._url, headers={"Accept": "application/json"}, form=form),
            _pause,
            Deadline(_TOKEN_SECONDS),
        )
        body = reply.body if isinstance(reply.body, dict) else {}
        if reply.status != 200 or not body.get("access_token"):
            raise TokenError.of(reply)
        life = float(body.get("expires_in") or 3600)
        self._token = body["access_token"]
        self._renew_at = time.monotonic() + life - min(RENEWED_BEFORE_EXPIRY, life / 2)


def _pause(reply: Reply, repeated: int) -> float | None:
    """go-azure-sdk asks again after 429 and 5xx, 1, 2, 4 … 30 s apart or as long as Retry-After says."""
    if (reply.status != 429 and reply.status < 500) or repeated >= _TRIES:
        return None
    return reply.retry_after if reply.retry_after is not None else min(30.0, 2.0**repeated)


def claims(token: str) -> dict[str, Any]:
    """The claims of a token, unverified: a client may only read its own. Raises `ProviderError` for no JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        raise ProviderError("unexpected token format: does not have 3 parts")
    payload = parts[1] + "=" * (-len(parts[1]) % 4)
    read = json.loads(base64.urlsafe_b64decode(payload))
    if not isinstance(read, dict):
        raise ProviderError("unexpected token format: the claims are no JSON object")
    return read
