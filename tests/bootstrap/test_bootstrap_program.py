"""The bootstrap as a whole: what stands in its graph."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from access.roles.published import graph_roles
from components.granted_api import ImpossibleGrantsError
from components.role_assignment import STORAGE_BLOB_DATA_CONTRIBUTOR
from settings import InvalidSettingsError
from tests.components.directory import GRAPH, TENANT, Directory, principal
from tests.components.recording import KEY_VERSION, SUBSCRIPTION, UNKNOWN, Deployment, deploy, guid_of

ROOT = Path(__file__).parents[2]
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
GRANT = "azuread:index/appRoleAssignment:AppRoleAssignment"
CREDENTIAL = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"
OPERATORS = "11111111-2222-4333-8444-555555555555"
PREVIEWING = ("Application.Read.All",)
DEPLOYING = ("Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All", "Application.Read.All")
MICROSOFT_GRAPH = {
    **principal("Microsoft Graph", GRAPH),
    "appRoles": [
        {
            "id": role.id,
            "value": role.name,
            "displayName": role.name,
            "description": role.name,
            "enabled": True,
            "allowedMemberTypes": ["Application"],
        }
        for role in graph_roles().values()
        if role.name in DEPLOYING
    ],
}
SAMPLE: dict[str, Any] = yaml.safe_load((ROOT / "bootstrap" / "Pulumi.ci.yaml").read_text())["config"]


def run(*, preview: bool = False, directory: Directory | None = None, **changes: Any) -> Deployment:
    config = {**SAMPLE, **{f"keyless-bootstrap:{key}": value for key, value in changes.items()}}
    return deploy(
        lambda: runpy.run_path(str(ROOT / "bootstrap"), run_name="__main__"),
        project="keyless-bootstrap",
        stack="ci",
        preview=preview,
        config={
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in config.items()
            if value is not None
        },
        answer=directory or Directory((MICROSOFT_GRAPH,)),
    )


def test_there_is_one_identity_that_previews_and_one_for_each_environment_that_deploys(preview: bool) -> None:
    deployment = run(preview=preview)
    identities = [each.name for each in deployment.all("keyless:identity:PipelineIdentity")]
    assert identities == ["deploy-dev", "deploy-prod", "preview"]
    names = [each.inputs["displayName"] for each in deployment.all("azuread:index/application:Application")]
    assert names == ["contoso/keyless: deploy dev", "contoso/keyless: deploy prod", "contoso/keyless: preview"]


def test_each_identity_trusts_its_jobs_in_both_forms_and_no_others(preview: bool) -> None:
    trusted = {each.name: each.inputs["subject"] for each in run(preview=preview).all(CREDENTIAL)}
    ids = "contoso@5544123/keyless@821093847"
    assert trusted == {
        "preview-pull-request": "repo:contoso/keyless:pull_request",
        "preview-pull-request-ids": f"repo:{ids}:pull_request",
        "preview-branch-main": "repo:contoso/keyless:ref:refs/heads/main",
        "preview-branch-main-ids": f"repo:{ids}:ref:refs/heads/main",
        "deploy-dev-environment-dev": "repo:contoso/keyless:environment:dev",
        "deploy-dev-environment-dev-ids": f"repo:{ids}:environment:dev",
        "deploy-prod-environment-prod": "repo:contoso/keyless:environment:prod",
        "deploy-prod-environment-prod-ids": f"repo:{ids}:environment:prod",
    }


def test_previewing_reads_the_directory_and_deploying_changes_what_it_owns_and_grants(preview: bool) -> None:
    roles = {role["id"]: role["value"] for role in MICROSOFT_GRAPH["appRoles"]}
    granted: dict[str, set[str]] = {}
    for each in run(preview=preview).all(GRANT):
        identity = each.name.partition("-microsoft-graph-")[0]
        assert each.inputs["resourceObjectId"] == MICROSOFT_GRAPH["objectId"]
        known = guid_of(f"{identity}-service-principal", stack="ci")
        assert each.inputs["principalObjectId"] == (UNKNOWN if preview else known)
        granted.setdefault(identity, set()).add(roles[each.inputs["appRoleId"]])
    assert granted == {"preview": {*PREVIEWING}, "deploy-dev": {*DEPLOYING}, "deploy-prod": {*DEPLOYING}}


def test_rights_go_with_the_identity_that_held_them(preview: bool) -> None:
    deployment = run(preview=preview)
    principals = {each.name: each.urn for each in deployment.all("azuread:index/servicePrincipal:ServicePrincipal")}
    for each in deployment.all(GRANT):
        identity = each.name.partition("-microsoft-graph-")[0]
        assert each.request.deletedWith == principals[f"{identity}-service-principal"]


def test_each_environment_is_a_subscription_that_only_its_deployer_changes(preview: bool) -> None:
    scopes = {
        each.name: each.inputs["scope"]
        for each in run(preview=preview).all(ASSIGNMENT)
        if each.name.startswith(("dev-", "prod-"))
    }
    environments = SAMPLE["keyless-bootstrap:environments"]
    for environment in ("dev", "prod"):
        scope = f"/subscriptions/{environments[environment]['subscriptionId']}"
        assert {name: where for name, where in scopes.items() if name.startswith(f"{environment}-")} == {
            f"{environment}-{what}": scope
            for what in (
                "deploy-contributes",
                "deploy-gives-roles-to-apps",
                "preview-reads",
                "preview-reads-settings",
            )
        }


def test_variables_are_those_that_the_workflows_read() -> None:
    outputs = run().stack_outputs
    dev, prod = (SAMPLE["keyless-bootstrap:environments"][each]["subscriptionId"] for each in ("dev", "prod"))
    client = {each: guid_of(f"{each}-application", stack="ci") for each in ("preview", "deploy-dev", "deploy-prod")}
    urls = outputs["backendUrls"]
    assert outputs["githubVariables"] == {
        "repository": {
            "AZURE_TENANT_ID": TENANT,
            "AZURE_CLIENT_ID": client["preview"],
            "AZURE_SUBSCRIPTION_ID_DEV": dev,
            "AZURE_SUBSCRIPTION_ID_PROD": prod,
            "PULUMI_BACKEND_URL_DEV": urls["dev"],
            "PULUMI_BACKEND_URL_PROD": urls["prod"],
        },
        "environments": {
            name: {
                "AZURE_CLIENT_ID": client[f"deploy-{name}"],
                "AZURE_SUBSCRIPTION_ID": subscription,
                "PULUMI_BACKEND_URL": urls[name],
            }
            for name, subscription in (("dev", dev), ("prod", prod))
        },
    }
    assert (outputs["tenantId"], outputs["previewClientId"]) == (TENANT, client["preview"])
    assert outputs["deployClientIds"] == {"dev": client["deploy-dev"], "prod": client["deploy-prod"]}
    assert outputs["secretsProviders"]["dev"].endswith(f".vault.azure.net/keys/dev/{KEY_VERSION}")


def test_without_state_and_keys_there_is_nothing_to_keep_and_no_variable_for_it(preview: bool) -> None:
    deployment = run(preview=preview, stateStorage=None, secretsKeys=None)
    kinds = {each.type for each in deployment.registrations}
    assert not {kind for kind in kinds if kind.startswith(("azure-native:storage", "azure-native:keyvault"))}
    assert "azure-native:resources:ResourceGroup" not in kinds
    outputs = deployment.stack_outputs
    assert not {"backendUrls", "secretsProviders"} & outputs.keys()
    assert "PULUMI_BACKEND_URL" not in json.dumps(outputs["githubVariables"])


@pytest.mark.parametrize(("key", "kind"), [("stateStorage", "keyvault"), ("secretsKeys", "storage")])
def test_state_and_keys_are_asked_for_one_by_one(key: str, kind: str, preview: bool) -> None:
    other = {"stateStorage": "secretsKeys", "secretsKeys": "stateStorage"}[key]
    kinds = {each.type for each in run(preview=preview, **{other: None}).registrations}
    assert not {each for each in kinds if each.startswith(f"azure-native:{kind}")}
    assert "azure-native:resources:ResourceGroup" in kinds


def test_operators_are_a_group_that_writes_every_state_and_uses_every_key(preview: bool) -> None:
    deployment = run(preview=preview, operators=OPERATORS)
    theirs = [each for each in deployment.all(ASSIGNMENT) if each.inputs["principalId"] == OPERATORS]
    assert [each.name for each in theirs] == [
        "secrets-dev-operators-use",
        "secrets-prod-operators-use",
        "state-dev-operators-write",
        "state-prod-operators-write",
    ]
    assert {each.inputs["principalType"] for each in theirs} == {"Group"}
    if not preview:
        writing = [each.inputs["roleDefinitionId"].rpartition("/")[2] for each in theirs[2:]]
        assert writing == [STORAGE_BLOB_DATA_CONTRIBUTOR] * 2


def test_what_must_not_be_lost_is_protected_on_request(preview: bool) -> None:
    guarded = {each.name for each in run(preview=preview, protect=True).registrations if each.request.protect}
    assert guarded == {
        *("deploy-dev-application", "deploy-prod-application", "preview-application"),
        *("state-account", "state-dev", "state-prod"),
        *("secrets-vault", "secrets-dev", "secrets-prod"),
    }


def test_a_tenant_without_a_role_of_graph_gets_nothing_registered() -> None:
    small = Directory((principal("Microsoft Graph", GRAPH, applications=("Application.Read.All",)),))
    into = Deployment()
    with pytest.raises(ImpossibleGrantsError):
        run(directory=small)
    assert into.registrations == []


def test_an_environment_in_the_subscription_of_the_state_gets_nothing_registered() -> None:
    with pytest.raises(InvalidSettingsError, match="is also the subscription that state and keys are to be made in"):
        run(environments={"dev": {"subscriptionId": SUBSCRIPTION}})
