"""Who deploys, as the providers know him: a credential for Azure Resource Manager, and where that is.

The variables are those of the azure-native provider (pulumi-azure-native, "Installation & configuration"), so that
nobody signs in twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azure.core import PipelineClient
from azure.core.credentials import TokenCredential
from azure.core.pipeline.policies import RetryPolicy
from azure.core.rest import HttpRequest, HttpResponse
from azure.identity import ClientAssertionCredential, ClientSecretCredential, DefaultAzureCredential

_EXCHANGE = "api://AzureADTokenExchange"


@dataclass(frozen=True)
class ResourceManager:
    """Azure Resource Manager of one cloud."""

    url: str
    """Without a slash at the end."""
    scope: str
    """What to ask a token for."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> ResourceManager:
        """Returns that of the public cloud, or of the cloud whose metadata ARM_METADATA_HOSTNAME serves.

        Raises azure.core.exceptions.HttpResponseError.
        """
        host = environment.get("ARM_METADATA_HOSTNAME")
        if not host:
            return cls("https://management.azure.com", "https://management.azure.com/.default")
        url = f"https://{host}/metadata/endpoints?api-version=2022-09-01"
        metadata = get(url)
        return cls(metadata["resourceManager"].rstrip("/"), f"{metadata['authentication']['audiences'][0]}/.default")


def credential(environment: Mapping[str, str]) -> TokenCredential:
    """Returns the credential that the ARM_* variables describe, or that of `az login` and the like."""
    # A cloud that describes itself is none that Microsoft's directory of clouds could vouch for.
    unlisted = "ARM_METADATA_HOSTNAME" in environment
    tenant, client = environment.get("ARM_TENANT_ID"), environment.get("ARM_CLIENT_ID")
    secret = environment.get("ARM_CLIENT_SECRET")
    if tenant and client and environment.get("ARM_USE_OIDC", "").lower() == "true":
        return ClientAssertionCredential(
            tenant, client, lambda: _assertion(os.environ), disable_instance_discovery=unlisted
        )
    if tenant and client and secret:
        return ClientSecretCredential(tenant, client, secret, disable_instance_discovery=unlisted)
    return DefaultAzureCredential(disable_instance_discovery=unlisted)


def get(url: str, headers: Mapping[str, str] | None = None) -> Any:
    """Returns the JSON at a URL that needs no token of Azure's. Raises azure.core.exceptions.HttpResponseError."""
    with PipelineClient[HttpRequest, HttpResponse](url, policies=[RetryPolicy()]) as client:
        answer = client.send_request(HttpRequest("GET", url, headers=dict(headers or {})))
        answer.raise_for_status()
        return answer.json()


def _assertion(environment: Mapping[str, str]) -> str:
    """Returns the token that the CI system issues to this run: given, in a file, or asked of GitHub."""
    token, file = environment.get("ARM_OIDC_TOKEN"), environment.get("ARM_OIDC_TOKEN_FILE_PATH")
    if token:
        return token
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    url = f"{environment['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience={_EXCHANGE}"
    answer: str = get(url, {"Authorization": f"Bearer {environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"})["value"]
    return answer
