"""Invocations: one call of a function, with what the worker hands over and takes back."""

import asyncio
import logging
import threading
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import azure.functions as azure_functions
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from rehearsal.azure.functions_host.functions import Function

_log = logging.getLogger("rehearsal.azure.functions_host")


class InvocationContext(azure_functions.Context):
    """What a function gets as `context`."""

    def __init__(self, function_name: str, folder: Path) -> None:
        self._invocation_id, self._function_name, self._folder = str(uuid.uuid4()), function_name, folder
        self._local = threading.local()

    @property
    def invocation_id(self) -> str:
        """A GUID of its own for every call."""
        return self._invocation_id

    @property
    def function_name(self) -> str:
        """The function's name."""
        return self._function_name

    @property
    def function_directory(self) -> str:
        """The app's folder."""
        return str(self._folder)

    @property
    def thread_local_storage(self) -> Any:
        """Room for a function's own threads to find the invocation again."""
        return self._local

    @property
    def trace_context(self) -> Any:
        """None: no trace is kept here."""
        return None

    @property
    def retry_context(self) -> Any:
        """None: nothing is retried here."""
        return None


class FailedInvocationError(Exception):
    """A function raised, or returned something that is no answer; the log has the reason."""


async def over_http(
    function: Function, request: Request, route: dict[str, str], folder: Path, threads: ThreadPoolExecutor
) -> Response:
    """Call an HTTP function and give back its response.

    Nothing returned is 204, a string is 200 with text (Azure Functions documentation, "Azure Functions HTTP triggers
    and bindings overview"). Raises `FailedInvocationError`.
    """
    asked = azure_functions.HttpRequest(
        request.method,
        str(request.url),
        headers=_joined(request.headers.items()),
        params=_joined(QueryParams(request.url.query).multi_items()),
        route_params=route,
        body=await request.body(),
    )
    answer = await _invoke(function, asked, folder, threads)
    if answer is None:
        return Response(status_code=204)
    if isinstance(answer, str):
        return Response(answer, media_type="text/plain")
    if not isinstance(answer, azure_functions.HttpResponse):
        _log.error("The function '%s' returned %s: no HTTP response.", function.name, type(answer).__name__)
        raise FailedInvocationError(function.name)
    response = Response(answer.get_body(), answer.status_code)
    for name, value in answer.headers.items():
        if name.lower() != "content-length":
            response.headers.append(name, value)
    if "content-type" not in response.headers:
        text = answer.mimetype.startswith("text/")
        response.headers["content-type"] = f"{answer.mimetype}; charset={answer.charset}" if text else answer.mimetype
    return response


async def of_timer(function: Function, folder: Path, threads: ThreadPoolExecutor) -> None:
    """Call a timer function now. Raises `FailedInvocationError`."""
    await _invoke(function, _DueNow(), folder, threads)


async def _invoke(function: Function, trigger: Any, folder: Path, threads: ThreadPoolExecutor) -> Any:
    """Call a function: coroutines on the event loop, others on a thread."""
    arguments = {function.argument: trigger}
    if function.wants_context:
        arguments["context"] = InvocationContext(function.name, folder)
    try:
        if function.is_coroutine:
            return await function.call(**arguments)
        return await asyncio.get_running_loop().run_in_executor(threads, partial(function.call, **arguments))
    except Exception as error:
        _log.exception("The function '%s' failed.", function.name)
        raise FailedInvocationError(function.name) from error


class _DueNow(azure_functions.TimerRequest):
    """A timer that is called by hand is never late."""

    past_due = False


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """One value per name, repeated ones joined by commas, as the host hands them to its workers."""
    values: dict[str, str] = {}
    for name, value in pairs:
        values[name] = f"{values[name]},{value}" if name in values else value
    return values
