"""The resource that this API keeps: things, each with an id and a name, in memory until the process ends."""

import json
import uuid
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .principal import Principal

LONGEST_NAME = 100  # characters
LARGEST_BODY = 10_000  # bytes


async def list_things(request: Request, _: Principal) -> Response:
    """Every thing there is."""
    things: dict[str, str] = request.app.state.things
    return JSONResponse({"things": [{"id": id_, "name": name} for id_, name in things.items()]})


async def add_thing(request: Request, _: Principal) -> Response:
    """Add the thing whose `name` the JSON body gives. Raises `HTTPException` (400, 413, 415) for any other body."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body must not be larger than {LARGEST_BODY} bytes."
            )
    things: dict[str, str] = request.app.state.things
    id_, name = str(uuid.uuid4()), _name(body)
    things[id_] = name
    return JSONResponse({"id": id_, "name": name}, HTTPStatus.CREATED)


def _name(body: bytes) -> str:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    name = content.get("name") if isinstance(content, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        raise HTTPException(
            HTTPStatus.BAD_REQUEST, f'The body must be {{"name": …}} with a name of 1 to {LONGEST_NAME} characters.'
        )
    return name
