"""Errors in the envelopes of the services that raise them.

Handlers raise; the pipeline asks the error for its reply. One exception per envelope, because clients read each
differently: msgraph-sdk wants `error.code`, azure-core finds nothing in Microsoft.Web's capital letters, MSAL reads
`error_description`, managed-identity clients read `message`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rehearsal.azure.routing import Reply


@dataclass(frozen=True)
class Occasion:
    """When and under which ids an error is reported; services repeat both in the body."""

    now: datetime
    request_id: str
    client_request_id: str


class ServiceError(Exception):
    """An answer other than success, in the words and the envelope of the service that gives it."""

    status: int
    message: str

    @abstractmethod
    def reply(self, occasion: Occasion) -> Reply:
        """The error as the client reads it."""


class GraphError(ServiceError):
    """Microsoft Graph's envelope (Microsoft Graph documentation, "Microsoft Graph error responses").

    `target` names the property at fault, `target_code` why if `code` does not say it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        target: str | None = None,
        target_code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers or {})
        self.target, self.target_code = target, target_code or code

    def reply(self, occasion: Occasion) -> Reply:
        inner = {
            "date": occasion.now.strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": occasion.request_id,
            "client-request-id": occasion.client_request_id,
        }
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.target is not None:
            error["details"] = [{"code": self.target_code, "message": self.message, "target": self.target}]
        return Reply(self.status, {"error": {**error, "innerError": inner}}, self.headers)


class ArmError(ServiceError):
    """Azure Resource Manager's envelope (Resource Provider Contract, "Error response content").

    `details` are further `{"code", "message", "target"}` objects; `target` names the part of the request at fault.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        target: str | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message = status, code, message
        self.details, self.headers, self.target = tuple(details), dict(headers or {}), target

    def reply(self, occasion: Occasion) -> Reply:  # noqa: ARG002 (Resource Manager repeats neither time nor ids)
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.target is not None:
            error["target"] = self.target
        if self.details:
            error["details"] = [dict(detail) for detail in self.details]
        return Reply(self.status, {"error": error}, self.headers)


class WebError(ServiceError):
    """Microsoft.Web's own envelope: capital letters and no `error` around them.

    Seen in serverless/serverless-azure-functions#125 and Azure/azure-functions-host#6749. `template` and `parameters`
    make the message: `{0}` is replaced by the first parameter. `extended_code` is Web's number for the rule.
    """

    def __init__(
        self, status: int, code: str, template: str, *parameters: str, extended_code: str | None = None
    ) -> None:
        self.message = template
        for position, value in enumerate(parameters):
            self.message = self.message.replace("{" + str(position) + "}", value)
        super().__init__(f"{code}: {self.message}")
        self.status, self.code, self.template, self.parameters = status, code, template, parameters
        self.extended_code = extended_code

    def reply(self, occasion: Occasion) -> Reply:  # noqa: ARG002 (Microsoft.Web repeats neither time nor ids)
        entity: dict[str, Any] = {"Code": self.code, "Message": self.message}
        if self.extended_code is not None:
            entity = {
                "ExtendedCode": self.extended_code,
                "MessageTemplate": self.template,
                "Parameters": list(self.parameters),
                **entity,
            }
        details = [{"Message": self.message}, {"Code": self.code}, {"ErrorEntity": entity}]
        body = {"Code": self.code, "Message": self.message, "Target": None, "Details": details, "Innererror": None}
        return Reply(self.status, body)


class LoginError(ServiceError):
    """The login service's envelope (Entra documentation, "Microsoft Entra authentication and authorization error
    codes"): `number` is the AADSTS code, `error` the OAuth error code on which the status depends.
    """

    def __init__(
        self,
        number: int,
        error: str,
        text: str,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.message = f"AADSTS{number}: {text}"
        super().__init__(self.message)
        # Recorded answers of the login service: `invalid_client` is 401, every other refusal 400.
        self.status = status or (401 if error == "invalid_client" else 400)
        self.number, self.error, self.headers = number, error, dict(headers or {})

    def reply(self, occasion: Occasion) -> Reply:
        timestamp = occasion.now.strftime("%Y-%m-%d %H:%M:%SZ")
        trace, correlation = occasion.request_id, occasion.client_request_id
        body = {
            "error": self.error,
            "error_description": (
                f"{self.message} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}"
            ),
            "error_codes": [self.number],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }
        return Reply(self.status, body, self.headers)


class IdentityEndpointError(ServiceError):
    """The envelope of App Service's identity endpoint: `statusCode` and `message`
    (Azure/azure-sdk-for-python#35015).
    """

    def __init__(self, status: int, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, dict(headers or {})

    def reply(self, occasion: Occasion) -> Reply:
        body = {"statusCode": self.status, "message": self.message, "correlationId": occasion.client_request_id}
        return Reply(self.status, body, self.headers)


class ImdsError(ServiceError):
    """The envelope of the Instance Metadata Service's token endpoint (Entra documentation, "How to use managed
    identities on a VM to acquire an access token", error handling).
    """

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.status, self.error, self.message = status, error, description

    def reply(self, occasion: Occasion) -> Reply:  # noqa: ARG002 (the metadata service repeats neither time nor ids)
        return Reply(self.status, {"error": self.error, "error_description": self.message})


class ControlError(ServiceError):
    """A refusal by the stand-in's own control routes; `message` says what is wrong and what is allowed."""

    def __init__(self, status: int, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, dict(headers or {})

    def reply(self, occasion: Occasion) -> Reply:  # noqa: ARG002 (nobody looks a control error up by its id)
        return Reply(self.status, {"error": self.message}, self.headers)
