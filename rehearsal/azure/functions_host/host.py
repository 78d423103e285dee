"""The host: finds the function for a request, asks for its key, calls it, and says nothing of its failures."""

import asyncio
import hmac
import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from rehearsal.azure.functions_host import invocations
from rehearsal.azure.functions_host.functions import AppError, Function

KEY_VARIABLE = "FUNCTIONS_HOST_MASTER_KEY"
"""Environment variable with the master key. A real host keeps its keys in storage; this one is told."""

_log = logging.getLogger("rehearsal.azure.functions_host")
_ADMIN = "admin/functions/"


class Host:
    """An ASGI application over the functions of one app."""

    def __init__(self, functions: list[Function], folder: Path) -> None:
        """Raises `AppError` when a function demands a key and no key is set, or two functions share a route."""
        self._functions, self._folder = functions, folder
        self._prefix = _route_prefix(folder)
        self._key = os.environ.get(KEY_VARIABLE, "")
        self._under_way: set[asyncio.Task[None]] = set()
        # Its own, not the event loop's: that one waits at the end for functions that hang.
        self._threads = ThreadPoolExecutor(thread_name_prefix="function")
        if not self._key:
            _refuse_keyed(functions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        except invocations.FailedInvocationError:
            response = Response(status_code=500)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.url.path.strip("/")
        if path.lower().startswith(_ADMIN):
            return self._by_hand(request, path[len(_ADMIN) :])
        if self._prefix and not path.lower().startswith(self._prefix.lower() + "/"):
            return Response(status_code=404)
        path = path[len(self._prefix) :].strip("/")
        for function in self._functions:
            found = function.route.fullmatch(path) if function.route else None
            # The host answers 404, not 405, for a method that no function takes (Azure/azure-functions-host#2410).
            if found is None or (function.methods and request.method not in function.methods):
                continue
            if function.level != "anonymous" and not self._has_key(request):
                return Response(status_code=401)
            route = {name: value for name, value in found.groupdict().items() if value is not None}
            return await invocations.over_http(function, request, route, self._folder, self._threads)
        return Response(status_code=404)

    def _by_hand(self, request: Request, name: str) -> Response:
        """Start a function that has no HTTP trigger: 202, as soon as it is started (Azure Functions documentation,
        "Manually run a non HTTP-triggered function").
        """
        if request.method != "POST":
            return Response(status_code=404)
        if not self._has_key(request):
            return Response(status_code=401)
        function = next((one for one in self._functions if one.name.lower() == name.lower()), None)
        if function is None:
            return Response(status_code=404)
        if function.route is not None:
            text = f"The function '{function.name}' has an HTTP trigger: call /{self._prefix}/{function.template}."
            return JSONResponse({"error": text}, 400)
        task = asyncio.create_task(self._run(function))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return Response(status_code=202)

    async def _run(self, function: Function) -> None:
        try:
            await invocations.of_timer(function, self._folder, self._threads)
        except invocations.FailedInvocationError:
            return
        _log.info("The function '%s' ran.", function.name)

    def _has_key(self, request: Request) -> bool:
        """Whether the key comes as header `x-functions-key` or as query parameter `code`."""
        given = request.headers.get("x-functions-key") or request.query_params.get("code") or ""
        return bool(self._key) and hmac.compare_digest(given.encode(), self._key.encode())


def _refuse_keyed(functions: list[Function]) -> None:
    keyed = [function for function in functions if function.level in ("function", "admin")]
    if keyed:
        names = ", ".join(f"'{function.name}' ({function.level})" for function in keyed)
        raise AppError(
            f"These functions can be called with a key only: {names}. Set {KEY_VARIABLE} in the host's environment to "
            "the key that callers send as x-functions-key, or declare them with AuthLevel.ANONYMOUS."
        )


def _route_prefix(folder: Path) -> str:
    """`extensions.http.routePrefix` of host.json; `api` by default (Azure Functions documentation, "host.json")."""
    file = folder / "host.json"
    if not file.is_file():
        return "api"
    try:
        settings: Any = json.loads(file.read_text())
        prefix = settings.get("extensions", {}).get("http", {}).get("routePrefix", "api")
    except (ValueError, AttributeError) as error:
        raise AppError(f"{file} is no host.json: {error}.") from error
    if not isinstance(prefix, str):
        raise AppError(f"{file} has the routePrefix {prefix!r}; it must be a string.")
    return prefix.strip("/")
