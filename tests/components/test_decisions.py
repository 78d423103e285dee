"""Every property that the SDK knows of a site, a storage account, a vault and the like: what was decided about it, and
why.

An upgrade of the SDK that brings a new one fails here until somebody has decided.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
from pulumi_azure_native import keyvault, storage, web

from components.function_app import FunctionApp
from components.secrets_keys import SecretsKeys
from components.state_storage import StateStorage
from tests.components.examples import FUNCTION_APP, SECRETS_KEYS, STATE_STORAGE
from tests.components.recording import deploy

OTHER_PLANS = "of other plans: Flex Consumption has no such thing"
DEFAULT = "Azure's default is what is wanted"
NO_NETWORK = "the app is in no virtual network; who may call it is said by access restrictions"
NO_CERTIFICATES = "callers of the function sign in with tokens, if at all, and not with certificates"

SITE: Mapping[str, str] = {
    "auto_generated_domain_name_label_scope": "the name is unique already: it ends in a hash of tenant and stack",
    "client_affinity_enabled": "the SDK sets false: functions keep nothing between requests",
    "client_affinity_partitioning_enabled": OTHER_PLANS,
    "client_affinity_proxy_enabled": OTHER_PLANS,
    "client_cert_enabled": NO_CERTIFICATES,
    "client_cert_exclusion_paths": NO_CERTIFICATES,
    "client_cert_mode": NO_CERTIFICATES,
    "cloning_info": "the site is no copy",
    "container_size": OTHER_PLANS,
    "custom_domain_verification_id": "read-only in effect: the subscription's",
    "daily_memory_time_quota": OTHER_PLANS,
    "dapr_config": OTHER_PLANS,
    "dns_configuration": NO_NETWORK,
    "enabled": DEFAULT,
    "end_to_end_encryption_enabled": OTHER_PLANS,
    "extended_location": OTHER_PLANS,
    "host_name_ssl_states": "no domain of its own",
    "host_names_disabled": DEFAULT,
    "hosting_environment_profile": OTHER_PLANS,
    "hyper_v": "the SDK sets false: Linux",
    "ip_mode": DEFAULT,
    "is_xenon": "the SDK sets false: Linux",
    "key_vault_reference_identity": "no reference to a vault: there are no secrets",
    "managed_environment_id": OTHER_PLANS,
    "outbound_vnet_routing": NO_NETWORK,
    "public_network_access": "on: access restrictions say who; off would take a private endpoint",
    "redundancy_mode": OTHER_PLANS,
    "reserved": "follows the plan, which is Linux",
    "resource_config": OTHER_PLANS,
    "scm_site_also_stopped": "the SDK sets false: a stopped app can still be deployed to",
    "ssh_enabled": OTHER_PLANS,
    "storage_account_required": OTHER_PLANS,
    "virtual_network_subnet_id": NO_NETWORK,
    "workload_profile_name": OTHER_PLANS,
}
NOT_FILES = "only blobs are used"
NO_OTHER_REGION = "Standard_LRS: what is lost can be deployed again"

STORAGE_ACCOUNT: Mapping[str, str] = {
    "access_tier": DEFAULT,
    "allowed_copy_scope": "copying out takes a role, and cross-tenant replication is off",
    "azure_files_identity_based_authentication": NOT_FILES,
    "custom_domain": "nobody but the host comes here",
    "dns_endpoint_type": DEFAULT,
    "enable_extended_groups": NOT_FILES,
    "enable_nfs_v3": NOT_FILES,
    "encryption": "Azure's own key: a customer's key would be a key somebody has to hold",
    "extended_location": "an ordinary region",
    "identity": "the account calls nobody",
    "immutable_storage_with_versioning": "each deployment replaces the package",
    "is_hns_enabled": NOT_FILES,
    "is_local_user_enabled": "no SFTP, so no local users",
    "is_sftp_enabled": "off unless asked for",
    "key_policy": "keys are disabled",
    "large_file_shares_state": NOT_FILES,
    "network_rule_set": "the platform reaches it over the public network, as Flex Consumption without one has to",
    "public_network_access": "as network_rule_set",
    "routing_preference": NO_OTHER_REGION,
    "sas_policy": "signatures take a key, or a role that nobody has",
}


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


def in_snake_case(names: Iterable[str]) -> set[str]:
    return {"".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name) for name in names}


def of_function_app(type_: str) -> set[str]:
    return in_snake_case(deploy(lambda: FunctionApp("caller", FUNCTION_APP)).one(type_).inputs)


def of_state_storage(type_: str) -> set[str]:
    return in_snake_case(deploy(lambda: StateStorage("state", STATE_STORAGE)).one(type_).inputs)


def of_secrets_keys(type_: str) -> set[str]:
    """What stands in `properties`, where all that matters does."""
    declared = deploy(lambda: SecretsKeys("secrets", SECRETS_KEYS)).all(type_)
    return in_snake_case(declared[0].inputs["properties"])


@pytest.mark.parametrize(
    ("args", "ours", "left_out"),
    [
        (web.WebAppArgs, lambda: of_function_app("azure-native:web:WebApp"), SITE),
        (
            storage.StorageAccountArgs,
            lambda: of_function_app("azure-native:storage:StorageAccount"),
            STORAGE_ACCOUNT,
        ),
        (
            storage.StorageAccountArgs,
            lambda: of_state_storage("azure-native:storage:StorageAccount"),
            STATE_ACCOUNT,
        ),
        (
            storage.BlobServicePropertiesArgs,
            lambda: of_state_storage("azure-native:storage:BlobServiceProperties"),
            BLOB_SERVICE,
        ),
        (keyvault.VaultPropertiesArgs, lambda: of_secrets_keys("azure-native:keyvault:Vault"), VAULT),
        (keyvault.KeyPropertiesArgs, lambda: of_secrets_keys("azure-native:keyvault:Key"), KEY),
    ],
    ids=["site", "storage account", "state account", "blob service", "vault", "key"],
)
def test_every_property_is_set_or_left_out_for_a_reason(
    args: Any, ours: Callable[[], set[str]], left_out: Mapping[str, str]
) -> None:
    known = set(inspect.signature(args.__init__).parameters) - {"__self__"}
    given = {"default_to_o_auth_authentication" if name.startswith("default_to_o") else name for name in ours()}
    undecided = known - given - left_out.keys()
    assert not undecided, f"The SDK has properties that nobody has decided about: {sorted(undecided)}"
    assert not left_out.keys() - known, "A reason for a property that the SDK no longer has"
    sdk_defaults = {name for name, reason in left_out.items() if reason.startswith("the SDK sets")}
    assert left_out.keys() & given == sdk_defaults
