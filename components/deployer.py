"""Who deploys, as the azure-native provider knows him: a credential for Azure Resource Manager, and where that is.

The variables, and their order, are those of azure-native (pulumi-azure-native, `auth_azidentity.go`), so that nobody
signs in twice and nobody deploys code as somebody else than the rest: a client secret, else the token that a CI system
issues to a run (OIDC), else `az login`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azure.core import PipelineClient
from azure.core.credentials import TokenCredential
from azure.core.pipeline.policies import RetryPolicy
from azure.core.rest import HttpRequest, HttpResponse
from azure.identity import AzureCliCredential, ClientAssertionCredential, ClientSecretCredential

_EXCHANGE = "api://AzureADTokenExchange"
_OTHER_WAYS = ("ARM_CLIENT_CERTIFICATE_PATH", "ARM_USE_DEFAULT_AZURE_CREDENTIAL", "ARM_USE_MSI")


class SignInError(Exception):
    """The variables describe no way to sign in that deploys code."""


@dataclass(frozen=True)
class ResourceManager:
    """Azure Resource Manager of one cloud."""

    url: str
    """Without a slash at the end."""
    scope: str
    """What to ask a token for."""
    login: str
    """Where to ask for it."""
    is_listed: bool
    """Whether Microsoft's directory of clouds knows this one, and can vouch for it."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> ResourceManager:
        """Returns that of the public cloud, or of the cloud whose metadata ARM_METADATA_HOSTNAME serves.

        Raises azure.core.exceptions.HttpResponseError.
        """
        host = environment.get("ARM_METADATA_HOSTNAME")
        if not host:
            url = "https://management.azure.com"
            return cls(url, f"{url}/.default", "https://login.microsoftonline.com", is_listed=True)
        metadata = get(f"https://{host}/metadata/endpoints?api-version=2022-09-01")
        authentication = metadata["authentication"]
        return cls(
            url=metadata["resourceManager"].rstrip("/"),
            scope=f"{authentication['audiences'][0]}/.default",
            login=authentication["loginEndpoint"],
            is_listed=False,
        )


def credential(environment: Mapping[str, str], manager: ResourceManager) -> TokenCredential:
    """Returns the credential that the ARM_* variables describe, or that of `az login`.

    Raises SignInError.
    """
    asked = {name: environment.get(name, "") for name in _OTHER_WAYS}
    others = [name for name, value in asked.items() if value and value.lower() != "false"]
    if others:
        raise SignInError(
            f"{' and '.join(others)} cannot sign in to deploy code. Sign in with ARM_CLIENT_SECRET, with ARM_USE_OIDC "
            "and a token, or with az login, and unset it."
        )
    tenant, client = environment.get("ARM_TENANT_ID", ""), environment.get("ARM_CLIENT_ID", "")
    secret, federated = environment.get("ARM_CLIENT_SECRET", ""), environment.get("ARM_USE_OIDC") == "true"
    if not secret and not federated:
        return AzureCliCredential(tenant_id=tenant)
    if not tenant or not client:
        missing = [name for name, value in (("ARM_TENANT_ID", tenant), ("ARM_CLIENT_ID", client)) if not value]
        raise SignInError(f"{' and '.join(missing)} must say who signs in with ARM_CLIENT_SECRET or ARM_USE_OIDC.")
    where = {"authority": manager.login, "disable_instance_discovery": not manager.is_listed}
    if secret:
        return ClientSecretCredential(tenant, client, secret, **where)
    return ClientAssertionCredential(tenant, client, lambda: _assertion(environment), **where)


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
    url, bearer = (environment.get(f"ACTIONS_ID_TOKEN_REQUEST_{name}") for name in ("URL", "TOKEN"))
    if not url or not bearer:
        raise SignInError(
            "ARM_USE_OIDC is true, but there is no token. Give one in ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH, or "
            "let the GitHub job ask for one: permissions: id-token: write."
        )
    audience = environment.get("ARM_OIDC_AUDIENCE") or _EXCHANGE
    answer: str = get(f"{url}&audience={audience}", {"Authorization": f"Bearer {bearer}"})["value"]
    return answer
