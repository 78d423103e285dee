"""Lives of the azure-native resources that hold state, keys and roles."""

from __future__ import annotations

import uuid

import pytest

from tests.rehearsal.azure.stand_in import StandIn
from tests.rehearsal.providers.caller import Caller, Document, Refused
from tests.rehearsal.providers.test_azure_native_life import GROUP, ROLE_ASSIGNMENT, made

ROLE_DEFINITION = "azure-native:authorization:RoleDefinition"
ACCOUNT = "azure-native:storage:StorageAccount"
BLOB_SERVICE = "azure-native:storage:BlobServiceProperties"
VAULT = "azure-native:keyvault:Vault"
KEY = "azure-native:keyvault:Key"


@pytest.fixture
def group(azure_native: Caller) -> str:
    return str(made(azure_native, GROUP, resourceGroupName="rg-state")[1]["name"])


@pytest.fixture
def vault(azure_native: Caller, stand_in: StandIn, group: str) -> tuple[str, Document, Document]:
    properties = {
        "sku": {"family": "A", "name": "standard"},
        "tenantId": stand_in.endpoint.tenant_id,
        "enableRbacAuthorization": True,
        "enablePurgeProtection": True,
        "softDeleteRetentionInDays": 90,
    }
    names = {"resourceGroupName": group, "vaultName": f"kv-{uuid.uuid4().hex[:16]}"}
    return made(azure_native, VAULT, **names, properties=properties)


def test_a_custom_role_lives_as_planned(azure_native: Caller, stand_in: StandIn) -> None:
    scope = f"/subscriptions/{stand_in.endpoint.subscription_id}"
    goal = {
        "scope": scope,
        "roleName": "Settings reader",
        "description": "Reads settings",
        "roleType": "CustomRole",
        "assignableScopes": [scope],
        "permissions": [{"actions": ["Microsoft.Web/sites/config/list/action"]}],
    }
    role_id, outputs, inputs = made(azure_native, ROLE_DEFINITION, **goal)
    assert role_id == f"{scope}/providers/Microsoft.Authorization/roleDefinitions/{inputs['roleDefinitionId']}"
    assert (outputs["roleName"], outputs["roleType"]) == ("Settings reader", "CustomRole")
    assert outputs["permissions"][0]["actions"] == ["Microsoft.Web/sites/config/list/action"]
    assert azure_native.candidates(ROLE_DEFINITION, inputs) == [role_id]
    _, refreshed, kept = azure_native.read(ROLE_DEFINITION, role_id, state=outputs, inputs=inputs)
    assert (refreshed, kept) == (outputs, inputs)
    changed = azure_native.update(
        ROLE_DEFINITION, role_id, {**inputs, "description": "Reads all"}, old_inputs=inputs, old=outputs
    )
    assert changed["description"] == "Reads all"
    azure_native.delete(ROLE_DEFINITION, role_id, state=changed)
    assert azure_native.read(ROLE_DEFINITION, role_id, state=changed)[0] == ""


def test_an_assignment_with_a_condition_keeps_it(azure_native: Caller, stand_in: StandIn, group: str) -> None:
    scope = f"/subscriptions/{stand_in.endpoint.subscription_id}/resourceGroups/{group}"
    role = f"{scope}/providers/Microsoft.Authorization/roleDefinitions/f58310d9-a9f6-439a-9e8d-f62e7b41a168"
    role = role.replace(f"/resourceGroups/{group}", "")
    condition = "!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})"
    _, outputs, _ = made(
        azure_native,
        ROLE_ASSIGNMENT,
        scope=scope,
        principalId=str(uuid.uuid4()),
        principalType="ServicePrincipal",
        roleDefinitionId=role,
        condition=condition,
        conditionVersion="2.0",
    )
    assert (outputs["condition"], outputs["conditionVersion"]) == (condition, "2.0")


