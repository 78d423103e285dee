"""Whole lives of azure-native resources against the stand-in: create, refresh, change, import, delete."""

from __future__ import annotations

import uuid

import pytest

from rehearsal.providers.serving import serving
from tests.rehearsal.azure.stand_in import StandIn
from tests.rehearsal.providers.caller import Caller, Document, Refused

GROUP = "azure-native:resources:ResourceGroup"
ACCOUNT = "azure-native:storage:StorageAccount"
CONTAINER = "azure-native:storage:BlobContainer"
PLAN = "azure-native:web:AppServicePlan"
SITE = "azure-native:web:WebApp"
SETTINGS = "azure-native:web:WebAppApplicationSettings"
FTP = "azure-native:web:WebAppFtpAllowed"
ROLE_ASSIGNMENT = "azure-native:authorization:RoleAssignment"

BLOB_DATA_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"


def made(caller: Caller, type_: str, **inputs: object) -> tuple[str, Document, Document]:
    """Id, outputs and checked inputs of a resource made just now."""
    goal = caller.checked(type_, inputs)
    resource_id, outputs = caller.create(type_, goal)
    return resource_id, outputs, goal


@pytest.fixture
def group(azure_native: Caller) -> str:
    return str(made(azure_native, GROUP, resourceGroupName="rg-things")[1]["name"])


@pytest.fixture
def account(azure_native: Caller, group: str) -> str:
    sku = {"name": "Standard_LRS"}
    names = {"resourceGroupName": group, "accountName": "stthings"}
    return made(azure_native, ACCOUNT, **names, kind="StorageV2", sku=sku)[0]


@pytest.fixture
def site(azure_native: Caller, group: str, account: str) -> tuple[str, Document, Document]:
    """A function app on a Flex Consumption plan."""
    made(azure_native, CONTAINER, resourceGroupName=group, accountName="stthings", containerName="app-package")
    plan, _, _ = made(
        azure_native,
        PLAN,
        resourceGroupName=group,
        name="plan-things",
        kind="functionapp",
        reserved=True,
        sku={"name": "FC1", "tier": "FlexConsumption"},
    )
    storage = {
        "type": "blobContainer",
        "value": "https://stthings.blob.core.windows.net/app-package",
        "authentication": {"type": "SystemAssignedIdentity"},
    }
    return made(
        azure_native,
        SITE,
        resourceGroupName=group,
        name="func-things",
        kind="functionapp,linux",
        serverFarmId=plan,
        httpsOnly=True,
        identity={"type": "SystemAssigned"},
        siteConfig={"minTlsVersion": "1.2"},
        functionAppConfig={
            "deployment": {"storage": storage},
            "runtime": {"name": "python", "version": "3.12"},
            "scaleAndConcurrency": {"maximumInstanceCount": 40, "instanceMemoryMB": 2048},
        },
    )


def test_a_group_without_a_name_or_place_gets_both(azure_native: Caller, stand_in: StandIn) -> None:
    goal = azure_native.checked(GROUP, {}, name="things", randomSeed=b"seed")
    assert goal == {
        "resourceGroupName": goal["resourceGroupName"],
        "location": "westeurope",
        "azureApiVersion": "2024-03-01",
        "__createBeforeDelete": True,
    }
    assert goal["resourceGroupName"].startswith("things")
    group_id, outputs = azure_native.create(GROUP, goal)
    endpoint = stand_in.endpoint
    assert group_id == f"/subscriptions/{endpoint.subscription_id}/resourceGroups/{goal['resourceGroupName']}"
    assert outputs == {
        "name": goal["resourceGroupName"],
        "type": "Microsoft.Resources/resourceGroups",
        "location": "westeurope",
        "tags": {},
        "properties": {"provisioningState": "Succeeded"},
        "azureApiVersion": "2024-03-01",
    }
    again = azure_native.checked(GROUP, {}, name="things", old=goal, randomSeed=b"another")
    assert again == goal, "the name stays"
    tagged = {**goal, "tags": {"for": "things"}}
    diff = azure_native.diff(GROUP, tagged, old_inputs=goal, old=outputs)
    assert (diff.detailed, diff.replaces) == ({"tags": "add"}, [])
    outputs = azure_native.update(GROUP, group_id, tagged, old_inputs=goal, old=outputs)
    assert outputs["tags"] == {"for": "things"}
    azure_native.delete(GROUP, group_id, state=outputs)
    assert azure_native.read(GROUP, group_id, state=outputs, inputs=tagged) == ("", {}, {})
    azure_native.delete(GROUP, group_id, state=outputs)


def test_a_resource_is_where_its_group_is(stand_in: StandIn) -> None:
    with serving("azure-native", stand_in.endpoint.environment()) as address, Caller(address) as homeless:
        homeless.configure()
        _, faults = homeless.check(GROUP, {"resourceGroupName": "rg-north"})
        (fault,) = faults
        assert fault.startswith("missing required property 'location'. Either set it explicitly or configure it with ")
        made(homeless, GROUP, resourceGroupName="rg-north", location="northeurope")
        plan = homeless.checked(PLAN, {"resourceGroupName": "rg-north"})
        assert plan["location"] == "northeurope"


