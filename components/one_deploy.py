"""OneDeploy: the one way in which code reaches a Flex Consumption app (Azure Functions, "Deployment technologies").

The package goes to the app's deployment site, `POST /api/publish`, with the deployer's own token for Azure Resource
Manager, as the Azure CLI does it (Azure/azure-cli, `enable_zip_deploy_flex`). The platform builds it and writes it into
the deployment container as the app's identity. So no key, no shared access signature and no right on the storage
account is needed, which the alternatives ask for: the ARM extension `onedeploy` fetches the package from a URL that
anybody who knows it can read, and azure-native's Blob uploads with the account's key (pulumi-azure-native#2015). A blob
that is written into the container by other means is not a deployment: no build, and no triggers known to the platform.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from azure.core import PipelineClient
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, RetryPolicy
from azure.core.rest import HttpRequest, HttpResponse

from components.deployer import ResourceManager, credential

_API_VERSION = "2025-05-01"
_SUCCEEDED, _PARTLY = 4, 6
_FAILED = (-1, 3, 5)
"""States of a deployment as Kudu numbers them: cancelled, failed, conflict."""
_NOT_STORED = "BlobUploadFailedException"
_NOT_YET = (_NOT_STORED, "InaccessibleStorageException")
_FORBIDDEN = "403"
"""What a deployment fails with until the app's role on its storage account has spread, about a minute
(Azure/azure-dev#8026): one of these names, and this status."""
_POLLED_EVERY = 2.0
_TRIED_EVERY = 5.0
LONGEST = 20 * 60.0
"""Seconds that a deployment may take, remote build and the spreading of roles included."""


class DeploymentFailedError(Exception):
    """The platform did not take the package; the message is its own."""


def deploy(site_id: str, archive: bytes, environment: Mapping[str, str] = os.environ) -> str:
    """Deploys a ZIP file to the site with that ARM id and waits until it runs; returns the deployment's id.

    Raises DeploymentFailedError, deployer.SignInError, and azure.core.exceptions.AzureError when Azure cannot be
    reached or refuses.
    """
    manager = ResourceManager.of(environment)
    policies = [RetryPolicy(), BearerTokenCredentialPolicy(credential(environment, manager), manager.scope)]
    deadline = time.monotonic() + LONGEST
    with PipelineClient[HttpRequest, HttpResponse](manager.url, policies=policies) as client:
        site = _json(client, "GET", f"{manager.url}{site_id}?api-version={_API_VERSION}")
        address = f"https://{_deployment_site(site)}"
        while True:
            deployment = _published(client, address, archive)
            failure = _failure(client, address, deployment, deadline) if deployment else f"{_FORBIDDEN} {_NOT_STORED}"
            if failure is None:
                return deployment
            if _FORBIDDEN not in failure or not any(name in failure for name in _NOT_YET):
                raise DeploymentFailedError(failure)
            if time.monotonic() + _TRIED_EVERY > deadline:
                raise DeploymentFailedError(f"The app's identity has no access to its storage account yet: {failure}")
            time.sleep(_TRIED_EVERY)


def _deployment_site(site: Mapping[str, Any]) -> str:
    """Returns the host that takes deployments; its name is not always made of the site's."""
    for host in site["properties"]["hostNameSslStates"]:
        if host["hostType"] == "Repository":
            return str(host["name"])
    raise DeploymentFailedError(f"{site['name']} has no deployment site.")


def _published(client: PipelineClient[HttpRequest, HttpResponse], address: str, archive: bytes) -> str:
    """Hands the package over; returns the deployment's id, or "" when the platform could not store it yet."""
    answer = client.send_request(
        HttpRequest(
            "POST",
            f"{address}/api/publish?RemoteBuild=true&Deployer=keyless",
            headers={"Content-Type": "application/zip"},
            content=archive,
        )
    )
    if answer.status_code == 400 and _NOT_STORED in answer.text():
        return ""
    if answer.status_code != 202:
        raise DeploymentFailedError(f"{address} answered {answer.status_code}: {answer.text()}")
    return str(answer.json())


def _failure(
    client: PipelineClient[HttpRequest, HttpResponse], address: str, deployment: str, deadline: float
) -> str | None:
    """Waits for the end of a deployment; returns None, or why it failed."""
    url = f"{address}/api/deployments/{deployment}"
    while time.monotonic() < deadline:
        answer = client.send_request(HttpRequest("GET", url))
        # Normal at first, and whenever the deployment site is itself restarted.
        status = answer.json()["status"] if answer.status_code == 200 else None
        if status in (_SUCCEEDED, _PARTLY):
            return None
        if status in _FAILED:
            log = _json(client, "GET", f"{url}/log")
            return "\n".join([answer.json()["status_text"], *(entry["message"] for entry in log)]).strip()
        time.sleep(_POLLED_EVERY)
    return f"The deployment {deployment} has not ended within {LONGEST / 60:.0f} minutes."


def _json(client: PipelineClient[HttpRequest, HttpResponse], method: str, url: str) -> Any:
    answer = client.send_request(HttpRequest(method, url))
    if answer.status_code != 200:
        raise DeploymentFailedError(f"{method} {url} answered {answer.status_code}: {answer.text()}")
    return answer.json()
