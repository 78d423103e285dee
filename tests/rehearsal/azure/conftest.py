"""One served stand-in per worker, over TLS with its own CA, and an empty Azure in it for each test."""

from collections.abc import Iterator

import pytest

from rehearsal.azure.server import Endpoint, Options, running
from tests.rehearsal.azure.stand_in import Document, StandIn


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with running(Options(state=tmp_path_factory.mktemp("azure"), durable=False)) as endpoint:
        yield endpoint


@pytest.fixture
def stand_in(served: Endpoint) -> Iterator[StandIn]:
    stand_in = StandIn(served)
    assert stand_in.control.post("/_rehearsal/reset").status_code == 204
    assert stand_in.control.patch("/_rehearsal/weather", json=FAIR_WEATHER).status_code == 200
    yield stand_in
    stand_in.close()


FAIR_WEATHER = {
    "latency": "none",
    "speed": 1.0,
    "replicationDelay": 0,
    "staleReads": False,
    "cachedIdentityTokens": False,
}


@pytest.fixture
def site(stand_in: StandIn) -> Document:
    """A function app with a system-assigned identity: its `id`, `principalId` and the `environment` of its process."""
    arm = stand_in.arm
    group = f"/subscriptions/{stand_in.endpoint.subscription_id}/resourceGroups/rg-app"
    for path, version, body in (
        (group, "2022-09-01", {"location": "westeurope"}),
        (f"{group}/providers/Microsoft.Storage/storageAccounts/stcaller", "2023-05-01", STORAGE_ACCOUNT),
        (f"{group}/providers/Microsoft.Web/serverfarms/plan-caller", "2024-04-01", PLAN),
    ):
        answer = arm.put(path, params={"api-version": version}, json=body)
        assert answer.is_success, answer.text
    path = f"{group}/providers/Microsoft.Web/sites/func-caller"
    plan = {"serverFarmId": f"{group}/providers/Microsoft.Web/serverfarms/plan-caller"}
    body = {**SITE, "properties": {**SITE["properties"], **plan}}
    answer = arm.put(path, params={"api-version": "2024-04-01"}, json=body)
    assert answer.is_success, answer.text
    environment = stand_in.control.get("/_rehearsal/sites/func-caller/environment").json()
    return {"id": path, "principalId": answer.json()["identity"]["principalId"], "environment": environment}


STORAGE_ACCOUNT: Document = {
    "location": "westeurope",
    "kind": "StorageV2",
    "sku": {"name": "Standard_LRS"},
    "properties": {"allowSharedKeyAccess": False},
}
PLAN: Document = {
    "location": "westeurope",
    "kind": "functionapp",
    "sku": {"name": "FC1", "tier": "FlexConsumption"},
    "properties": {"reserved": True},
}
SITE: Document = {
    "location": "westeurope",
    "kind": "functionapp,linux",
    "identity": {"type": "SystemAssigned"},
    "properties": {
        "functionAppConfig": {
            "deployment": {
                "storage": {
                    "type": "blobContainer",
                    "value": "https://stcaller.blob.core.windows.net/package",
                    "authentication": {"type": "SystemAssignedIdentity"},
                }
            },
            "runtime": {"name": "python", "version": "3.11"},
            "scaleAndConcurrency": {"maximumInstanceCount": 40, "instanceMemoryMB": 2048},
        }
    },
}