def test_an_account_lives_as_planned(azure_native: Caller, group: str) -> None:
    names = {
        "resourceGroupName": group,
        "accountName": "stthings",
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
    }
    account_id, outputs, goal = made(
        azure_native, ACCOUNT, **names, allowSharedKeyAccess=False, enableHttpsTrafficOnly=True
    )
    assert account_id.endswith("/providers/Microsoft.Storage/storageAccounts/stthings")
    assert outputs["name"] == "stthings"
    assert (outputs["allowSharedKeyAccess"], outputs["enableHttpsTrafficOnly"]) == (False, True)
    assert outputs["primaryEndpoints"]["blob"] == "https://stthings.blob.core.windows.net/"
    assert "resourceGroupName" not in outputs
    assert not azure_native.diff(ACCOUNT, goal, old_inputs=goal, old=outputs).changes
    closed = {**goal, "networkRuleSet": {"defaultAction": "Deny"}}
    outputs = azure_native.update(ACCOUNT, account_id, closed, old_inputs=goal, old=outputs)
    assert outputs["networkRuleSet"]["defaultAction"] == "Deny"
    outputs = azure_native.update(ACCOUNT, account_id, goal, old_inputs=closed, old=outputs)
    assert outputs["networkRuleSet"]["defaultAction"] == "Allow", "restored, since it was said once"
    with pytest.raises(Refused) as refused:
        azure_native.create(ACCOUNT, goal)
    assert str(refused.value) == f"cannot create already existing resource '{account_id}'"
    azure_native.delete(ACCOUNT, account_id, state=outputs)


def test_a_refusal_of_azure_is_told_in_one_line(azure_native: Caller) -> None:
    with pytest.raises(Refused) as refused:
        made(azure_native, PLAN, resourceGroupName="rg-absent", name="plan", sku={"name": "FC1"})
    assert str(refused.value) == (
        'Status=404 Code="ResourceGroupNotFound" Message="Resource group \'rg-absent\' could not be found."'
    )
    assert refused.value.left is None


def test_a_site_lives_as_planned(azure_native: Caller, stand_in: StandIn, site: tuple[str, Document, Document]) -> None:
    site_id, outputs, goal = site
    assert outputs["defaultHostName"] == "func-things.azurewebsites.net"
    principal = outputs["identity"]["principalId"]
    assert stand_in.graph.get(f"/v1.0/servicePrincipals/{principal}").status_code == 200
    assert "appSettings" not in outputs["siteConfig"]
    assert outputs["siteConfig"]["minTlsVersion"] == "1.2"
    assert not azure_native.diff(SITE, goal, old_inputs=goal, old=outputs).changes

    tagged = {**goal, "tags": {"for": "things"}}
    previewed = azure_native.update(SITE, site_id, tagged, old_inputs=goal, old=outputs, preview=True)
    assert repr(previewed["identity"]["principalId"]) == "UNKNOWN", "pulumi-azure-native#1080"
    assert (previewed["name"], previewed["location"]) == ("func-things", outputs["location"])
    updated = azure_native.update(SITE, site_id, tagged, old_inputs=goal, old=outputs)
    assert updated["identity"]["principalId"] == principal, "the update replaced nothing"

    azure_native.delete(SITE, site_id, state=updated)
    assert stand_in.graph.get(f"/v1.0/servicePrincipals/{principal}").status_code == 404
    plans = stand_in.arm.get(goal["serverFarmId"], params={"api-version": "2025-05-01"})
    assert plans.status_code == 200, "the plan outlives its last site"


def test_settings_are_the_sites_whole_settings_and_are_wiped_with_their_resource(
    azure_native: Caller, stand_in: StandIn, site: tuple[str, Document, Document]
) -> None:
    site_id, _, goal = site
    names = {"resourceGroupName": goal["resourceGroupName"], "name": "func-things"}
    settings_id, outputs, settings = made(azure_native, SETTINGS, **names, properties={"A": "1", "B": "2"})
    assert settings_id.lower() == f"{site_id}/config/appsettings".lower()
    assert outputs["properties"] == {"A": "1", "B": "2"}
    fewer = {**settings, "properties": {"A": "3"}}
    diff = azure_native.diff(SETTINGS, fewer, old_inputs=settings, old=outputs)
    assert diff.detailed == {"properties.A": "update", "properties.B": "delete"}
    outputs = azure_native.update(SETTINGS, settings_id, fewer, old_inputs=settings, old=outputs)
    assert outputs["properties"] == {"A": "3"}
    environment = stand_in.control.get("/_rehearsal/sites/func-things/environment").json()
    assert environment["A"] == "3"
    azure_native.delete(SETTINGS, settings_id, state=outputs)
    assert azure_native.read(SETTINGS, settings_id, state=outputs, inputs=fewer)[1].get("properties", {}) == {}
    azure_native.delete(SITE, site_id, state={})
    with pytest.raises(Refused, match=r"^Status=404 "):
        azure_native.delete(SETTINGS, settings_id, state=outputs)