def test_the_blob_service_is_set_and_put_back(azure_native: Caller, group: str) -> None:
    names = {"resourceGroupName": group, "accountName": "ststate"}
    made(azure_native, ACCOUNT, **names, kind="StorageV2", sku={"name": "Standard_LRS"})
    retention = {"enabled": True, "days": 30}
    goal = {**names, "blobServicesName": "default", "isVersioningEnabled": True, "deleteRetentionPolicy": retention}
    service_id, outputs, inputs = made(azure_native, BLOB_SERVICE, **goal)
    assert service_id.endswith("/storageAccounts/ststate/blobServices/default")
    assert (outputs["isVersioningEnabled"], outputs["deleteRetentionPolicy"]["days"]) == (True, 30)
    _, refreshed, kept = azure_native.read(BLOB_SERVICE, service_id, state=outputs, inputs=inputs)
    assert (refreshed, kept) == (outputs, inputs)
    azure_native.delete(BLOB_SERVICE, service_id, state=outputs)
    assert "isVersioningEnabled" not in azure_native.read(BLOB_SERVICE, service_id, state=outputs, inputs=inputs)[1]


def test_a_blob_service_without_a_name_gets_one_that_azure_refuses(azure_native: Caller, group: str) -> None:
    names = {"resourceGroupName": group, "accountName": "ststate"}
    made(azure_native, ACCOUNT, **names, kind="StorageV2", sku={"name": "Standard_LRS"})
    goal = azure_native.checked(BLOB_SERVICE, names)
    assert goal["blobServicesName"] == "it"
    with pytest.raises(Refused):
        azure_native.create(BLOB_SERVICE, goal)


def test_a_vault_lives_as_planned_and_leaves_its_name_behind(
    azure_native: Caller, vault: tuple[str, Document, Document]
) -> None:
    vault_id, outputs, inputs = vault
    assert outputs["properties"]["vaultUri"] == f"https://{inputs['vaultName']}.vault.azure.net/"
    assert "accessPolicies" not in inputs["properties"]
    _, refreshed, kept = azure_native.read(VAULT, vault_id, state=outputs, inputs=inputs)
    assert (refreshed, kept) == (outputs, inputs)
    azure_native.delete(VAULT, vault_id, state=outputs)
    with pytest.raises(Refused, match='Status=409 Code="ConflictError" Message="A vault with the same name'):
        azure_native.create(VAULT, inputs)
    recovering = {**inputs, "properties": {**inputs["properties"], "createMode": "recover"}}
    recovered, again = azure_native.create(VAULT, azure_native.checked(VAULT, recovering))
    assert (recovered, "createMode" in again["properties"]) == (vault_id, False)


def test_a_vault_that_is_changed_keeps_the_access_policies_of_others(
    azure_native: Caller, stand_in: StandIn, vault: tuple[str, Document, Document]
) -> None:
    vault_id, outputs, inputs = vault
    tenant = stand_in.endpoint.tenant_id
    policy = {"tenantId": tenant, "objectId": str(uuid.uuid4()), "permissions": {"keys": ["get"]}}
    given = {**outputs["properties"], "accessPolicies": [policy]}
    body = {"location": "westeurope", "properties": given}
    assert stand_in.arm.put(vault_id, params={"api-version": "2024-11-01"}, json=body).status_code == 200
    changed = azure_native.update(VAULT, vault_id, {**inputs, "tags": {"stack": "ci"}}, old_inputs=inputs, old=outputs)
    assert [each["objectId"] for each in changed["properties"]["accessPolicies"]] == [policy["objectId"]]


def test_a_key_tells_its_version_and_is_deleted_with_its_vault_only(
    azure_native: Caller, vault: tuple[str, Document, Document]
) -> None:
    _, _, inputs = vault
    names = {"resourceGroupName": inputs["resourceGroupName"], "vaultName": inputs["vaultName"], "keyName": "dev"}
    key_id, outputs, goal = made(azure_native, KEY, **names, properties={"kty": "RSA", "keySize": 3072})
    assert "properties" not in outputs
    assert outputs["keyUriWithVersion"].startswith(f"https://{inputs['vaultName']}.vault.azure.net/keys/dev/")
    assert (outputs["kty"], outputs["keySize"]) == ("RSA", 3072)
    _, refreshed, kept = azure_native.read(KEY, key_id, state=outputs, inputs=goal)
    assert (refreshed, kept) == (outputs, goal)
    with pytest.raises(Refused, match=r"deletes .*/keys/dev with its vault only"):
        azure_native.delete(KEY, key_id, state=outputs)
