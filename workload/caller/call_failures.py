"""Why a call of the API failed: one class for each thing that a person would have to do about it.

    CallFailedError
    ├── MisconfiguredError     500  the app settings are incomplete or wrong
    ├── NoTokenError           503  no token was to be had, for a reason that Entra did not name
    │   ├── NotAssignedError   502  the identity has no role on the API, which demands one
    │   └── UnknownApiError    502  Entra knows no API of this scope
    ├── TokenRefusedError      502  the API did not accept the token
    ├── RoleMissingError       502  the API accepted the token and demands a role that it does not have
    ├── UnexpectedAnswerError  502  the API answered something that is no answer to this call
    └── UnavailableError       503  the API does not answer, or says that it cannot now

`detail` goes to whoever triggered the function: what is wrong and what mends it. The message, for the log, adds what
was asked of whom. Neither ever holds a token. The statuses say that this app works and what it depends on does not: a
401 or 403 of its own would send its caller looking for permissions that the caller never needed.
"""

import re
from collections.abc import Sequence
from http import HTTPStatus

_JWT = re.compile(r"eyJ[A-Za-z0-9_.=-]+")  # `{"` in base64url, as every JSON Web Token begins


class CallFailedError(Exception):
    """A call that gave no result.

    `kind` names the problem to programs. `api_status` is what the API answered, `retry_after` the seconds that it asked
    to be left alone; None if there was no answer or it did not say.
    """

    status = HTTPStatus.BAD_GATEWAY
    kind = "call-failed"
    api_status: int | None = None
    retry_after: int | None = None

    def __init__(self, detail: str, diagnosis: str = "") -> None:
        super().__init__(f"{detail} {diagnosis}".rstrip())
        self.detail = detail


class MisconfiguredError(CallFailedError):
    """The app settings do not say which API to call. `faults` are sentences."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    kind = "misconfigured"

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("The settings of this app need correcting; its log says which.", " ".join(faults))


class NoTokenError(CallFailedError):
    """The identity got no token for the scope."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    kind = "no-token"

    @classmethod
    def of(cls, scope: str, message: str) -> "NoTokenError":
        """The failure behind what the credential says.

        Its message quotes Entra's if there is one, with a code that stays the same where texts change ("Microsoft Entra
        authentication and authorization error codes"). The platform's identity endpoint often hides it.
        """
        quoted = _JWT.sub("(a token)", " ".join(message.split()))[:2000]
        diagnosis = f"Scope {scope}: {quoted}"
        codes = set(re.findall(r"AADSTS(\d+)", message))
        if codes & {"501051", "50105"}:
            return NotAssignedError(
                "The identity of this app has no role on the API, and Entra gives tokens only to those that have one; "
                "grant it under keyless:grants in Pulumi.<stack>.yaml and run `pulumi up`.",
                diagnosis,
            )
        if codes & {"500011", "50001"}:
            return UnknownApiError(
                "Entra knows no API of the scope that this app asks for. Compare the app setting API_SCOPE with the "
                "stack's output `scope`, and see that the API's registration and its service principal exist.",
                diagnosis,
            )
        return NoTokenError(
            "The identity of this app got no access token. If that lasts, check that the app has an identity, and that "
            "keyless:grants in Pulumi.<stack>.yaml grants it a role on the API.",
            diagnosis,
        )


class NotAssignedError(NoTokenError):
    """Entra refuses the identity, because the API demands an assignment and it has none."""

    status = HTTPStatus.BAD_GATEWAY
    kind = "not-assigned"


class UnknownApiError(NoTokenError):
    """There is no service principal for the scope in the tenant."""

    status = HTTPStatus.BAD_GATEWAY
    kind = "unknown-api"


class TokenRefusedError(CallFailedError):
    """The API answered 401: it is not for this API, as far as the API knows."""

    kind = "token-refused"
    api_status = HTTPStatus.UNAUTHORIZED

    def __init__(self, request: str, scope: str) -> None:
        super().__init__(
            "The API does not accept the tokens of this app. API_AUDIENCE, API_ISSUER and API_TENANT_ID of the API "
            "and API_SCOPE of this app must be outputs of the same stack.",
            f"{request} answered 401 to a token for {scope}.",
        )


class RoleMissingError(CallFailedError):
    """The API answered 403. `roles` are those that it says it demands, any one of which would do."""

    kind = "role-missing"
    api_status = HTTPStatus.FORBIDDEN

    def __init__(self, request: str, roles: Sequence[str]) -> None:
        role = f"role {' or '.join(roles)}" if roles else "role that the API demands"
        super().__init__(
            f"The identity of this app has no {role}; grant it under keyless:grants in Pulumi.<stack>.yaml and run "
            "`pulumi up`. The platform caches tokens for about a day, so one from before the grant may be in use.",
            f"{request} answered 403.",
        )


class UnexpectedAnswerError(CallFailedError):
    """The API answered, but not as an API of this kind does."""

    kind = "unexpected-answer"

    def __init__(self, request: str, status: int, fault: str) -> None:
        super().__init__(
            "The API gave an answer that makes no sense here. See that API_URL is where the API is.",
            f"{request} answered {status}, which {fault}.",
        )
        self.api_status = status


class UnavailableError(CallFailedError):
    """The API could not be reached, was too slow, or said that it cannot answer now.

    `unserved` says that the API certainly did not act on the request, so that any request may be repeated.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE
    kind = "api-unavailable"

    def __init__(self, request: str, cause: str, retry_after: int | None = None, *, unserved: bool) -> None:
        super().__init__("The API is not available at the moment.", f"{request}: {cause}.")
        self.retry_after = retry_after
        self.unserved = unserved
