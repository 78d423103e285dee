"""Operations that take time, with clock and weather in the test's hands."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.azure.weather import Latency, Weather
from tests.rehearsal.azure.arm.clients import account_body, site_body
from tests.rehearsal.azure.arm.in_process import InProcess

GROUP = "/resourceGroups/rg"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stx"
READER = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"


@pytest.fixture
def azure() -> Iterator[InProcess]:
    """An Azure that takes its time, with one resource group."""
    azure = InProcess(Weather(latency=Latency.AZURE))
    assert azure.send("PUT", GROUP, {"location": "westeurope"}).status == 201
    yield azure
    azure.close()


def state(azure: InProcess, path: str, version: str) -> Any:
    return azure.send("GET", path, version=version).body["properties"]["provisioningState"]


def test_an_account_is_being_created_until_its_operation_ends(azure: InProcess) -> None:
    begun = azure.send("PUT", ACCOUNT, account_body(), version="2024-01-01")
    assert (begun.status, begun.body) == (202, None)
    assert begun.headers["Retry-After"] == "15"
    assert state(azure, ACCOUNT, "2024-01-01") == "Creating"
    running = azure.send("GET", begun.headers["Location"])
    assert (running.status, running.headers["Location"]) == (202, begun.headers["Location"])
    azure.context.clock.advance(16.5)
    assert azure.send("GET", begun.headers["Location"]).headers["Retry-After"] == "1"
    azure.context.clock.advance(1)
    done = azure.send("GET", begun.headers["Location"])
    assert (done.status, done.body["properties"]["provisioningState"]) == (200, "Succeeded")
    assert state(azure, ACCOUNT, "2024-01-01") == "Succeeded"


def test_an_account_that_is_gone_before_it_is_finished_is_not_found(azure: InProcess) -> None:
    begun = azure.send("PUT", ACCOUNT, account_body(), version="2024-01-01")
    assert azure.send("DELETE", ACCOUNT, version="2024-01-01").status == 200
    azure.context.clock.advance(20)
    assert azure.send("GET", begun.headers["Location"]).status == 404


def test_a_group_stays_while_it_is_being_deleted_and_takes_nothing_new(azure: InProcess) -> None:
    plan = f"{GROUP}/providers/Microsoft.Web/serverfarms/plan"
    site = f"{GROUP}/providers/Microsoft.Web/sites/func-x"
    body = {"location": "westeurope", "sku": {"name": "FC1"}, "properties": {"reserved": True}}
    assert azure.send("PUT", plan, body, version="2025-05-01").status == 200
    made = azure.send("PUT", site, site_body(azure.subscription + plan), version="2025-05-01")
    principal = made.body["identity"]["principalId"]

    begun = azure.send("DELETE", GROUP)
    assert (begun.status, begun.headers["Retry-After"]) == (202, "15")
    assert state(azure, GROUP, "2025-04-01") == "Deleting"
    refused = azure.send("PUT", ACCOUNT, account_body(), version="2024-01-01")
    assert (refused.status, refused.body["error"]["code"]) == (409, "ResourceGroupBeingDeleted")
    again = azure.send("PUT", GROUP, {"location": "westeurope"})
    assert again.body["error"]["message"] == (
        "The resource group 'rg' is in deprovisioning state and cannot perform this operation."
    )
    assert azure.send("DELETE", GROUP).headers["Location"] == begun.headers["Location"]
    assert azure.send("GET", begun.headers["Location"]).status == 202
    assert azure.context.store.get("servicePrincipal", principal) is not None

    azure.context.clock.advance(61)
    done = azure.send("GET", begun.headers["Location"])
    assert (done.status, done.body) == (200, None)
    assert azure.send("GET", GROUP).status == 404
    assert azure.context.store.get("servicePrincipal", principal) is None
    assert azure.send("PUT", GROUP, {"location": "northeurope"}).status == 201


def test_the_speed_of_the_weather_is_the_speed_of_operations(azure: InProcess) -> None:
    azure.weather.speed = 60
    begun = azure.send("DELETE", GROUP)
    assert begun.headers["Retry-After"] == "1"
    azure.context.clock.advance(1.1)
    assert azure.send("GET", begun.headers["Location"]).status == 200


def test_an_operation_that_never_was_is_not_found(azure: InProcess) -> None:
    for path, version in (
        (f"/operationresults/{uuid.uuid4()}", "2025-04-01"),
        (f"/providers/Microsoft.Storage/locations/westeurope/asyncoperations/{uuid.uuid4()}", "2024-01-01"),
    ):
        assert azure.send("GET", path, version=version).status == 404


def test_old_operations_are_forgotten(azure: InProcess) -> None:
    begun = azure.send("PUT", ACCOUNT, account_body(), version="2024-01-01")
    azure.context.clock.advance(2 * 86_400)
    azure.token = azure.sign_in(azure.context.tenant.deployer_app_id, "the secret of the deployer")
    other = ACCOUNT.replace("stx", "sty")
    assert azure.send("PUT", other, account_body(), version="2024-01-01").status == 202
    assert azure.send("GET", begun.headers["Location"]).status == 404


def test_a_new_role_takes_effect_when_it_has_spread() -> None:
    azure = InProcess(Weather(replication_delay=30))
    azure.send("PUT", GROUP, {"location": "westeurope"})
    tenant = azure.context.tenant
    owner = azure.token
    principal = tenant.deployer_principal_id
    [own] = azure.send("GET", "/providers/Microsoft.Authorization/roleAssignments", version="2022-04-01").body["value"]
    body = {
        "properties": {
            "roleDefinitionId": READER,
            "principalId": principal,
            "principalType": "ServicePrincipal",
        }
    }
    path = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    assert azure.send("PUT", path, body, version="2022-04-01").status == 201
    own_path = own["id"].removeprefix(azure.subscription)
    assert azure.send("DELETE", own_path, version="2022-04-01").status == 200
    azure.token = owner
    assert azure.send("GET", GROUP).status == 403
    azure.context.clock.advance(31)
    assert azure.send("GET", GROUP).status == 200
    assert azure.send("PUT", GROUP, {"location": "westeurope"}).status == 403
    azure.close()


def test_a_new_principal_is_found_when_it_has_spread() -> None:
    azure = InProcess(Weather(replication_delay=30))
    azure.send("PUT", GROUP, {"location": "westeurope"})
    plan, site = (f"{GROUP}/providers/Microsoft.Web/{tail}" for tail in ("serverfarms/plan", "sites/func-x"))
    body = {"location": "westeurope", "sku": {"name": "FC1"}, "properties": {"reserved": True}}
    azure.send("PUT", plan, body, version="2025-05-01")
    made = azure.send("PUT", site, site_body(azure.subscription + plan), version="2025-05-01")
    given = {"roleDefinitionId": READER, "principalId": made.body["identity"]["principalId"]}
    path = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    early = azure.send("PUT", path, {"properties": given}, version="2022-04-01")
    assert (early.status, early.body["error"]["code"]) == (400, "PrincipalNotFound")
    azure.context.clock.advance(31)
    assert azure.send("PUT", path, {"properties": given}, version="2022-04-01").status == 201
    azure.close()
