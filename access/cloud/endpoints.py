"""Where a cloud has its login service, Microsoft Graph and Resource Manager."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from access.errors import AccessError

PUBLIC_LOGIN = "https://login.microsoftonline.com"
_VERSION = "2022-09-01"
_TIMEOUT = 30.0
"""Seconds."""


@dataclass(frozen=True)
class Endpoints:
    """Base URLs, without a slash at the end, and the scopes under which tokens for them are asked."""

    login: str
    graph: str
    resource_manager: str
    graph_scope: str
    resource_manager_scope: str

    @property
    def is_public(self) -> bool:
        """Whether the login service is the one that every client knows."""
        return self.login == PUBLIC_LOGIN


PUBLIC = Endpoints(
    login=PUBLIC_LOGIN,
    graph="https://graph.microsoft.com",
    resource_manager="https://management.azure.com",
    graph_scope="https://graph.microsoft.com/.default",
    resource_manager_scope="https://management.azure.com/.default",
)


def endpoints(environment: Mapping[str, str], client: httpx.Client) -> Endpoints:
    """Returns the endpoints of the cloud that `ARM_METADATA_HOSTNAME` names; without it, of the public cloud.

    The document is Resource Manager's `GET /metadata/endpoints`, which the Terraform and Pulumi providers read too
    (hashicorp/go-azure-sdk, `sdk/environments/environments_from_metadata.go`).

    Raises AccessError.
    """
    host = environment.get("ARM_METADATA_HOSTNAME", "").strip()
    if not host:
        return PUBLIC
    url = f"https://{host}/metadata/endpoints"
    try:
        answer = client.get(url, params={"api-version": _VERSION}, timeout=_TIMEOUT)
        answer.raise_for_status()
        return _read(answer.json())
    except httpx.HTTPError as error:
        raise AccessError(
            f"The cloud that ARM_METADATA_HOSTNAME names cannot be asked where its services are: {url}: {error}. "
            "Check the variable, that the host is up, and that SSL_CERT_FILE names its certificate authority."
        ) from error
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise AccessError(
            f"{url} does not answer with a metadata document of Resource Manager ({error!r}). "
            "Check ARM_METADATA_HOSTNAME, or unset it for the public cloud."
        ) from error


def _read(document: Any) -> Endpoints:
    login = str(document["authentication"]["loginEndpoint"]).rstrip("/")
    audience = str(document["authentication"]["audiences"][0]).rstrip("/")
    graph = str(document["microsoftGraphResourceId"]).rstrip("/")
    return Endpoints(
        login=login,
        graph=graph,
        resource_manager=str(document["resourceManager"]).rstrip("/"),
        graph_scope=f"{graph}/.default",
        resource_manager_scope=f"{audience}/.default",
    )
