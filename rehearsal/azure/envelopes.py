"""Refusals that any service may give, each in the envelope of the service that was called."""

from __future__ import annotations

from http import HTTPStatus

from rehearsal.azure.errors import (
    ArmError,
    ControlError,
    GraphError,
    IdentityEndpointError,
    LoginError,
    ServiceError,
)
from rehearsal.azure.routing import Service

_CANNOT_READ = (
    "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."
)
_GRAPH_CODES = {
    404: "Request_ResourceNotFound",
    # microsoftgraph/microsoft-graph-docs#3282
    405: "Request_BadRequest",
    400: "BadRequest",
    429: "TooManyRequests",
    500: "Service_InternalServerError",
    503: "serviceNotAvailable",
}


def refusal(
    service: Service, status: int, arm_code: str, text: str, headers: dict[str, str] | None = None
) -> ServiceError:
    """An error of that status with that text; `arm_code` is its code where Resource Manager was called."""
    if service is Service.GRAPH:
        return GraphError(status, _GRAPH_CODES.get(status, "UnknownError"), text, headers=headers)
    if service is Service.ARM:
        return ArmError(status, arm_code, text, headers=headers)
    if service is Service.LOGIN:
        error = "temporarily_unavailable" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request"
        return LoginError(
            90033 if error == "temporarily_unavailable" else 900561, error, text, status=status, headers=headers
        )
    if service is Service.IDENTITY:
        return IdentityEndpointError(status, text, headers=headers)
    return ControlError(status, text, headers=headers)


def malformed(service: Service, reason: str, status: int = 400) -> ServiceError:
    """A request that the service cannot read."""
    if service is Service.ARM:
        text = f"The request content was invalid and could not be deserialized: '{reason}'."
        return refusal(service, status, "InvalidRequestContent", text)
    if service is Service.GRAPH:
        return refusal(service, status, "", f"{_CANNOT_READ} {reason}")
    return refusal(service, status, "", f"The request could not be read: {reason}")


def not_modelled(service: Service, method: str, path: str) -> ServiceError:
    """A request that the real service may well answer, and the stand-in does not."""
    text = f"The stand-in does not model {method} {path}. COVERAGE.md lists what it models."
    return refusal(service, 400 if service is Service.GRAPH else 404, "NotModelled", text)


def method_not_allowed(service: Service, method: str, path: str, allowed: tuple[str, ...]) -> ServiceError:
    """A path that is modelled under other methods only."""
    names = ", ".join(allowed)
    text = f"Specified HTTP method is not allowed for the request target. The stand-in models {names} on {path}, "
    return refusal(service, 405, "HttpMethodNotAllowed", f"{text}not {method}.", {"Allow": names})


def weather(service: Service, status: int, retry_after: int | None) -> ServiceError:
    """What the weather answers in a route's place."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return refusal(service, status, phrase.replace(" ", ""), f"{phrase}, by the weather of the stand-in.", headers)


def failure(service: Service) -> ServiceError:
    """A fault of the stand-in itself."""
    text = "The stand-in failed; its log has the traceback. Please report it."
    return refusal(service, 500, "InternalServerError", text)
