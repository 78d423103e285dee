"""The only place that speaks HTTP: reads requests for the pipeline and writes its answers."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from rehearsal.azure.parsing import LARGEST_BODY
from rehearsal.azure.pipeline import Inbound, Pipeline


class HttpAdapter:
    """An ASGI application over a pipeline. Requests are answered on worker threads, so that none holds up another's
    connection.
    """

    def __init__(self, pipeline: Pipeline, workers: ThreadPoolExecutor) -> None:
        self._pipeline = pipeline
        self._workers = workers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HttpRequest(scope, receive)
        try:
            inbound = await _inbound(request)
        except ClientDisconnect:
            return
        outbound = await asyncio.get_running_loop().run_in_executor(self._workers, self._pipeline.answer, inbound)
        await asyncio.sleep(outbound.delay)
        if outbound.dropped:
            scope["extensions"]["rehearsal.transport"].abort()
            # uvicorn answers 500 for an application that says nothing on a connection it believes to be open.
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        response = Response(outbound.content, outbound.status, dict(outbound.headers))
        await response(scope, receive, send)


class Connection(H11Protocol):
    """uvicorn's connection, which can also be cut without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the application the transport beside the request."""
        super().connection_made(transport)
        application = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope["extensions"] = {"rehearsal.transport": transport}
            await application(scope, receive, send)

        self.app = with_transport

    def abandon_if_idle(self) -> None:
        """Close at once unless an answer is under way: a polite TLS goodbye waits for a side that may never read."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()


async def _inbound(request: HttpRequest) -> Inbound:
    content = bytearray()
    async for chunk in request.stream():
        # One byte too many is kept, so that the pipeline sees that the body is too large; the rest is read and lost.
        content += chunk[: LARGEST_BODY + 1 - len(content)]
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers.setdefault(name.lower(), value)
    return Inbound(
        method=request.method,
        path=request.scope["raw_path"].decode("latin-1"),
        query=request.scope["query_string"].decode("latin-1"),
        headers=headers,
        content=bytes(content),
        base_url=f"{request.scope['scheme']}://{headers.get('host', '')}",
    )