def test_a_publishing_policy_is_put_back_when_it_is_deleted(
    azure_native: Caller, site: tuple[str, Document, Document]
) -> None:
    _, _, goal = site
    names = {"resourceGroupName": goal["resourceGroupName"], "name": "func-things"}
    policy_id, outputs, inputs = made(azure_native, FTP, **names, allow=False)
    assert (outputs["name"], outputs["allow"]) == ("ftp", False)
    azure_native.delete(FTP, policy_id, state=outputs)
    assert azure_native.read(FTP, policy_id, state=outputs, inputs=inputs)[1]["allow"] is True


def test_a_role_assignment_lives_as_planned(
    azure_native: Caller, stand_in: StandIn, account: str, site: tuple[str, Document, Document]
) -> None:
    principal = site[1]["identity"]["principalId"]
    subscription = f"/subscriptions/{stand_in.endpoint.subscription_id}"
    role = f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{BLOB_DATA_OWNER}"
    assignment_id, outputs, goal = made(
        azure_native,
        ROLE_ASSIGNMENT,
        scope=account,
        principalId=principal,
        principalType="ServicePrincipal",
        roleDefinitionId=role,
    )
    name = goal["roleAssignmentName"]
    assert str(uuid.UUID(name)) == name
    assert assignment_id == f"{account}/providers/Microsoft.Authorization/roleAssignments/{name}"
    assert outputs["principalId"] == principal
    assert not azure_native.diff(ROLE_ASSIGNMENT, goal, old_inputs=goal, old=outputs).changes
    other = azure_native.diff(ROLE_ASSIGNMENT, {**goal, "principalId": "x"}, old_inputs=goal, old=outputs)
    assert (other.replaces, other.delete_before_replace) == (["principalId"], False)
    assert azure_native.candidates(ROLE_ASSIGNMENT, goal) == [assignment_id]
    azure_native.delete(ROLE_ASSIGNMENT, assignment_id, state=outputs)
    assert azure_native.candidates(ROLE_ASSIGNMENT, goal) == []


def test_a_refresh_takes_over_what_was_changed_by_hand(azure_native: Caller, stand_in: StandIn, account: str) -> None:
    found, state, _ = azure_native.read(ACCOUNT, account)
    assert found == account
    inputs = {"resourceGroupName": "rg-things", "accountName": "stthings", "kind": "StorageV2"}
    changed = stand_in.arm.patch(
        account, params={"api-version": "2024-01-01"}, json={"properties": {"minimumTlsVersion": "TLS1_2"}}
    )
    assert changed.status_code == 200, changed.text
    _, state, refreshed = azure_native.read(ACCOUNT, account, state=state, inputs=inputs)
    assert state["minimumTlsVersion"] == "TLS1_2"
    assert refreshed == {**inputs, "minimumTlsVersion": "TLS1_2"}


def test_what_is_imported_can_be_written_down(azure_native: Caller, site: tuple[str, Document, Document]) -> None:
    site_id, outputs, goal = site
    found, state, inputs = azure_native.read(SITE, site_id)
    assert (found, state) == (site_id, outputs)
    assert (inputs["resourceGroupName"], inputs["name"]) == ("rg-things", "func-things")
    assert inputs["functionAppConfig"]["runtime"] == goal["functionAppConfig"]["runtime"]
    program = azure_native.checked(SITE, inputs)
    assert not azure_native.diff(SITE, program, old_inputs=program, old=state).changes


@pytest.mark.parametrize("type_", [GROUP, ACCOUNT, SITE, SETTINGS])
def test_what_is_not_known_yet_cannot_be_looked_for(azure_native: Caller, type_: str) -> None:
    assert azure_native.candidates(type_, {}) is None


def test_who_is_signed_in_is_read_from_a_token(azure_native: Caller, stand_in: StandIn) -> None:
    endpoint = stand_in.endpoint
    config, _ = azure_native.invoke("azure-native:authorization:getClientConfig")
    assert config == {
        "clientId": endpoint.client_id,
        "objectId": config["objectId"],
        "subscriptionId": endpoint.subscription_id,
        "tenantId": endpoint.tenant_id,
    }
    assert (
        stand_in.made("GET", f"/v1.0/servicePrincipals/{config['objectId']}", status=200)["appId"] == endpoint.client_id
    )


def test_a_resource_provider_that_is_not_registered_gets_registered(
    azure_native: Caller, stand_in: StandIn, group: str
) -> None:
    provider = f"/subscriptions/{stand_in.endpoint.subscription_id}/providers/Microsoft.Web"
    versions = {"api-version": "2020-06-01"}
    assert stand_in.arm.post(f"{provider}/unregister", params=versions).status_code == 200
    made(azure_native, PLAN, resourceGroupName=group, name="plan-things", sku={"name": "FC1"}, reserved=True)
    assert stand_in.arm.get(provider, params=versions).json()["registrationState"] == "Registered"
