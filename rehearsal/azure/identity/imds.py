"""The Instance Metadata Service's token endpoint.

On a real host the address is the identity: whoever can reach 169.254.169.254 is the machine. Here the path holds the
identity's secret instead, so that a client with `AZURE_POD_IDENTITY_AUTHORITY_HOST` set to `{stand-in}/imds/{secret}`
finds the endpoint where it looks for it. The rest is Microsoft Entra documentation, "How to use managed identities for
Azure resources on an Azure VM to acquire an access token".
"""

from __future__ import annotations

from rehearsal.azure.errors import ImdsError, LoginError
from rehearsal.azure.graph import managed_identities
from rehearsal.azure.identity import tokens
from rehearsal.azure.login.tokens import MANAGED_IDENTITY_LIFE
from rehearsal.azure.routing import Reply, Request, Route, Service

_VERSIONS = ("2018-02-01", "2019-08-01", "2019-11-01", "2020-06-01", "2021-02-01")
_USER_ASSIGNED = ("client_id", "object_id", "msi_res_id", "mi_res_id")


def token(request: Request) -> Reply:
    """`GET …/metadata/identity/oauth2/token?resource=…` with the header `Metadata: true`; every number is text."""
    if request.headers.get("metadata", "").lower() != "true":
        raise ImdsError(400, "bad_request_102", "Required metadata header not specified")
    if request.query.get("api-version") not in _VERSIONS:
        raise ImdsError(400, "bad_request_100", f"api-version must be one of {', '.join(_VERSIONS)}")
    resource = request.query.get("resource", "").strip()
    if not resource:
        raise ImdsError(400, "invalid_request", "Required query variable 'resource' is missing")
    endpoint = managed_identities.endpoint_of_header(request.context, request.parameters["secret"])
    principal = request.context.store.get("servicePrincipal", endpoint["principalId"]) if endpoint else None
    asked = {request.query[name].lower() for name in _USER_ASSIGNED if request.query.get(name)}
    if endpoint is None or principal is None or not asked <= {principal["appId"], principal["id"]}:
        raise ImdsError(400, "invalid_request", "Identity not found")
    try:
        issued = tokens.issue(request.context, endpoint, principal, resource)
    except LoginError as error:
        raise ImdsError(400, error.error, error.message) from error
    left = str(min(MANAGED_IDENTITY_LIFE, int(issued.expires_on - request.context.clock.now())) - 1)
    return Reply(
        body={
            "access_token": issued.value,
            "client_id": principal["appId"],
            "expires_in": left,
            "expires_on": str(issued.expires_on),
            "ext_expires_in": left,
            "not_before": str(issued.not_before),
            "resource": resource,
            "token_type": "Bearer",
        }
    )


ROUTES = (
    Route(
        Service.IDENTITY,
        "GET",
        "/imds/{secret}/metadata/identity/oauth2/token",
        token,
        summary="The Instance Metadata Service's token endpoint",
    ),
)
