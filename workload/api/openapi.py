"""The API's description for its callers, derived from its routes."""

from collections.abc import Iterable
from typing import Any

from .operation import Operation
from .settings import Settings

_REFUSALS = {
    "400": "The request or its credentials are malformed.",
    "401": "There is no access token, or it is not valid for this API.",
    "403": "The caller lacks the role that this operation demands.",
    "503": "The access token cannot be checked at the moment.",
}
_PROBLEM = {
    "type": "object",
    "description": "A problem details object (RFC 9457).",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}


def describe(operations: Iterable[Operation], settings: Settings) -> dict[str, Any]:
    """The OpenAPI 3.1 document. Any one of an operation's roles suffices.

    The roles stand in `security`: for a scheme that is neither OAuth2 nor OpenID Connect, a requirement lists the role
    names that the operation needs, and of several requirements one must be met (OpenAPI Specification 3.1.0, "Security
    Requirement Object").
    """
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1.0.0"},
        "paths": paths,
        "components": {
            "securitySchemes": {
                "entra": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": f"An access token for the audience {settings.audience}, from {settings.token_url}.",
                }
            },
            "responses": {
                status: {"description": meaning, "content": problem} for status, meaning in _REFUSALS.items()
            },
            "schemas": {"Problem": _PROBLEM},
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    who = "applications" if operation.applications_only else "applications and users"
    return {
        "operationId": operation.handler.__name__,
        "summary": operation.summary,
        "description": f"For {who} with the role {' or '.join(operation.roles)}.",
        "security": [{"entra": [role]} for role in operation.roles],
        "responses": {
            "2XX": {"description": "Done.", "content": {"application/json": {"schema": {"type": "object"}}}},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in _REFUSALS},
        },
    }
