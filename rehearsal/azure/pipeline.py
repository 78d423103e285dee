"""The path of a request through the stand-in, top to bottom in one function: `Pipeline.answer`."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from urllib.parse import unquote

from rehearsal.azure import envelopes, parsing, request_log
from rehearsal.azure.arm import authorization as arm_authorization
from rehearsal.azure.arm import gate as arm_gate
from rehearsal.azure.authentication import authenticate
from rehearsal.azure.context import Context
from rehearsal.azure.errors import GraphError, Occasion, ServiceError
from rehearsal.azure.graph import batching
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
    """An answer as the adapter writes it, `delay` seconds from now; `dropped` cuts the connection instead."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    delay: float = 0.0
    dropped: bool = False


class _DroppedError(Exception):
    """The weather cuts the connection."""


class Pipeline:
    """Answers requests, each in one store transaction. May be called from several threads at once."""

    def __init__(self, context: Context, routes: Iterable[Route]) -> None:
        self._context = context
        self._router = Router(routes)

    def answer(self, inbound: Inbound) -> Outbound:
        """One request, or each of a batch to Graph as if it had come alone."""
        path = canonical_path(inbound.path)
        if inbound.method == "POST" and path in ("/v1.0/$batch", "/beta/$batch"):
            return self._together(inbound, path.split("/")[1])
        return self._alone(inbound)

    def _together(self, inbound: Inbound, version: str) -> Outbound:
        occasion = Occasion(
            self._context.clock.time(), str(uuid.uuid4()), _client_request_id(inbound, str(uuid.uuid4()))
        )
        delay = 0.0

        def ask(
            method: str, path: str, query: str, headers: Mapping[str, str], content: bytes
        ) -> tuple[int, Mapping[str, str], bytes] | None:
            nonlocal delay
            signed = {**headers, "authorization": inbound.headers.get("authorization", "")}
            answer = self._alone(Inbound(method, path, query, signed, content, inbound.base_url))
            delay = max(delay, answer.delay)
            return None if answer.dropped else (answer.status, answer.headers, answer.content)

        try:
            with self._context.store.transaction():
                authenticate(self._context, Service.GRAPH, inbound.headers)
            reply = batching.answer(version, parsing.body(Service.GRAPH, inbound.headers, inbound.content), ask)
        except ServiceError as error:
            reply = error.reply(occasion)
        return (
            Outbound(0, dropped=True)
            if reply is None
            else replace(_serialise(reply, Service.GRAPH, occasion), delay=delay)
        )

    def _alone(self, inbound: Inbound) -> Outbound:
        """Context, route, weather, authentication, parsing, authorisation, handling, serialisation, errors."""
        context, path = self._context, canonical_path(inbound.path)
        request_id = str(uuid.uuid4())
        occasion = Occasion(context.clock.time(), request_id, _client_request_id(inbound, request_id))
        service, route, caller, outbound = _service(path), None, None, Outbound(0, dropped=True)
        try:
            if service is Service.ARM:
                arm_gate.before_sign_in(context, unquote(path), parsing.query(service, inbound.query))
            match = self._match(inbound, path, service)
            route, service = match.route, match.route.service
            _strike(context, route, after=False)
            with context.store.transaction():
                caller = authenticate(context, service, inbound.headers) if route.needs_token else None
                request = Request(
                    method=inbound.method,
                    path=unquote(path),
                    parameters=match.parameters,
                    query=parsing.query(service, inbound.query),
                    headers=inbound.headers,
                    body=parsing.body(service, inbound.headers, inbound.content),
                    caller=caller,
                    base_url=inbound.base_url,
                    context=context,
                )
                _authorise(request, route)
                reply = route.handler(request)
            _strike(context, route, after=True)
            outbound = _serialise(reply, service, occasion)
        except ServiceError as error:
            outbound = _serialise(error.reply(occasion), service, occasion)
        except _DroppedError:
            _log.info("%s %s: connection dropped by the weather", inbound.method, request_log.masked(path))
        except Exception:
            _log.exception("%s %s failed inside the stand-in", inbound.method, request_log.masked(path))
            outbound = _serialise(envelopes.failure(service).reply(occasion), service, occasion)
        context.log.add(
            request_log.Entry.of(
                occasion,
                method=inbound.method,
                base_url=inbound.base_url,
                path=path,
                query=inbound.query,
                route=f"{route.method} {route.path}" if route else None,
                caller=caller.object_id if caller else None,
                status=None if outbound.dropped else outbound.status,
            )
        )
        return replace(outbound, delay=context.weather.delay(route)) if route else outbound

    def _match(self, inbound: Inbound, path: str, service: Service) -> Match:
        try:
            match = None if "%00" in path or "\x00" in path else self._router.match(inbound.method, path)
        except MethodNotModelledError as error:
            raise envelopes.method_not_allowed(service, inbound.method, path, error.allowed) from None
        if match is None:
            _log.warning("not modelled: %s %s%s", inbound.method, inbound.base_url, request_log.masked(path))
            if service is Service.ARM:
                raise arm_gate.unknown(unquote(path), parsing.query(service, inbound.query))
            raise envelopes.not_modelled(service, inbound.method, path)
        return match


def _strike(context: Context, route: Route, *, after: bool) -> None:
    """Let the weather answer in the route's place, before or after it took effect."""
    fault = context.weather.strike(route, after=after)
    if fault is None:
        return
    if fault.status is None:
        raise _DroppedError
    raise envelopes.weather(route.service, fault.status, fault.retry_after)


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
        "imds": Service.IDENTITY,
        "metadata": Service.METADATA,
        "scm": Service.DEPLOYMENT,
    }.get(first, Service.LOGIN)


def _authorise(request: Request, route: Route) -> None:
    if route.service is Service.GRAPH and route.permissions:
        if request.caller is None or request.caller.roles.isdisjoint(route.permissions):
            raise GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    elif route.service is Service.ARM and route.permissions and request.caller is not None:
        [action] = route.permissions
        arm_authorization.authorize(request.context, request.caller, action, request.path, request.body)


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
