"""Azure as the public management packages see it, and the resources that tests make."""

import itertools
import json
import ssl
import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
import pytest
from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.resource.locks import ManagementLockClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient
from azure.mgmt.storage import StorageManagementClient
from azure.mgmt.web import WebSiteManagementClient

from rehearsal.azure.server import Endpoint

_NUMBERS = itertools.count(1)
REGION = "westeurope"


@dataclass
class Azure:
    """Azure as one identity sees it, through the public management packages and through plain HTTP.

    The clients are not typed here: they take plain JSON for their models, which their annotations do not say.
    """

    endpoint: Endpoint
    client_id: str
    client_secret: str = field(repr=False)

    @cached_property
    def credential(self) -> ClientSecretCredential:
        return ClientSecretCredential(
            self.endpoint.tenant_id,
            self.client_id,
            self.client_secret,
            authority=self.endpoint.https_url,
            disable_instance_discovery=True,
            connection_verify=str(self.endpoint.ca_file),
        )

    @property
    def _options(self) -> dict[str, Any]:
        return {
            "base_url": self.endpoint.https_url,
            "credential_scopes": [f"{self.endpoint.https_url}/.default"],
            "connection_verify": str(self.endpoint.ca_file),
        }

    @cached_property
    def resources(self) -> Any:
        return ResourceManagementClient(self.credential, self.endpoint.subscription_id, **self._options)

    @cached_property
    def storage(self) -> Any:
        return StorageManagementClient(self.credential, self.endpoint.subscription_id, **self._options)

    @cached_property
    def web(self) -> Any:
        return WebSiteManagementClient(self.credential, self.endpoint.subscription_id, **self._options)

    @cached_property
    def authorization(self) -> Any:
        return AuthorizationManagementClient(self.credential, self.endpoint.subscription_id, **self._options)

    @cached_property
    def key_vault(self) -> Any:
        return KeyVaultManagementClient(self.credential, self.endpoint.subscription_id, **self._options)

    @cached_property
    def locks(self) -> Any:
        return ManagementLockClient(self.credential, self.endpoint.subscription_id, **self._options)

    @cached_property
    def subscriptions(self) -> Any:
        return SubscriptionClient(self.credential, **self._options)

    @cached_property
    def http(self) -> httpx.Client:
        """Signed in to Resource Manager."""
        return self._signed_in(f"{self.endpoint.https_url}/.default")

    @cached_property
    def graph(self) -> httpx.Client:
        """Signed in to Microsoft Graph."""
        return self._signed_in("https://graph.microsoft.com/.default")

    def _signed_in(self, scope: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.credential.get_token(scope).token}"}
        return httpx.Client(base_url=self.endpoint.https_url, verify=tls(self.endpoint), headers=headers)

    @property
    def subscription(self) -> str:
        return f"/subscriptions/{self.endpoint.subscription_id}"

    def close(self) -> None:
        opened = (
            "resources",
            "storage",
            "web",
            "authorization",
            "key_vault",
            "locks",
            "subscriptions",
            "http",
            "graph",
            "credential",
        )
        for name in opened:
            if name in self.__dict__:
                self.__dict__[name].close()

    def put(self, path: str, body: Any, version: str = "2025-05-01") -> httpx.Response:
        """A raw PUT below the subscription."""
        return self.http.put(f"{self.subscription}{path}", params={"api-version": version}, json=body)

    def get(self, path: str, version: str = "2025-05-01") -> httpx.Response:
        """A raw GET below the subscription."""
        return self.http.get(f"{self.subscription}{path}", params={"api-version": version})

    def role(self, name: str, scope: str) -> str:
        """The id of a role definition by its name, looked up where the caller may read."""
        [found] = self.authorization.role_definitions.list(scope, filter=f"roleName eq '{name}'")
        return str(found.id)

    def assign(self, scope: str, role: str, principal: str) -> Any:
        """Give a service principal a role by name."""
        parameters = {
            "properties": {
                "roleDefinitionId": self.role(role, scope),
                "principalId": principal,
                "principalType": "ServicePrincipal",
            }
        }
        return self.authorization.role_assignments.create(scope, str(uuid.uuid4()), parameters)

    def new_identity(self) -> tuple["Azure", str]:
        """A further application without any rights: its view of Azure, and its service principal's id."""
        application = self.graph.post("/v1.0/applications", json={"displayName": new_name("app")}).json()
        principal = self.graph.post("/v1.0/servicePrincipals", json={"appId": application["appId"]}).json()
        secret = self.graph.post(f"/v1.0/applications/{application['id']}/addPassword", json={}).json()["secretText"]
        return Azure(self.endpoint, application["appId"], secret), principal["id"]


