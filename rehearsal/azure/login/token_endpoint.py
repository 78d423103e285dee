"""The token endpoints, version 1 and 2: client credentials with a secret, a certificate or a federated assertion.

Checks come in this order: tenant, parameters, client, credential, scope, resource, assignment. Which of several faults
the real service reports is not documented.
"""

from __future__ import annotations

from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.errors import LoginError
from rehearsal.azure.login import client_credentials, tenants, tokens
from rehearsal.azure.routing import Reply, Request, Route, Service

_DEFAULT = "/.default"
_NOT_KEPT = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"}


def token_v2(request: Request) -> Reply:
    """`POST /{tenant}/oauth2/v2.0/token` with a `scope`; numbers in the answer are numbers."""
    client, credential = _client(request)
    resource = _resource(_required(request.body, "scope"))
    token = tokens.issue(request.context, client, resource, credential=credential, life=tokens.CLIENT_CREDENTIALS_LIFE)
    body = {
        "token_type": "Bearer",
        "expires_in": tokens.CLIENT_CREDENTIALS_LIFE,
        "ext_expires_in": tokens.CLIENT_CREDENTIALS_LIFE,
        "access_token": token.value,
    }
    return Reply(body=body, headers=_NOT_KEPT)


def token_v1(request: Request) -> Reply:
    """`POST /{tenant}/oauth2/token` with a `resource`; numbers in the answer are text."""
    client, credential = _client(request)
    resource = _required(request.body, "resource")
    token = tokens.issue(request.context, client, resource, credential=credential, life=tokens.CLIENT_CREDENTIALS_LIFE)
    body = {
        "token_type": "Bearer",
        "expires_in": str(tokens.CLIENT_CREDENTIALS_LIFE),
        "ext_expires_in": str(tokens.CLIENT_CREDENTIALS_LIFE),
        "expires_on": str(token.expires_on),
        "not_before": str(token.not_before),
        "resource": resource,
        "access_token": token.value,
    }
    return Reply(body=body, headers=_NOT_KEPT)


def _client(request: Request) -> tuple[dict[str, Any], str]:
    """The client's service principal, once the client has proved itself, and how it did."""
    context = request.context
    tenants.check(context, request.parameters["tenant"])
    form = request.body
    grant_type = _required(form, "grant_type")
    if grant_type != "client_credentials":
        raise LoginError(
            70003, "unsupported_grant_type", f"The app requested an unsupported grant type '{grant_type}'."
        )
    application = _application(context, _required(form, "client_id"))
    principals = context.store.find("servicePrincipal", appId=application["appId"])
    if not principals:
        raise LoginError(
            7000229,
            "invalid_client",
            f"The client application {application['appId']} is missing service principal in the tenant "
            f"{context.tenant.id}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119",
        )
    credential = client_credentials.verify(context, application, form)
    if not principals[0]["accountEnabled"]:
        raise LoginError(
            7000112,
            "unauthorized_client",
            f"Application '{application['appId']}'({application['displayName']}) is disabled.",
        )
    return principals[0], credential


def _application(context: Context, client_id: str) -> dict[str, Any]:
    found = context.store.find("application", appId=client_id.lower())
    if not found:
        raise LoginError(
            700016,
            "unauthorized_client",
            f"Application with identifier '{client_id}' was not found in the directory "
            f"'{context.tenant.display_name}'. This can happen if the application has not been installed by the "
            "administrator of the tenant or consented to by any user in the tenant. You may have sent your "
            "authentication request to the wrong tenant.",
        )
    return found[0]


def _resource(scope: str) -> str:
    scopes = scope.split()
    if len(scopes) != 1:
        raise LoginError(
            70011,
            "invalid_scope",
            f"The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid.",
        )
    if not scope.strip().endswith(_DEFAULT) or scope.strip() == _DEFAULT:
        raise LoginError(
            1002012,
            "invalid_scope",
            f"The provided value for scope {scope} is not valid. Client credential flows must have a scope value with "
            "/.default suffixed to the resource identifier (application ID URI).",
        )
    return scope.strip().removesuffix(_DEFAULT)


def _required(form: dict[str, str], name: str) -> str:
    if not form.get(name, "").strip():
        raise LoginError(900144, "invalid_request", f"The request body must contain the following parameter: '{name}'.")
    return form[name]


ROUTES = (
    Route(Service.LOGIN, "POST", "/{tenant}/oauth2/v2.0/token", token_v2, summary="Client credentials, version 2"),
    Route(Service.LOGIN, "POST", "/{tenant}/oauth2/token", token_v1, summary="Client credentials, version 1"),
)
