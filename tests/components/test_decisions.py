"""Every property of the site, of its configuration and of the storage account that the SDK knows: what was decided
about it, and why.

An upgrade of the SDK that brings a new one fails here until somebody has decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pulumi_azure_native import storage, web

from components.function_app import FunctionApp
from components.scale import Scale
from tests.components.deciding import check_decided, in_python
from tests.components.examples import FUNCTION_APP
from tests.components.recording import deploy

SITE_TYPE = "azure-native:web:WebApp"
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
REFUSED = (
    "Flex Consumption refuses it: functionAppConfig says it (App settings reference, Flex Consumption deprecations)"
)
NO_VERSION = "the runtime is said in functionAppConfig"
NO_LOG_FILES = "logs go to Application Insights; there is no disk to keep them on"
NO_WEB_SERVER = "of web servers: the Functions host answers"
A_RESOURCE_OF_ITS_OWN = "settings change often, so they are a resource of their own; none is a connection string"

SITE_CONFIG: Mapping[str, str] = {
    "acr_use_managed_identity_creds": "no container image",
    "acr_user_managed_identity_id": "no container image",
    "always_on": REFUSED,
    "api_definition": NO_WEB_SERVER,
    "api_management_config": "no API Management",
    "app_command_line": NO_VERSION,
    "app_settings": A_RESOURCE_OF_ITS_OWN,
    "auto_heal_enabled": OTHER_PLANS,
    "auto_heal_rules": OTHER_PLANS,
    "auto_swap_slot_name": "Flex Consumption has no slots",
    "azure_storage_accounts": "a share is reached with the account's key",
    "connection_strings": A_RESOURCE_OF_ITS_OWN,
    "cors": "no page of another origin calls the function",
    "default_documents": NO_WEB_SERVER,
    "detailed_error_logging_enabled": NO_LOG_FILES,
    "document_root": NO_WEB_SERVER,
    "elastic_web_app_scale_limit": OTHER_PLANS,
    "experiments": "Flex Consumption has no slots",
    "ftps_state": REFUSED,
    "function_app_scale_limit": REFUSED,
    "functions_runtime_scale_monitoring_enabled": OTHER_PLANS,
    "handler_mappings": NO_WEB_SERVER,
    "health_check_path": (
        "the platform has no health check on Flex Consumption, where an instance that fails is replaced anyway "
        "(microsoft/azure-skills, Azure Functions - Reliability Reference, supported plans)"
    ),
    "http20_proxy_flag": "HTTP/2 ends at the front end",
    "http_logging_enabled": NO_LOG_FILES,
    "java_container": NO_VERSION,
    "java_container_version": NO_VERSION,
    "java_version": NO_VERSION,
    "key_vault_reference_identity": "no reference to a vault: there are no secrets",
    "limits": OTHER_PLANS,
    "linux_fx_version": REFUSED,
    "load_balancing": OTHER_PLANS,
    "local_my_sql_enabled": OTHER_PLANS,
    "logs_directory_size_limit": NO_LOG_FILES,
    "managed_pipeline_mode": NO_WEB_SERVER,
    "managed_service_identity_id": "the site has its own identity only",
    "metadata": "of portals",
    "min_tls_cipher_suite": DEFAULT,
    "minimum_elastic_instance_count": OTHER_PLANS,
    "net_framework_version": REFUSED,
    "node_version": NO_VERSION,
    "number_of_workers": "scale is said in functionAppConfig",
    "php_version": NO_VERSION,
    "power_shell_version": REFUSED,
    "pre_warmed_instance_count": REFUSED,
    "public_network_access": "on, as that of the site",
    "publishing_username": "nobody publishes with a password",
    "push": OTHER_PLANS,
    "python_version": NO_VERSION,
    "remote_debugging_enabled": "off unless asked for",
    "remote_debugging_version": "off unless asked for",
    "request_tracing_enabled": NO_LOG_FILES,
    "request_tracing_expiration_time": NO_LOG_FILES,
    "scm_ip_security_restrictions": "the deployment comes from anywhere, with a token of who may publish",
    "scm_ip_security_restrictions_default_action": "the deployment comes from anywhere, as above",
    "scm_type": "code comes by OneDeploy",
    "tracing_options": NO_LOG_FILES,
    "use32_bit_worker_process": REFUSED,
    "virtual_applications": NO_WEB_SERVER,
    "vnet_name": NO_NETWORK,
    "vnet_private_ports_count": NO_NETWORK,
    "vnet_route_all_enabled": REFUSED,
    "web_sockets_enabled": "functions answer one request each",
    "website_time_zone": OTHER_PLANS,
    "windows_fx_version": REFUSED,
    "x_managed_service_identity_id": "the site has its own identity only",
}
FUNCTION_APP_CONFIG: Mapping[str, str] = {"site_update_strategy": DEFAULT}
SCALE_AND_CONCURRENCY: Mapping[str, str] = {
    "triggers": "how many requests an instance takes at once follows its memory"
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


# Everything that the program may set, as by the options of a production stack.
LIMITED = replace(FUNCTION_APP, allowed_ip_ranges=["203.0.113.0/24"], scale=Scale(always_ready=1))


def set_by_program(type_: str, *path: str) -> set[str]:
    """The names of what the program sets, as the SDK writes them."""
    given: Any = deploy(lambda: FunctionApp("caller", LIMITED)).one(type_).inputs
    for name in path:
        given = given[name]
    return in_python(given)


@pytest.mark.parametrize(
    ("args", "type_", "path", "left_out"),
    [
        (web.WebAppArgs, SITE_TYPE, [], SITE),
        (web.SiteConfigArgs, SITE_TYPE, ["siteConfig"], SITE_CONFIG),
        (web.FunctionAppConfigArgs, SITE_TYPE, ["functionAppConfig"], FUNCTION_APP_CONFIG),
        (
            web.FunctionsScaleAndConcurrencyArgs,
            SITE_TYPE,
            ["functionAppConfig", "scaleAndConcurrency"],
            SCALE_AND_CONCURRENCY,
        ),
        (storage.StorageAccountArgs, "azure-native:storage:StorageAccount", [], STORAGE_ACCOUNT),
    ],
    ids=["site", "its configuration", "its function app configuration", "its scale", "storage account"],
)
def test_every_property_is_set_or_left_out_for_a_reason(
    args: Any, type_: str, path: list[str], left_out: Mapping[str, str]
) -> None:
    check_decided(args, set_by_program(type_, *path), left_out)