@dataclass
class Group:
    """A resource group of a test's own, and what tests put into it."""

    azure: Azure
    name: str

    @property
    def id(self) -> str:
        return f"{self.azure.subscription}/resourceGroups/{self.name}"

    def account(self, name: str | None = None, **properties: Any) -> Any:
        return self.azure.storage.storage_accounts.begin_create(
            self.name, name or new_name("st"), account_body(**properties)
        ).result()

    def plan(self, name: str | None = None, sku: str = "FC1") -> Any:
        body = {
            "location": REGION,
            "kind": "functionapp",
            "sku": {"name": sku, "tier": "FlexConsumption" if sku == "FC1" else None},
            "properties": {"reserved": True},
        }
        plans = self.azure.web.app_service_plans
        return plans.begin_create_or_update(self.name, name or new_name("plan"), body).result()

    def site(self, name: str | None = None, plan: str | None = None, **properties: Any) -> Any:
        body = site_body(plan or self.plan().id, **properties)
        sites = self.azure.web.web_apps
        return sites.begin_create_or_update(self.name, name or new_name("func"), body).result()


def account_body(**properties: Any) -> Any:
    return {"location": REGION, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": properties}


def function_app_config(**changes: Any) -> dict[str, Any]:
    storage = {
        "type": "blobContainer",
        "value": "https://stx.blob.core.windows.net/app-package",
        "authentication": {"type": "SystemAssignedIdentity"},
    }
    return {
        "deployment": {"storage": storage},
        "runtime": {"name": "python", "version": "3.12"},
        "scaleAndConcurrency": {"maximumInstanceCount": 40, "instanceMemoryMB": 2048},
        **changes,
    }


def site_body(plan: str, **properties: Any) -> dict[str, Any]:
    return {
        "location": REGION,
        "kind": "functionapp,linux",
        "identity": {"type": "SystemAssigned"},
        "properties": {"serverFarmId": plan, "functionAppConfig": function_app_config(), **properties},
    }


def new_name(prefix: str) -> str:
    return f"{prefix}{next(_NUMBERS)}"


def tls(endpoint: Endpoint) -> ssl.SSLContext:
    """What trusts the stand-in's own CA."""
    return ssl.create_default_context(cafile=str(endpoint.ca_file))


def refusal(error: HttpResponseError) -> dict[str, Any]:
    """The raw body of a refusal: azure-core does not read Microsoft.Web's envelope."""
    assert error.response is not None
    body: dict[str, Any] = json.loads(error.response.text())
    return body


def refused(status: int, code: str) -> AbstractContextManager[pytest.ExceptionInfo[HttpResponseError]]:
    """Expect Resource Manager's own refusal with this status and code."""

    def check(error: HttpResponseError) -> bool:
        return error.status_code == status and error.error is not None and error.error.code == code

    return pytest.raises(HttpResponseError, check=check)


def refused_by_web(status: int, message: str) -> AbstractContextManager[pytest.ExceptionInfo[HttpResponseError]]:
    """Expect Microsoft.Web's refusal with this status and message, in capital letters and without `error`."""

    def check(error: HttpResponseError) -> bool:
        body = refusal(error)
        consistent = body["Details"][0] == {"Message": message} and body["Details"][1] == {"Code": body["Code"]}
        return error.status_code == status and body["Message"] == message and consistent

    return pytest.raises(HttpResponseError, check=check)
