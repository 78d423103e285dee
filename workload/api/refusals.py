"""Why a request is refused, and what its sender may know of it.

Status and `error` follow RFC 6750, section 3.1. A refusal tells the sender the class of the reason only: which claim,
key or check it was goes to the API's own log, since it would tell an attacker which guess was right.
"""

from http import HTTPStatus

REALM = "things"


class Refusal(Exception):  # noqa: N818 - an answer to give, not a fault of this program
    """A request that is not served. `reason` is for the log; it never holds the token or a part of it."""

    status = HTTPStatus.UNAUTHORIZED
    error: str | None = None
    detail = "This needs an access token: Authorization: Bearer …"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def headers(self) -> dict[str, str]:
        """The challenge of RFC 6750, section 3; `error` only if the request carried a token."""
        challenge = f'Bearer realm="{REALM}"'
        if self.error:
            challenge += f', error="{self.error}"'
        return {"WWW-Authenticate": challenge}


class TokenMissing(Refusal):
    """The request carries no bearer token."""


class MalformedCredentials(Refusal):
    """The request's credentials are no single bearer token."""

    status = HTTPStatus.BAD_REQUEST
    error = "invalid_request"
    detail = "The request must carry one Authorization header with one bearer token."


class InvalidToken(Refusal):
    """The token is not one that the configured issuer made for this API, or its life span is over."""

    error = "invalid_token"
    detail = "The access token is not valid for this API."


class Forbidden(Refusal):
    """The token is valid and does not allow this operation.

    `roles` are the operation's roles, any one of which would do. They are no secret: the OpenAPI document states them,
    and a caller needs them to say what it lacks. RFC 6750, section 3, has the `scope` attribute for this.
    """

    status = HTTPStatus.FORBIDDEN
    error = "insufficient_scope"

    def __init__(self, reason: str, roles: tuple[str, ...]) -> None:
        super().__init__(reason)
        self.roles = roles
        self.detail = f"This needs an application that was granted the role {' or '.join(roles)}."

    @property
    def headers(self) -> dict[str, str]:
        challenge = super().headers["WWW-Authenticate"]
        return {"WWW-Authenticate": f'{challenge}, scope="{" ".join(self.roles)}"'}


class KeysUnavailable(Refusal):
    """The token's signature cannot be checked now, because the issuer's keys cannot be had."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = "The access token cannot be checked at the moment. Try again later."

    def __init__(self, reason: str, retry_after: int) -> None:
        super().__init__(reason)
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)}
