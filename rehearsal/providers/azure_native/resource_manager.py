"""Azure Resource Manager over HTTP: requests, retries, long-running operations, errors in the real provider's words.

Retries and polling are those of pulumi-azure-native (`provider/pkg/azure/client_azcore.go`) and the pollers of Go's
azcore beneath it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urljoin, urlsplit

from rehearsal.providers.credentials import TokenSource
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline, Http, NoReplyError, Reply

RETRIED: Final = frozenset({408, 429, 500, 502, 503, 504})
PAUSES: Final = (20.0, 60.0, 120.0)
"""Seconds before each retry, where the answer has no Retry-After."""
POLLED_EVERY: Final = 10.0
"""Seconds between two looks at a PUT or PATCH that goes on, where the answer has no Retry-After."""
DELETION_POLLED_EVERY: Final = 30.0
_REGISTRATION_API: Final = "2020-06-01"
_REGISTRATION_POLLED_EVERY: Final = 1.0
"""Seconds; azcore takes 15."""
_SUCCEEDED: Final = "succeeded"
_FAILED: Final = frozenset({"failed", "canceled"})


class RequestError(ProviderError):
    """Azure refused a request, or an operation it had accepted failed."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(_described(reply))
        self.status = reply.status


class ResourceManager:
    """The API at one endpoint, for one subscription, as one signed-in client."""

    def __init__(self, http: Http, endpoint: str, tokens: TokenSource, subscription_id: str) -> None:
        self._http = http
        self._endpoint = endpoint
        self._tokens = tokens
        self.subscription_id = subscription_id

    async def send(
        self,
        method: str,
        path: str,
        api_version: str,
        deadline: Deadline,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request, retried as the real provider does. Raises ProviderError when there is no answer at all."""
        url, asked = f"{self._endpoint}{_rooted(path)}", {"api-version": api_version, **(query or {})}
        reply = await self._patiently(method, url, asked, body, deadline)
        if reply.status == 409 and _code(reply) == "MissingSubscriptionRegistration":
            await self._register(_namespace(reply), deadline)
            reply = await self._patiently(method, url, asked, body, deadline)
        return reply

    async def put(self, path: str, api_version: str, body: Mapping[str, Any], deadline: Deadline) -> Reply:
        """Write a resource; the answer is the accepted one, the operation may go on. Raises RequestError."""
        reply = await self.send("PUT", path, api_version, deadline, body=body)
        if reply.status not in (200, 201, 202):
            raise RequestError(reply)
        return reply

    async def finished(self, reply: Reply, path: str, api_version: str, deadline: Deadline) -> None:
        """Wait until the operation behind an accepted PUT has ended. Raises RequestError when it failed."""
        await self._poll(reply, f"{self._endpoint}{_rooted(path)}", api_version, deadline, POLLED_EVERY)

    async def delete(self, path: str, api_version: str, query: Mapping[str, str], deadline: Deadline) -> None:
        """Delete a resource, and wait until it is gone; one that is not there is gone. Raises RequestError."""
        reply = await self.send("DELETE", path, api_version, deadline, query=query)
        if reply.status == 404:
            return
        if reply.status not in (200, 202, 204):
            raise RequestError(reply)
        if reply.status == 202:
            await self._poll(reply, "", api_version, deadline, DELETION_POLLED_EVERY)

    async def _register(self, namespace: str, deadline: Deadline) -> None:
        """Register the subscription with a resource provider and wait for it, as azcore does on its own accord
        (`sdk/azcore/arm/runtime/policy_register_rp.go`).
        """
        url = f"{self._endpoint}/subscriptions/{self.subscription_id}/providers/{namespace}"
        query = {"api-version": _REGISTRATION_API}
        reply = await self._patiently("POST", f"{url}/register", query, None, deadline)
        while reply.status == 200 and _registration(reply) != "registered":
            if not await deadline.sleep(_REGISTRATION_POLLED_EVERY):
                raise ProviderError("operation timed out")
            reply = await self._patiently("GET", url, query, None, deadline)
        if reply.status != 200:
            raise RequestError(reply)

    async def _poll(self, reply: Reply, resource: str, api_version: str, deadline: Deadline, every: float) -> None:
        operation = reply.headers.get("azure-asyncoperation")
        location = reply.headers.get("location")
        if reply.status != 202 and not operation and _provisioning_state(reply) in (None, _SUCCEEDED):
            return
        url = self._absolute(operation or location or resource, api_version)
        while True:
            if not await deadline.sleep(reply.retry_after if reply.retry_after is not None else every):
                raise ProviderError("operation timed out")
            reply = await self._patiently("GET", url, {}, None, deadline)
            if reply.status == 404 and not operation and not resource:
                return
            if reply.status >= 400:
                raise RequestError(reply)
            state = _operation_status(reply) if operation else _provisioning_state(reply)
            if state in _FAILED:
                raise RequestError(reply)
            if state == _SUCCEEDED or (not operation and state is None and reply.status != 202):
                return

    def _absolute(self, url: str, api_version: str) -> str:
        """The URL on this endpoint, with an api-version: some types answer a bare path (azure-sdk-for-go#23385)."""
        whole = urljoin(f"{self._endpoint}/", url)
        parts = urlsplit(whole)
        if any(name.lower() == "api-version" for name, _ in parse_qsl(parts.query)):
            return whole
        return f"{whole}{'&' if parts.query else '?'}api-version={api_version}"

    async def _patiently(
        self, method: str, url: str, query: Mapping[str, str], body: Mapping[str, Any] | None, deadline: Deadline
    ) -> Reply:
        retries = 0
        while True:
            headers = {"Authorization": f"Bearer {await self._tokens.token()}", "Accept": "application/json"}
            if method in ("POST", "PUT", "PATCH"):
                headers["Content-Type"] = "application/json; charset=utf-8"
            reply: Reply | None = None
            refusal: NoReplyError | None = None
            try:
                reply = await self._http.send(method, url, query=query, headers=headers, body=body)
            except NoReplyError as error:
                refusal = error
            if reply is not None and not _is_retried(reply):
                return reply
            waited = retries < len(PAUSES) and await deadline.sleep(_pause(reply, retries))
            if not waited:
                if reply is None:
                    raise refusal or ProviderError("operation timed out")
                return reply
            retries += 1


def _rooted(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def _pause(reply: Reply | None, retries: int) -> float:
    if reply is None:
        # Nobody answered: on this machine that mends itself at once or not at all.
        return min(1.0, PAUSES[retries])
    return reply.retry_after if reply.retry_after is not None else PAUSES[retries]


def _is_retried(reply: Reply) -> bool:
    return reply.status in RETRIED or (reply.status == 409 and _code(reply) == "AnotherOperationInProgress")


def _operation_status(reply: Reply) -> str | None:
    """How far an operation is, as the resource of the header Azure-AsyncOperation says."""
    status = reply.body.get("status") if isinstance(reply.body, dict) else None
    return status.lower() if isinstance(status, str) else None


def _provisioning_state(reply: Reply) -> str | None:
    """How far a resource is; None for one that does not say, which is done: a site never does."""
    properties = reply.body.get("properties") if isinstance(reply.body, dict) else None
    state = properties.get("provisioningState") if isinstance(properties, dict) else None
    return state.lower() if isinstance(state, str) else None


def _registration(reply: Reply) -> str:
    state = reply.body.get("registrationState") if isinstance(reply.body, dict) else None
    return str(state or "").lower()


def _namespace(reply: Reply) -> str:
    """The resource provider that a refusal names as missing."""
    details = reply.body["error"].get("details") or ()
    targets = [str(each["target"]) for each in details if isinstance(each, dict) and each.get("target")]
    if not targets:
        raise RequestError(reply)
    return targets[0]


def _code(reply: Reply) -> str:
    body = reply.body if isinstance(reply.body, dict) else {}
    inner = body.get("error")
    error = inner if isinstance(inner, dict) else body
    return str(error.get("code") or error.get("Code") or "")


def _described(reply: Reply) -> str:
    """`Status=… Code="…" Message="…"` (pulumi-azure-native#3778)."""
    if not isinstance(reply.body, dict):
        return f"unexpected response from Azure: '{reply.text}', HTTP status: {reply.reason}"
    inner = reply.body.get("error")
    message = inner.get("message") if isinstance(inner, dict) else None
    code = _code(reply)
    return f"Status={reply.status}" + (f' Code="{code}"' if code else "") + f' Message="{message or reply.text}"'
