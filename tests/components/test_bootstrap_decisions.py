"""Every property that the SDK knows of the account that keeps the states, of its blob service, of the vault and of its
keys: what was decided about it, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pulumi_azure_native import keyvault, storage

from components.secrets_keys import SecretsKeys
from components.state_storage import StateStorage
from tests.components.deciding import check_decided, in_python
from tests.components.examples import SECRETS_KEYS, STATE_STORAGE
from tests.components.recording import deploy
from tests.components.test_decisions import DEFAULT, STORAGE_ACCOUNT

NO_TEMPLATES = "the SDK sets false: no virtual machine and no template takes anything from the vault"
NO_POLICY = "roles say who may, not policies in the vault"
FROM_ANYWHERE = "runners have no fixed addresses; what opens it is a role"

STATE_ACCOUNT: Mapping[str, str] = {
    **STORAGE_ACCOUNT,
    "custom_domain": "nobody but pulumi comes here",
    "immutable_storage_with_versioning": "a state is written over; versions and soft deletion keep what it was",
    "network_rule_set": FROM_ANYWHERE,
    "public_network_access": FROM_ANYWHERE,
}
BLOB_SERVICE: Mapping[str, str] = {
    "automatic_snapshot_policy_enabled": "deprecated in favour of versioning",
    "change_feed": "nobody reads it; versions tell what changed",
    "cors": "no browser comes here",
    "default_service_version": DEFAULT,
    "last_access_time_tracking_policy": "nothing is moved to a colder tier",
    "restore_policy": "one state is mended from its versions, never a whole account",
}
VAULT: Mapping[str, str] = {
    "access_policies": NO_POLICY,
    "create_mode": "a deleted vault is recovered by hand: somebody has to have meant the deletion",
    "enabled_for_deployment": NO_TEMPLATES,
    "enabled_for_disk_encryption": NO_TEMPLATES,
    "enabled_for_template_deployment": NO_TEMPLATES,
    "network_acls": FROM_ANYWHERE,
    "public_network_access": f"the SDK sets enabled: {FROM_ANYWHERE}",
}
KEY: Mapping[str, str] = {
    "attributes": "enabled, never ends, cannot be exported: a state must stay readable",
    "curve_name": "RSA: elliptic curves do not encrypt",
    "release_policy": "nothing is released",
    "rotation_policy": "a stack names the version of its key (pulumi/pulumi#22338), so nobody may turn it unasked",
}


def of_state_storage(type_: str) -> set[str]:
    return in_python(deploy(lambda: StateStorage("state", STATE_STORAGE)).one(type_).inputs)


def of_secrets_keys(type_: str) -> set[str]:
    """What stands in `properties`, where all that matters does."""
    declared = deploy(lambda: SecretsKeys("secrets", SECRETS_KEYS)).all(type_)
    return in_python(declared[0].inputs["properties"])


@pytest.mark.parametrize(
    ("args", "ours", "type_", "left_out"),
    [
        (storage.StorageAccountArgs, of_state_storage, "azure-native:storage:StorageAccount", STATE_ACCOUNT),
        (
            storage.BlobServicePropertiesArgs,
            of_state_storage,
            "azure-native:storage:BlobServiceProperties",
            BLOB_SERVICE,
        ),
        (keyvault.VaultPropertiesArgs, of_secrets_keys, "azure-native:keyvault:Vault", VAULT),
        (keyvault.KeyPropertiesArgs, of_secrets_keys, "azure-native:keyvault:Key", KEY),
    ],
    ids=["state account", "blob service", "vault", "key"],
)
def test_every_property_is_set_or_left_out_for_a_reason(
    args: Any, ours: Callable[[str], set[str]], type_: str, left_out: Mapping[str, str]
) -> None:
    check_decided(args, ours(type_), left_out)
