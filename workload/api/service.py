"""The ASGI application: routes, the check in front of each, and one form for every answer that is no success."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from itertools import groupby

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .keys import SigningKeys
from .openapi import describe
from .operation import Operation
from .refusals import Refusal
from .routes import OPERATIONS, PUBLIC
from .settings import Settings
from .tokens import TokenValidator, bearer_token

_log = logging.getLogger(__name__)


def service(settings: Settings) -> Starlette:
    """The API for one tenant and audience. It asks for the issuer's keys as soon as it starts, and does not wait."""
    client = httpx.AsyncClient(timeout=httpx.Timeout(5.0))
    keys = SigningKeys(settings, client)
    validator = TokenValidator(settings, keys)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            keys.renew()
            yield
            await keys.close()

    async def describe_api(_: Request) -> Response:
        return JSONResponse(describe(OPERATIONS, settings))

    application = Starlette(
        routes=[*_protected(OPERATIONS, validator), *PUBLIC, Route("/openapi.json", describe_api)],
        exception_handlers={Refusal: _refuse, HTTPException: _decline, Exception: _apologise},
        lifespan=lifespan,
    )
    # A redirect to the path without its slash would take its host from the request, that is, from anybody.
    application.router.redirect_slashes = False
    application.state.things = {"1": "a thing", "2": "another thing"}
    return application


def _protected(operations: Iterable[Operation], validator: TokenValidator) -> Iterable[Route]:
    """One route per path, so that an unknown method is answered with all those that the path has."""
    for path, group in groupby(sorted(operations, key=lambda operation: operation.path), lambda found: found.path):
        by_method = {str(operation.method): operation for operation in group}
        yield Route(path, _endpoint(by_method, validator), methods=list(by_method))


def _endpoint(operations: dict[str, Operation], validator: TokenValidator) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        operation = operations["GET" if request.method == "HEAD" else request.method]
        principal = await validator.principal(bearer_token(request.headers.getlist("authorization")))
        operation.admit(principal)
        response = await operation.handler(request, principal)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer


def _problem(status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """A problem details object (RFC 9457) without a type of its own: the status says what kind of problem it is."""
    title = HTTPStatus(status).phrase
    content = {"type": "about:blank", "title": title, "status": int(status)}
    if detail != title:
        content["detail"] = detail
    return JSONResponse(
        content, status, {"Cache-Control": "no-store", **headers}, media_type="application/problem+json"
    )


async def _refuse(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)  # noqa: S101 - the table of handlers says so; the checker cannot know it
    _log.warning("Refused %s %r: %s (%s)", request.method, request.url.path, int(refusal.status), refusal.reason)
    return _problem(refusal.status, refusal.detail, refusal.headers)


async def _decline(_: Request, exception: Exception) -> Response:
    assert isinstance(exception, HTTPException)  # noqa: S101 - as above
    return _problem(exception.status_code, exception.detail, exception.headers or {})


async def _apologise(_: Request, __: Exception) -> Response:
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The API failed. Its log says why.", {})
