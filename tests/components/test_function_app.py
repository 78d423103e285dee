"""The function app: an identity, no key, no password, and nothing that speaks plain HTTP."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from components.function_app import FunctionApp
from components.role_assignment import (
    MONITORING_METRICS_PUBLISHER,
    STORAGE_BLOB_DATA_OWNER,
    role_assignment_name,
    role_definition_id,
)
from components.scale import Scale
from tests.components.examples import FUNCTION_APP
from tests.components.recording import (
    CONNECTION,
    PRINCIPAL,
    SUBSCRIPTION,
    UNKNOWN,
    Deployment,
    Registration,
    arm_id,
    deploy,
)

NAME = FUNCTION_APP.name
TAGS = {"project": "keyless", "stack": "dev"}
ACCOUNT_ID = arm_id("Microsoft.Storage/storageAccounts/keylessdevabc")
COMPONENT_ID = arm_id(f"microsoft.insights/components/{NAME}")
ROLE = "authorization:RoleAssignment"
TAGGED = (
    "resources:ResourceGroup",
    "storage:StorageAccount",
    "web:AppServicePlan",
    "web:WebApp",
    "operationalinsights:Workspace",
    "applicationinsights:Component",
)


def declared(*, preview: bool, **changes: Any) -> Deployment:
    return deploy(lambda: FunctionApp("caller", replace(FUNCTION_APP, **changes)), preview=preview)


def azure(deployment: Deployment, type_: str) -> Registration:
    return deployment.one(f"azure-native:{type_}")


def later(value: Any, *, preview: bool) -> Any:
    """Returns what a value that only the provider knows is in a preview and in an up."""
    return UNKNOWN if preview else value


def test_everything_stands_in_one_resource_group_in_the_region(preview: bool) -> None:
    deployment = declared(preview=preview)
    assert azure(deployment, "resources:ResourceGroup").inputs == {
        "resourceGroupName": NAME,
        "location": "westeurope",
        "tags": TAGS,
    }
    for type_ in TAGGED[1:]:
        inputs = azure(deployment, type_).inputs
        assert inputs["location"] == "westeurope"
        assert inputs["resourceGroupName"] == later(NAME, preview=preview)


def test_the_storage_account_takes_no_key_no_plain_http_and_shows_nothing_to_the_public(preview: bool) -> None:
    assert azure(declared(preview=preview), "storage:StorageAccount").inputs == {
        "resourceGroupName": later(NAME, preview=preview),
        "accountName": "keylessdevabc",
        "location": "westeurope",
        "tags": TAGS,
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
        "enableHttpsTrafficOnly": True,
        "minimumTlsVersion": "TLS1_2",
        "allowBlobPublicAccess": False,
        "allowCrossTenantReplication": False,
        "allowSharedKeyAccess": False,
        "defaultToOAuthAuthentication": True,
    }


def test_the_container_of_the_packages_is_private(preview: bool) -> None:
    container = azure(declared(preview=preview), "storage:BlobContainer").inputs
    assert container["publicAccess"] == "None"
    assert container["containerName"] == "app-package"
    assert container["accountName"] == later("keylessdevabc", preview=preview)


def test_the_plan_is_flex_consumption_on_linux(preview: bool) -> None:
    plan = azure(declared(preview=preview), "web:AppServicePlan").inputs
    assert (plan["sku"], plan["reserved"]) == ({"name": "FC1", "tier": "FlexConsumption"}, True)


def test_the_site_has_an_identity_of_its_own_and_speaks_tls_1_2_only(preview: bool) -> None:
    site = azure(declared(preview=preview), "web:WebApp").inputs
    assert site["identity"] == {"type": "SystemAssigned"}
    assert site["httpsOnly"] is True
    assert site["kind"] == "functionapp,linux"


def test_the_site_configuration_holds_nothing_that_flex_consumption_refuses(preview: bool) -> None:
    # Not even netFrameworkVersion, which the SDK's own class would add.
    site = azure(declared(preview=preview), "web:WebApp").inputs
    assert site["siteConfig"] == {"minTlsVersion": "1.2", "scmMinTlsVersion": "1.2", "http20Enabled": True}


def test_the_site_runs_python_and_takes_its_package_as_its_identity(preview: bool) -> None:
    config = azure(declared(preview=preview), "web:WebApp").inputs["functionAppConfig"]
    assert config == {
        "runtime": {"name": "python", "version": "3.12"},
        "scaleAndConcurrency": {"maximumInstanceCount": 40, "instanceMemoryMB": 2048},
        "deployment": {
            "storage": {
                "type": "blobContainer",
                "value": later("https://keylessdevabc.blob.core.windows.net/app-package", preview=preview),
                "authentication": {"type": "SystemAssignedIdentity"},
            }
        },
    }


def test_the_container_is_there_before_the_site_that_names_it(preview: bool) -> None:
    deployment = declared(preview=preview)
    assert azure(deployment, "storage:BlobContainer").urn in azure(deployment, "web:WebApp").request.dependencies


def test_the_old_site_goes_before_the_new_one_comes(preview: bool) -> None:
    request = azure(declared(preview=preview), "web:WebApp").request
    assert (request.deleteBeforeReplace, request.deleteBeforeReplaceDefined) == (True, True)


@pytest.mark.parametrize("policy", ["web:WebAppFtpAllowed", "web:WebAppScmAllowed"])
def test_nobody_publishes_with_a_password(preview: bool, policy: str) -> None:
    inputs = azure(declared(preview=preview), policy).inputs
    assert inputs == {"name": NAME, "resourceGroupName": later(NAME, preview=preview), "allow": False}


def test_settings_are_the_users_and_those_by_which_the_host_reaches_its_storage(preview: bool) -> None:
    settings = azure(declared(preview=preview), "web:WebAppApplicationSettings").inputs
    assert settings["name"] == NAME
    assert settings["properties"] == {
        "GREETING": "hello",
        "AzureWebJobsStorage__accountName": later("keylessdevabc", preview=preview),
        "AzureWebJobsStorage__credential": "managedidentity",
        "APPLICATIONINSIGHTS_CONNECTION_STRING": later(CONNECTION, preview=preview),
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "Authorization=AAD",
    }


def test_no_setting_is_on_the_site_itself(preview: bool) -> None:
    one, other = (
        azure(declared(preview=preview, app_settings=settings), "web:WebApp").inputs
        for settings in ({"GREETING": "hello"}, {"GREETING": "goodbye", "MORE": "x"})
    )
    assert one == other


@pytest.mark.parametrize(
    "part",
    [
        "storage:StorageAccount",
        "storage:BlobContainer",
        "web:AppServicePlan",
        "web:WebApp",
        "operationalinsights:Workspace",
        "applicationinsights:Component",
    ],
)
def test_what_lies_in_the_resource_group_is_deleted_with_it(preview: bool, part: str) -> None:
    deployment = declared(preview=preview)
    assert azure(deployment, part).request.deletedWith == azure(deployment, "resources:ResourceGroup").urn


@pytest.mark.parametrize("part", ["web:WebAppApplicationSettings", "web:WebAppFtpAllowed", "web:WebAppScmAllowed"])
def test_what_is_part_of_the_site_is_deleted_with_it(preview: bool, part: str) -> None:
    deployment = declared(preview=preview)
    assert azure(deployment, part).request.deletedWith == azure(deployment, "web:WebApp").urn


def test_the_parts_of_the_site_come_one_after_the_other(preview: bool) -> None:
    deployment = declared(preview=preview)
    ftp, scm, settings = (
        azure(deployment, f"web:{part}")
        for part in ("WebAppFtpAllowed", "WebAppScmAllowed", "WebAppApplicationSettings")
    )
    assert ftp.urn in scm.request.dependencies
    assert scm.urn in settings.request.dependencies


@pytest.mark.parametrize(
    ("name", "role", "scope"),
    [
        ("caller-storage-role", STORAGE_BLOB_DATA_OWNER, ACCOUNT_ID),
        ("caller-telemetry-role", MONITORING_METRICS_PUBLISHER, COMPONENT_ID),
    ],
)
def test_the_identity_owns_the_blobs_of_its_storage_account_sends_telemetry_and_may_do_nothing_else(
    preview: bool, name: str, role: str, scope: str
) -> None:
    roles = {each.name: each.inputs for each in declared(preview=preview).all(f"azure-native:{ROLE}")}
    assert len(roles) == 2
    assert roles[name] == {
        "scope": later(scope, preview=preview),
        "principalId": later(PRINCIPAL, preview=preview),
        "principalType": "ServicePrincipal",
        "roleDefinitionId": later(
            f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}", preview=preview
        ),
        "roleAssignmentName": later(
            role_assignment_name(role=role, scope=scope, principal_id=PRINCIPAL), preview=preview
        ),
    }


def test_the_identity_is_looked_up_by_the_id_of_the_site_and_only_once_there_is_one(preview: bool) -> None:
    asked = declared(preview=preview).looked_up
    assert asked == (
        []
        if preview
        else [
            ("getComponent", {"resourceGroupName": "group", "resourceName": NAME}),
            ("getWebApp", {"resourceGroupName": "group", "name": NAME}),
        ]
    )


def test_telemetry_goes_to_a_workspace_and_is_taken_from_identities_only(preview: bool) -> None:
    deployment = declared(preview=preview)
    workspace = azure(deployment, "operationalinsights:Workspace")
    component = azure(deployment, "applicationinsights:Component").inputs
    assert workspace.inputs["sku"] == {"name": "PerGB2018"}
    assert workspace.inputs["retentionInDays"] == 30
    assert workspace.inputs["features"]["disableLocalAuth"] is True
    assert component["disableLocalAuth"] is True
    assert component["ingestionMode"] == "LogAnalytics"
    assert component["workspaceResourceId"] == later(
        arm_id(f"Microsoft.OperationalInsights/workspaces/{NAME}"), preview=preview
    )


def test_audit_logs_go_to_the_workspace_and_the_setting_is_deleted_by_itself(preview: bool) -> None:
    deployment = declared(preview=preview)
    setting = azure(deployment, "monitor:DiagnosticSetting")
    assert [each["category"] for each in setting.inputs["logs"] if each["enabled"]] == [
        "AppServiceAuditLogs",
        "AppServiceAuthenticationLogs",
        "AppServiceIPSecAuditLogs",
    ]
    assert setting.inputs["resourceUri"] == later(arm_id(f"Microsoft.Web/sites/{NAME}"), preview=preview)
    assert setting.request.deletedWith == ""


def test_everything_that_takes_tags_has_them(preview: bool) -> None:
    deployment = declared(preview=preview)
    assert [azure(deployment, type_).inputs["tags"] for type_ in TAGGED] == [TAGS] * len(TAGGED)


def test_instances_are_always_ready_if_asked(preview: bool) -> None:
    scale = Scale(maximum_instance_count=100, instance_memory_mb=4096, always_ready=2)
    config = azure(declared(preview=preview, scale=scale), "web:WebApp").inputs["functionAppConfig"]
    assert config["scaleAndConcurrency"] == {
        "maximumInstanceCount": 100,
        "instanceMemoryMB": 4096,
        "alwaysReady": [{"name": "http", "instanceCount": 2}],
    }


def test_only_the_allowed_reach_the_app_and_the_deployment_still_reaches_it(preview: bool) -> None:
    inputs = azure(declared(preview=preview, allowed_ip_ranges=("203.0.113.0/24",)), "web:WebApp").inputs
    assert inputs["siteConfig"] == {
        "minTlsVersion": "1.2",
        "scmMinTlsVersion": "1.2",
        "http20Enabled": True,
        "ipSecurityRestrictionsDefaultAction": "Deny",
        "scmIpSecurityRestrictionsUseMain": False,
        "ipSecurityRestrictions": [
            {"name": "allowed-1", "ipAddress": "203.0.113.0/24", "action": "Allow", "priority": 101}
        ],
    }


def test_a_new_identity_gets_a_role_assignment_of_a_new_name() -> None:
    names = {
        role_assignment_name(role=STORAGE_BLOB_DATA_OWNER, scope=ACCOUNT_ID, principal_id=str(uuid.UUID(int=n)))
        for n in range(10)
    }
    assert len(names) == 10
    assert all(uuid.UUID(name).version == 5 for name in names)


def test_the_name_of_a_role_assignment_does_not_depend_on_the_case_in_which_arm_answers() -> None:
    lower, upper = (
        role_assignment_name(role=STORAGE_BLOB_DATA_OWNER, scope=scope, principal_id=principal)
        for scope, principal in ((ACCOUNT_ID, PRINCIPAL), (ACCOUNT_ID.upper(), PRINCIPAL.upper()))
    )
    assert lower == upper


def test_a_role_definition_is_named_in_the_subscription_of_its_scope() -> None:
    assert role_definition_id(role=STORAGE_BLOB_DATA_OWNER, scope=ACCOUNT_ID).startswith(
        f"/subscriptions/{SUBSCRIPTION}/providers/"
    )


@pytest.mark.parametrize("protect", [True, False])
def test_the_site_is_protected_if_asked_and_its_identity_with_it(preview: bool, protect: bool) -> None:
    deployment = declared(preview=preview, protect=protect)
    protected = [each.type for each in deployment.registrations if each.request.protect]
    assert protected == (["azure-native:web:WebApp"] if protect else [])


def test_a_preview_does_not_make_up_an_identity() -> None:
    deployment = declared(preview=True)
    assert deployment.outputs[deployment.one("keyless:compute:FunctionApp").urn]["principalId"] == UNKNOWN
