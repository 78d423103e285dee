"""App Service's identity endpoint, `IDENTITY_ENDPOINT`, protocol version 2019-08-01.

Azure documentation, "Use managed identities for App Service and Azure Functions", REST endpoint reference.
"""

from __future__ import annotations

from rehearsal.azure.errors import IdentityEndpointError, LoginError
from rehearsal.azure.graph import managed_identities
from rehearsal.azure.identity import tokens
from rehearsal.azure.routing import Reply, Request, Route, Service

_VERSION = "2019-08-01"
_USER_ASSIGNED = ("client_id", "principal_id", "object_id", "mi_res_id")


def token(request: Request) -> Reply:
    """`GET /msi/token?resource=…&api-version=2019-08-01` with the site's own `X-IDENTITY-HEADER`."""
    endpoint = managed_identities.endpoint_of_header(request.context, request.headers.get("x-identity-header", ""))
    if endpoint is None:
        raise IdentityEndpointError(403, "The header X-IDENTITY-HEADER must be the value of IDENTITY_HEADER.")
    if request.query.get("api-version") != _VERSION:
        raise IdentityEndpointError(400, f"The query parameter api-version must be {_VERSION}.")
    resource = request.query.get("resource", "").strip()
    if not resource:
        raise IdentityEndpointError(400, "The query parameter resource is missing.")
    principal = request.context.store.get("servicePrincipal", endpoint["principalId"])
    asked = {request.query[name].lower() for name in _USER_ASSIGNED if request.query.get(name)}
    if principal is None or not asked <= {principal["appId"], principal["id"]}:
        # The words: Azure/azure-sdk-for-python#35015.
        raise IdentityEndpointError(
            400, "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId."
        )
    try:
        issued = tokens.issue(request.context, endpoint, principal, resource)
    except LoginError as error:
        # The real endpoint says 500 "An unexpected error occured while fetching the AAD Token." and hides the reason
        # (Azure/azure-functions-host#9884). Clients take 500 for passing and retry, so the stand-in says 400 and why.
        raise IdentityEndpointError(400, error.message) from error
    return Reply(
        body={
            "access_token": issued.value,
            "client_id": principal["appId"].upper(),
            "expires_on": str(issued.expires_on),
            "not_before": str(issued.not_before),
            "resource": resource,
            "token_type": "Bearer",
        }
    )


ROUTES = (
    Route(Service.IDENTITY, "GET", "/msi/token", token, summary="App Service's identity endpoint, version 2019-08-01"),
)
