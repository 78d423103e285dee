"""Every property of the site and of the storage account that the SDK knows: what was decided about it, and why.

An upgrade of the SDK that brings a new one fails here until somebody has decided.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_azure_native import storage, web

from components.function_app import FunctionApp
from tests.components.examples import FUNCTION_APP
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


def set_by_program(type_: str) -> set[str]:
    deployment = deploy(lambda: FunctionApp("caller", FUNCTION_APP))
    given = deployment.one(type_).inputs
    return {"".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name) for name in given}


@pytest.mark.parametrize(
    ("args", "type_", "left_out"),
    [
        (web.WebAppArgs, "azure-native:web:WebApp", SITE),
        (storage.StorageAccountArgs, "azure-native:storage:StorageAccount", STORAGE_ACCOUNT),
    ],
    ids=["site", "storage account"],
)
def test_every_property_is_set_or_left_out_for_a_reason(args: Any, type_: str, left_out: Mapping[str, str]) -> None:
    known = set(inspect.signature(args.__init__).parameters) - {"__self__"}
    ours = {
        "default_to_o_auth_authentication" if name.startswith("default_to_o") else name
        for name in set_by_program(type_)
    }
    undecided = known - ours - left_out.keys()
    assert not undecided, f"The SDK has properties that nobody has decided about: {sorted(undecided)}"
    assert not left_out.keys() - known, "A reason for a property that the SDK no longer has"
    sdk_defaults = {name for name, reason in left_out.items() if reason.startswith("the SDK sets")}
    assert left_out.keys() & ours == sdk_defaults
