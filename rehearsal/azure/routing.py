"""Routes: what the stand-in answers, and how a request finds its handler.

A route is data: service, method, path pattern, handler, the permissions that open it, and one line for COVERAGE.md.
Everything a handler may use arrives in its `Request`; everything it may say leaves in its `Reply`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from rehearsal.azure.context import Context

_PLACEHOLDER = re.compile(r"\{(?P<name>[a-z_]+)(?P<spans>:path)?\}", re.IGNORECASE)
# Stands for a percent-encoded slash, which belongs to a segment and does not end it. NUL is refused in paths.
_ENCODED_SLASH = "\x00"


HEALTH = "/_rehearsal/health"
"""The one control route that needs no key."""


class Service(StrEnum):
    """Whose manners a route has: its tokens, its error envelope, its headers."""

    GRAPH = "graph"
    ARM = "arm"
    LOGIN = "login"
    IDENTITY = "identity"
    METADATA = "metadata"
    DEPLOYMENT = "deployment"
    CONTROL = "control"


@dataclass(frozen=True)
class Caller:
    """Who the bearer token of a request belongs to."""

    object_id: str
    app_id: str
    roles: frozenset[str]
    audience: str


@dataclass(frozen=True)
class Request:
    """One request, decoded and authorised, as a handler sees it.

    `parameters` come from the route's path pattern; names in `query` and `headers` are lower-cased; `body` is parsed
    JSON, a mapping of form fields for the login service, bytes for a deployment site, or None when empty;
    `caller` is None where a route needs no token; `base_url` is the scheme://host:port that the client used.
    """

    method: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    caller: Caller | None
    base_url: str
    context: Context


@dataclass(frozen=True)
class Reply:
    """What a handler says. `body` is serialised as JSON; None sends no body."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    """One operation.

    `path` holds `{name}` for one segment and `{name:path}` for several; it matches without regard to case.
    `permissions`: for Graph the application roles of which any one opens the route, empty for a route that every valid
    token may use; for ARM the one RBAC action, checked on the request's path. `summary` is the line in COVERAGE.md.
    """

    service: Service
    method: str
    path: str
    handler: Callable[[Request], Reply]
    permissions: tuple[str, ...] = ()
    summary: str = ""

    @property
    def needs_token(self) -> bool:
        """Whether a bearer token is asked for: by Graph, by Resource Manager, by deployment sites and by the control
        routes but one.
        """
        if self.service is Service.CONTROL:
            return self.path != HEALTH
        return self.service in (Service.GRAPH, Service.ARM, Service.DEPLOYMENT)


@dataclass(frozen=True)
class Match:
    """The route of a request, and the values of its placeholders."""

    route: Route
    parameters: Mapping[str, str]


class MethodNotModelledError(Exception):
    """The path is known, the method on it is not. `allowed` lists the methods the stand-in models."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(", ".join(allowed))
        self.allowed = allowed


class Router:
    """Finds the route of a request; of several that fit, the one with the most literal path wins."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._patterns = [(_compile(route.path), route) for route in sorted(self.routes, key=_generality)]

    def match(self, method: str, path: str) -> Match | None:
        """The route for a method and a raw, still percent-encoded path; None when no route has that path.

        Raises `MethodNotModelledError` when the path is known under other methods only.
        """
        decoded = unquote(re.sub("%2f", _ENCODED_SLASH, path, flags=re.IGNORECASE))
        allowed: set[str] = set()
        for pattern, route in self._patterns:
            found = pattern.fullmatch(decoded)
            if not found:
                continue
            if route.method == method:
                values = {name: value.replace(_ENCODED_SLASH, "/") for name, value in found.groupdict().items()}
                return Match(route, values)
            allowed.add(route.method)
        if allowed:
            raise MethodNotModelledError(tuple(sorted(allowed)))
        return None


def canonical_path(raw: str) -> str:
    """A path as the routes know it: doubled slashes as one, no slash at the end.

    msgraph-sdk sends `/v1.0//applications/…` with its default client, and the Go SDK `//{tenant}/oauth2/…` when the
    metadata document's `loginEndpoint` ends in a slash.
    """
    collapsed = re.sub(r"/{2,}", "/", "/" + raw)
    return collapsed.rstrip("/") or "/"


def _generality(route: Route) -> list[int]:
    """Sort key: a literal segment before a placeholder before a placeholder that spans slashes."""
    return [_segment_generality(segment) for segment in route.path.strip("/").split("/")]


def _segment_generality(segment: str) -> int:
    found = _PLACEHOLDER.search(segment)
    if not found:
        return 0
    if found["spans"]:
        return 3
    return 2 if found.group() == segment else 1


def _compile(path: str) -> re.Pattern[str]:
    pattern, end = "", 0
    for found in _PLACEHOLDER.finditer(path):
        pattern += re.escape(path[end : found.start()])
        pattern += f"(?P<{found['name']}>{'.+?' if found['spans'] else '[^/]+'})"
        end = found.end()
    return re.compile(pattern + re.escape(path[end:]), re.IGNORECASE | re.DOTALL)
