"""What encrypts the secrets in a state."""

from __future__ import annotations

import dataclasses

from components.secrets_keys import SecretsKeys
from tests.components.directory import TENANT
from tests.components.examples import SECRETS_KEYS
from tests.components.recording import KEY_VERSION, UNKNOWN, Deployment, deploy

VAULT = "azure-native:keyvault:Vault"
KEY = "azure-native:keyvault:Key"


def declared(*, preview: bool, protect: bool = False) -> Deployment:
    args = dataclasses.replace(SECRETS_KEYS, protect=protect)
    return deploy(lambda: SecretsKeys("secrets", args), preview=preview)


def test_roles_open_the_vault_and_nobody_empties_it_for_good(preview: bool) -> None:
    properties = declared(preview=preview).one(VAULT).inputs["properties"]
    assert properties["enableRbacAuthorization"] is True
    assert "accessPolicies" not in properties
    assert (properties["enableSoftDelete"], properties["softDeleteRetentionInDays"]) == (True, 90)
    assert properties["enablePurgeProtection"] is True
    assert (properties["tenantId"], properties["sku"]) == (TENANT, {"family": "A", "name": "standard"})


def test_each_environment_has_a_key_that_only_encrypts_and_decrypts(preview: bool) -> None:
    keys = declared(preview=preview).all(KEY)
    assert [each.inputs["keyName"] for each in keys] == ["dev", "prod"]
    for each in keys:
        assert each.inputs["properties"] == {"kty": "RSA", "keySize": 3072, "keyOps": ["encrypt", "decrypt"]}


def test_a_provider_names_the_version_of_its_key(preview: bool) -> None:
    deployment = declared(preview=preview)
    (component,) = (each for each in deployment.registrations if each.type.startswith("keyless:"))
    providers = deployment.outputs[component.urn]["providers"]
    if preview:
        assert providers == UNKNOWN
        return
    assert providers == {
        name: f"azurekeyvault://keyless-abc.vault.azure.net/keys/{name}/{KEY_VERSION}" for name in ("dev", "prod")
    }


def test_a_key_outlives_its_environment_and_goes_with_the_vault_only(preview: bool) -> None:
    deployment = declared(preview=preview)
    for each in deployment.all(KEY):
        assert each.request.retainOnDelete
        assert each.request.deletedWith == deployment.one(VAULT).urn


def test_vault_and_keys_are_protected_on_request(preview: bool) -> None:
    for protect in (False, True):
        deployment = declared(preview=preview, protect=protect)
        assert [each.request.protect for each in (deployment.one(VAULT), *deployment.all(KEY))] == [protect] * 3
