"""Key vaults and their keys, through azure-mgmt-keyvault."""

from typing import Any

import pytest

from tests.rehearsal.azure.arm.clients import REGION, Azure, Group, new_name, refused
from tests.rehearsal.azure.arm.in_process import InProcess

DAY = 86_400
KEY = {"properties": {"kty": "RSA", "keySize": 3072, "keyOps": ["encrypt", "decrypt"]}}


def body(azure: Azure, **properties: Any) -> dict[str, Any]:
    given = {
        "tenantId": azure.endpoint.tenant_id,
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
        **properties,
    }
    return {"location": REGION, "properties": {name: value for name, value in given.items() if value is not None}}


def make(group: Group, name: str | None = None, **properties: Any) -> Any:
    vaults = group.azure.key_vault.vaults
    return vaults.begin_create_or_update(group.name, name or new_name("kv"), body(group.azure, **properties)).result()


def test_a_vault_is_made_shown_and_changed(group: Group) -> None:
    vault = make(group, enablePurgeProtection=True, softDeleteRetentionInDays=30)
    assert vault.id == f"{group.id}/providers/Microsoft.KeyVault/vaults/{vault.name}"
    shown = group.azure.key_vault.vaults.get(group.name, vault.name).properties
    assert shown.vault_uri == f"https://{vault.name}.vault.azure.net/"
    assert (shown.enable_soft_delete, shown.soft_delete_retention_in_days) == (True, 30)
    assert (shown.enable_rbac_authorization, shown.public_network_access) == (True, "Enabled")
    again = make(group, vault.name, publicNetworkAccess="disabled").properties
    assert (again.public_network_access, again.enable_purge_protection) == ("Disabled", True)
    assert again.soft_delete_retention_in_days == 30
    [listed] = group.azure.key_vault.vaults.list_by_resource_group(group.name)
    assert listed.id == vault.id
    assert vault.id in [each.id for each in group.azure.resources.resources.list()]


@pytest.mark.parametrize("name", ["kv", "9vault", "vault-", "va--ult", "v" * 25, "vault_1"])
def test_a_bad_name_is_refused(group: Group, name: str) -> None:
    # The client itself turns away what the specification says; Resource Manager has to as well.
    path = f"/resourceGroups/{group.name}/providers/Microsoft.KeyVault/vaults/{name}"
    answer = group.azure.put(path, body(group.azure), "2024-11-01")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VaultNameNotValid")
    assert answer.json()["error"]["message"].startswith(f"The vault name '{name}' is invalid.")


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"enablePurgeProtection": False}, 'The property "enablePurgeProtection" cannot be set to false.'),
        ({"enableSoftDelete": False}, "'enableSoftDelete'"),
        ({"softDeleteRetentionInDays": 6}, "7 to 90"),
        ({"softDeleteRetentionInDays": 91}, "7 to 90"),
        ({"tenantId": "11111111-2222-4333-8444-555555555555"}, "'tenantId'"),
        ({"sku": {"family": "A", "name": "basic"}}, "standard or premium"),
        ({"sku": None}, "'sku'"),
        ({"enableRbacAuthorization": None}, "'accessPolicies'"),
        ({"publicNetworkAccess": "Sometimes"}, "Enabled, Disabled"),
    ],
)
def test_bad_properties_are_refused(group: Group, properties: dict[str, Any], words: str) -> None:
    with refused(400, "BadRequest") as caught:
        make(group, **properties)
    assert words in str(caught.value)


def test_how_long_a_deleted_vault_is_kept_is_said_once(group: Group) -> None:
    vault = make(group, softDeleteRetentionInDays=7)
    with refused(400, "BadRequest") as caught:
        make(group, vault.name, softDeleteRetentionInDays=90)
    assert "has been set already and it can't be modified" in str(caught.value)


def test_a_deleted_vault_blocks_its_name_until_it_is_purged(group: Group) -> None:
    vaults, vault = group.azure.key_vault.vaults, make(group)
    vaults.delete(group.name, vault.name)
    with refused(404, "ResourceNotFound"):
        vaults.get(group.name, vault.name)
    with refused(409, "ConflictError") as caught:
        make(group, vault.name)
    assert "A vault with the same name already exists in deleted state." in str(caught.value)
    deleted = vaults.get_deleted(vault.name, REGION)
    assert (deleted.properties.vault_id, deleted.properties.location) == (vault.id, REGION)
    assert (deleted.properties.scheduled_purge_date - deleted.properties.deletion_date).days == 90
    assert vault.name in [each.name for each in vaults.list_deleted()]
    vaults.begin_purge_deleted(vault.name, REGION).result()
    assert make(group, vault.name).name == vault.name


