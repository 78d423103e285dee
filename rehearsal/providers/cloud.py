"""Where Entra ID, Microsoft Graph and Azure Resource Manager are: the public cloud, or what a metadata host says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Http, NoReplyError

METADATA_PATH: Final = "/metadata/endpoints?api-version=2022-09-01"


@dataclass(frozen=True)
class Cloud:
    """The endpoints of one cloud; URLs without a trailing slash."""

    name: str
    login: str  # where tokens come from
    graph: str  # Microsoft Graph, and the resource its tokens are for
    resource_manager: str
    resource_manager_audience: str  # the resource Resource Manager's tokens are for


PUBLIC: Final = Cloud(
    name="public",
    login="https://login.microsoftonline.com",
    graph="https://graph.microsoft.com",
    resource_manager="https://management.azure.com",
    resource_manager_audience="https://management.azure.com",
)


class MetadataError(ProviderError):
    """The metadata document could not be had, or lacks something."""


async def cloud_of(http: Http, metadata_host: str) -> Cloud:
    """The cloud that `https://{metadata_host}/metadata/endpoints` describes ("List Metadata Endpoints", 2022-09-01).

    Asked once and never again, as go-azure-sdk's `metadata` client does; its error texts. Raises `MetadataError`.
    """
    endpoint = f"https://{metadata_host}"
    try:
        reply = await http.send("GET", endpoint + METADATA_PATH)
    except NoReplyError as error:
        raise MetadataError(f'retrieving metadata from endpoint "{endpoint}": performing request: {error}') from None
    if reply.status != 200:
        raise MetadataError(
            f'retrieving metadata from endpoint "{endpoint}": performing request: '
            f"expected 200 OK but got {reply.status} {reply.reason}"
        )
    if not isinstance(reply.body, dict):
        raise MetadataError(
            f'retrieving metadata from endpoint "{endpoint}": unmarshaling response: it is no JSON object'
        )
    return cloud_from(reply.body)


def cloud_from(document: dict[str, Any]) -> Cloud:
    """The cloud of a metadata document. Raises `MetadataError` naming the field that is missing."""
    name = document.get("name")
    if not name:
        raise MetadataError("retrieving metadata from endpoint: `name` was nil")
    graph = document.get("microsoftGraphResourceId")
    if not graph:
        raise MetadataError("retrieving metadata from endpoint: no `microsoftGraphResourceId` was returned")
    resource_manager = document.get("resourceManager")
    if not resource_manager:
        raise MetadataError("retrieving metadata from endpoint: no `resourceManager` was returned")
    authentication = document.get("authentication") or {}
    if not authentication.get("loginEndpoint"):
        raise MetadataError("retrieving metadata from endpoint: no `authentication.loginEndpoint` was returned")
    audiences = authentication.get("audiences") or [resource_manager]
    return Cloud(
        name=name,
        login=authentication["loginEndpoint"].rstrip("/"),
        graph=graph.rstrip("/"),
        resource_manager=resource_manager.rstrip("/"),
        resource_manager_audience=audiences[0].rstrip("/"),
    )
