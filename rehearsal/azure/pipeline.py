"""The path of a request through the stand-in, top to bottom in one function: `Pipeline.answer`."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import unquote

from rehearsal.azure import envelopes, parsing
from rehearsal.azure.authentication import authenticate
from rehearsal.azure.context import Context
from rehearsal.azure.errors import GraphError, Occasion, ServiceError
from rehearsal.azure.routing import (
    Match,
    MethodNotModelledError,
    Reply,
    Request,
    Route,
    Router,
    Service,
    canonical_path,
)

_log = logging.getLogger("rehearsal.azure")

_JSON = "application/json; charset=utf-8"
_GRAPH_JSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"


@dataclass(frozen=True)
class Inbound:
    """A request as the adapter read it: header names lower-cased, path and query still percent-encoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    content: bytes
    base_url: str


@dataclass(frozen=True)
class Outbound:
    """An answer as the adapter writes it."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""


class Pipeline:
    """Answers requests, each in one store transaction. May be called from several threads at once."""

    def __init__(self, context: Context, routes: Iterable[Route]) -> None:
        self._context = context
        self._router = Router(routes)

    def answer(self, inbound: Inbound) -> Outbound:
        """Context, route, authentication, parsing, authorisation, handling, serialisation; errors on the way out."""
        context = self._context
        path = canonical_path(inbound.path)
        service = _service(path)
        request_id = str(uuid.uuid4())
        occasion = Occasion(context.clock.time(), request_id, _client_request_id(inbound, request_id))
        try:
            match = self._route(inbound.method, path, service, inbound.base_url)
            service = match.route.service
            with context.store.transaction():
                caller = authenticate(context, service, inbound.headers) if _needs_token(match.route) else None
                request = Request(
                    method=inbound.method,
                    path=unquote(path),
                    parameters=match.parameters,
                    query=_query(service, inbound.query),
                    headers=inbound.headers,
                    body=parsing.body(service, inbound.headers, inbound.content),
                    caller=caller,
                    base_url=inbound.base_url,
                    context=context,
                )
                _authorise(request, match.route)
                reply = match.route.handler(request)
        except ServiceError as error:
            reply = error.reply(occasion)
        except Exception:
            _log.exception("%s %s failed inside the stand-in", inbound.method, path)
            reply = envelopes.failure(service).reply(occasion)
        return _serialise(reply, service, occasion)

    def _route(self, method: str, path: str, service: Service, base_url: str) -> Match:
        try:
            match = None if "%00" in path or "\x00" in path else self._router.match(method, path)
        except MethodNotModelledError as error:
            raise envelopes.method_not_allowed(service, method, path, error.allowed) from None
        if match is None:
            _log.warning("not modelled: %s %s%s", method, base_url, path)
            raise envelopes.not_modelled(service, method, path)
        return match


def _service(path: str) -> Service:
    """Whose envelope an answer gets when no route says so."""
    first = path.lower().strip("/").split("/")[0]
    return {
        "v1.0": Service.GRAPH,
        "beta": Service.GRAPH,
        "subscriptions": Service.ARM,
        "providers": Service.ARM,
        "tenants": Service.ARM,
        "_rehearsal": Service.CONTROL,
        "msi": Service.IDENTITY,
        "metadata": Service.METADATA,
    }.get(first, Service.LOGIN)


def _needs_token(route: Route) -> bool:
    return not (route.service is Service.CONTROL and route.path == "/_rehearsal/health")


def _authorise(request: Request, route: Route) -> None:
    if route.service is Service.GRAPH and route.permissions:
        if request.caller is None or request.caller.roles.isdisjoint(route.permissions):
            raise GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    elif route.service is Service.ARM and route.permissions and request.caller is not None:
        [action] = route.permissions
        from rehearsal.azure.arm import authorization as arm_authorization

        arm_authorization.authorize(request.context, request.caller, action, request.path)


def _query(service: Service, raw: str) -> dict[str, str]:
    try:
        return parsing.query(raw)
    except ValueError as error:
        raise envelopes.malformed(service, f"the query is malformed: {error}") from error


def _client_request_id(inbound: Inbound, default: str) -> str:
    for name in ("client-request-id", "x-ms-client-request-id"):
        value = inbound.headers.get(name, "")
        if value.isascii() and value.isprintable() and 0 < len(value) <= 100:
            return value
    return default


def _serialise(reply: Reply, service: Service, occasion: Occasion) -> Outbound:
    headers = {"x-ms-request-id": occasion.request_id, "Cache-Control": "no-cache", **reply.headers}
    if service is Service.GRAPH:
        headers = {"request-id": occasion.request_id, "client-request-id": occasion.client_request_id, **headers}
    if reply.body is None:
        return Outbound(reply.status, headers)
    success = reply.status < HTTPStatus.BAD_REQUEST
    headers.setdefault("Content-Type", _GRAPH_JSON if service is Service.GRAPH and success else _JSON)
    if service is Service.GRAPH and success:
        headers.setdefault("OData-Version", "4.0")
    return Outbound(reply.status, headers, json.dumps(reply.body).encode())