def test_a_name_is_taken_in_every_group(group: Group) -> None:
    vault = make(group)
    other = new_name("rg")
    group.azure.resources.resource_groups.create_or_update(other, {"location": REGION})
    elsewhere = Group(group.azure, other)
    with refused(409, "VaultAlreadyExists"):
        make(elsewhere, vault.name)
    group.azure.key_vault.vaults.delete(group.name, vault.name)
    with refused(409, "VaultAlreadyExists"):
        make(elsewhere, vault.name)
    group.azure.resources.resource_groups.begin_delete(other).result()


def test_a_protected_vault_cannot_be_purged_and_comes_back_with_its_keys_but_no_roles(group: Group) -> None:
    azure, vault = group.azure, make(group, enablePurgeProtection=True)
    key = azure.key_vault.keys.create_if_not_exist(group.name, vault.name, "dev", KEY)
    _, principal = azure.new_identity()
    azure.assign(key.id, "Key Vault Crypto User", principal)
    azure.key_vault.vaults.delete(group.name, vault.name)
    with refused(405, "MethodNotAllowed") as caught:
        azure.key_vault.vaults.begin_purge_deleted(vault.name, REGION).result()
    assert "Operation 'DeletedVaultPurge' is not allowed." in str(caught.value)
    make(group, vault.name, createMode="recover")
    back = azure.key_vault.keys.get(group.name, vault.name, "dev")
    assert back.key_uri_with_version == key.key_uri_with_version
    assert (
        list(azure.authorization.role_assignments.list_for_scope(key.id, filter=f"principalId eq '{principal}'")) == []
    )
    with refused(404, "DeletedVaultNotFound"):
        make(group, new_name("kv"), createMode="recover")


def test_a_group_that_is_deleted_leaves_its_vaults_to_be_recovered(azure: Azure) -> None:
    name = new_name("rg")
    azure.resources.resource_groups.create_or_update(name, {"location": REGION})
    vault = make(Group(azure, name))
    azure.resources.resource_groups.begin_delete(name).result()
    assert azure.key_vault.vaults.get_deleted(vault.name, REGION).properties.vault_id == vault.id


def test_a_key_is_made_once_and_never_changed_by_resource_manager(group: Group) -> None:
    keys, vault = group.azure.key_vault.keys, make(group, enablePurgeProtection=True)
    made = keys.create_if_not_exist(group.name, vault.name, "prod", KEY)
    assert made.properties.key_uri == f"https://{vault.name}.vault.azure.net/keys/prod"
    assert made.properties.key_uri_with_version.startswith(f"{made.properties.key_uri}/")
    assert (made.properties.kty, made.properties.key_size) == ("RSA", 3072)
    assert made.properties.attributes.recovery_level == "Recoverable"
    again = keys.create_if_not_exist(group.name, vault.name, "prod", {"properties": {"kty": "RSA", "keySize": 2048}})
    assert again.properties.key_size == 3072
    assert again.properties.key_uri_with_version == made.properties.key_uri_with_version
    assert [each.name for each in keys.list(group.name, vault.name)] == ["prod"]
    with refused(404, "ResourceNotFound"):
        keys.get(group.name, vault.name, "dev")


@pytest.mark.parametrize(
    "properties",
    [{}, {"kty": "EC"}, {"kty": "RSA-HSM"}, {"kty": "RSA", "keySize": 1024}, {"kty": "RSA", "keyOps": ["encipher"]}],
)
def test_a_key_that_is_not_modelled_is_refused(group: Group, properties: dict[str, Any]) -> None:
    vault = make(group)
    with refused(400, "BadParameter"):
        group.azure.key_vault.keys.create_if_not_exist(group.name, vault.name, "dev", {"properties": properties})


def test_a_deleted_vault_is_gone_for_good_after_its_retention() -> None:
    azure = InProcess()
    path = "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-short"
    vault = {
        "location": REGION,
        "properties": {
            "tenantId": azure.context.tenant.id,
            "sku": {"family": "A", "name": "standard"},
            "enableRbacAuthorization": True,
            "softDeleteRetentionInDays": 7,
        },
    }
    assert azure.send("PUT", "/resourceGroups/rg", {"location": REGION}).status == 201
    assert azure.send("PUT", path, vault, version="2024-11-01").status == 200
    assert azure.send("DELETE", path, version="2024-11-01").status == 200
    assert azure.send("PUT", path, vault, version="2024-11-01").status == 409
    azure.context.clock.advance(7 * DAY + 1)
    azure.token = azure.sign_in(azure.context.tenant.deployer_app_id, azure.context.client_secret)
    assert azure.send("PUT", path, vault, version="2024-11-01").status == 200
    azure.close()
