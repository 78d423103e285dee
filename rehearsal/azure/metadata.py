"""The metadata document: where a client of this cloud finds its services.

The shape is Resource Manager's `GET /metadata/endpoints?api-version=2022-09-01` (Azure documentation, "Azure Stack Hub
metadata endpoints"; hashicorp/go-azure-sdk, `sdk/environments/environments_from_metadata.go`).
"""

from __future__ import annotations

from rehearsal.azure.context import ARM_AUDIENCES
from rehearsal.azure.routing import Reply, Request, Route, Service


def endpoints(request: Request) -> Reply:
    """The document. Login and Graph are the HTTPS base URL without a slash at the end, Resource Manager with one."""
    url = request.context.https_url
    return Reply(
        body={
            "name": "Rehearsal",
            "portal": url,
            "authentication": {
                "loginEndpoint": url,
                "audiences": list(ARM_AUDIENCES),
                "tenant": "common",
                "identityProvider": "AAD",
            },
            "resourceManager": url + "/",
            "microsoftGraphResourceId": url,
            "graph": url,
            "graphAudience": url,
            "suffixes": {"storage": "core.windows.net", "keyVaultDns": "vault.azure.net"},
        }
    )


ROUTES = (Route(Service.METADATA, "GET", "/metadata/endpoints", endpoints, summary="Where this cloud's services are"),)
