"""`POST /$batch`: several requests to Graph in one, each answered as if it had come alone.

Microsoft Graph documentation, "Combine multiple HTTP requests using JSON batching". Not modelled: `dependsOn` and
`atomicityGroup`, which are refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from rehearsal.azure.errors import GraphError
from rehearsal.azure.routing import Reply

LARGEST = 20
_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
_KNOWN = frozenset({"id", "method", "url", "headers", "body"})

Ask = Callable[[str, str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes] | None]
"""Method, path, query, headers (names in lower case) and content of one request to its status, headers and content;
None for a connection that was dropped."""


def answer(version: str, body: Any, ask: Ask) -> Reply | None:
    """Answers a batch sent to `version` (`v1.0` or `beta`); None if the connection was dropped under one of them.

    Raises Graph's 400 for a batch that is malformed as a whole.
    """
    requests = _checked(body)
    responses: list[dict[str, Any]] = []
    for request in requests:
        path, _, query = request["url"].partition("?")
        content = json.dumps(request["body"]).encode() if request.get("body") is not None else b""
        headers = {str(name).lower(): str(value) for name, value in (request.get("headers") or {}).items()}
        answered = ask(
            request["method"].upper(),
            f"/{version}/{path.lstrip('/')}",
            quote(query, safe="=&%$'(),:/+"),
            headers,
            content,
        )
        if answered is None:
            return None
        status, given, text = answered
        response: dict[str, Any] = {"id": request["id"], "status": status, "headers": dict(given)}
        if text:
            response["body"] = json.loads(text)
        responses.append(response)
    return Reply(200, {"responses": responses})


def _checked(body: Any) -> list[dict[str, Any]]:
    requests = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(requests, list) or not requests:
        raise _bad("Invalid batch payload format.")
    if len(requests) > LARGEST:
        raise _bad(f"Number of batch request steps exceeds the maximum value of {LARGEST}.")
    seen: set[str] = set()
    for request in requests:
        if not isinstance(request, dict) or not all(
            isinstance(request.get(name), str) for name in ("id", "method", "url")
        ):
            raise _bad("Invalid batch payload format. Each request needs the texts id, method and url.")
        unknown = sorted(request.keys() - _KNOWN)
        if unknown:
            raise _bad(
                f"The stand-in does not model {', '.join(unknown)} in a batch. It knows {', '.join(sorted(_KNOWN))}."
            )
        if request["id"] in seen:
            raise _bad("Request Id values within a batch must be unique.")
        if request["method"].upper() not in _METHODS or not isinstance(request.get("headers") or {}, dict):
            raise _bad(f"Invalid batch payload format. A request's method is one of {', '.join(sorted(_METHODS))}.")
        if "$batch" in request["url"]:
            raise _bad("A batch cannot hold another batch.")
        seen.add(request["id"])
    return requests


def _bad(message: str) -> GraphError:
    return GraphError(400, "BadRequest", message)
