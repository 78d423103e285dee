"""Deployment sites: who may publish, and what becomes of a package."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.azure.arm.clients import account_body, site_body
from tests.rehearsal.azure.arm.in_process import InProcess

GROUP = "/resourceGroups/rg"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stx"
CONTAINER = f"{ACCOUNT}/blobServices/default/containers/things"
PLAN = f"{GROUP}/providers/Microsoft.Web/serverfarms/plan"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/func-x"
BLOB_DATA_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"


@pytest.fixture
def azure() -> Iterator[InProcess]:
    azure = InProcess()
    azure.send("PUT", GROUP, {"location": "westeurope"})
    azure.send("PUT", ACCOUNT, account_body(), version="2024-01-01")
    plan = {"location": "westeurope", "sku": {"name": "FC1"}, "properties": {"reserved": True}}
    azure.send("PUT", PLAN, plan, version="2025-05-01")
    body = site_body(azure.subscription + PLAN)
    storage = body["properties"]["functionAppConfig"]["deployment"]["storage"]
    storage |= {"value": "https://stx.blob.core.windows.net/things"}
    body["identity"] = {"type": "SystemAssigned"}
    assert azure.send("PUT", SITE, body, version="2025-05-01").status == 200
    yield azure
    azure.close()


def package() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("host.json", "{}")
    return target.getvalue()


def published(azure: InProcess, content: bytes) -> tuple[int, Any]:
    """The status of the answer and, for a package that was taken, how its deployment went."""
    answer = azure.raw("POST", "/scm/func-x/api/publish", "RemoteBuild=true", content)
    if answer.status != 202:
        return answer.status, answer.body
    return 202, azure.raw("GET", f"/scm/func-x/api/deployments/{answer.body}", "", b"").body


def grant_storage(azure: InProcess) -> None:
    site = azure.send("GET", SITE, version="2025-05-01").body
    role = f"{azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/{BLOB_DATA_OWNER}"
    properties = {
        "principalId": site["identity"]["principalId"],
        "principalType": "ServicePrincipal",
        "roleDefinitionId": role,
    }
    path = f"{ACCOUNT}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-000000000001"
    assert azure.send("PUT", path, {"properties": properties}, version="2022-04-01").status == 201


def test_a_package_is_deployed_once_the_identity_may_write_into_its_container(azure: InProcess) -> None:
    azure.send("PUT", CONTAINER, {}, version="2024-01-01")
    status, deployment = published(azure, package())
    assert (status, deployment["status"]) == (202, 3)
    log = azure.raw("GET", f"/scm/func-x/api/deployments/{deployment['id']}/log", "", b"").body
    assert "BlobUploadFailedException" in log[0]["message"]
    assert "403" in log[0]["message"]
    grant_storage(azure)
    status, deployment = published(azure, package())
    assert (status, deployment["status"], deployment["remoteBuild"]) == (202, 4, True)


def test_without_its_container_no_package_can_be_stored(azure: InProcess) -> None:
    grant_storage(azure)
    _, deployment = published(azure, package())
    log = azure.raw("GET", f"/scm/func-x/api/deployments/{deployment['id']}/log", "", b"").body
    assert "404 (The specified container does not exist.)" in log[0]["message"]


@pytest.mark.parametrize("content", [b"", b"no ZIP file", b"{}"])
def test_what_is_no_package_is_refused(azure: InProcess, content: bytes) -> None:
    assert published(azure, content)[0] == 415


def test_the_site_tells_where_it_takes_deployments(azure: InProcess) -> None:
    states = azure.send("GET", SITE, version="2025-05-01").body["properties"]["hostNameSslStates"]
    assert [state["name"] for state in states if state["hostType"] == "Repository"] == ["127.0.0.1:1/scm/func-x"]
