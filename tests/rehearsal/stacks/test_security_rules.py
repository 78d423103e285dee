"""What a scanner of Azure resources finds on the deployed stack: nothing that is not listed here with a reason.

The rules are those of checkov for the types there are (bridgecrewio/checkov 3.3, `checkov/arm/checks/resource`), by its
numbers, and those of Azure Policy for what checkov has no eye for, by their names. They look at the resources as
Resource Manager shows them after an up. With checkov on PATH (`pipx install checkov==3.3.30`) it looks at them too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.stacks.rehearsed import Rehearsed, rehearsed

Resource = Mapping[str, Any]
Rule = Callable[[Resource, Mapping[str, Any]], bool]
"""Whether a resource keeps to a rule; the second argument is what it has in `properties`."""

STORAGE_ACCOUNT = "Microsoft.Storage/storageAccounts"
CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers"
PLAN = "Microsoft.Web/serverfarms"
SITE = "Microsoft.Web/sites"
SITE_CONFIG = "Microsoft.Web/sites/config"
PUBLISHING = "Microsoft.Web/sites/basicPublishingCredentialsPolicies"
COMPONENT = "microsoft.insights/components"
WORKSPACE = "Microsoft.OperationalInsights/workspaces"
VERSIONS = {
    STORAGE_ACCOUNT: "2024-01-01",
    CONTAINER: "2024-01-01",
    PLAN: "2025-05-01",
    SITE: "2025-05-01",
    SITE_CONFIG: "2025-05-01",
    PUBLISHING: "2025-05-01",
    COMPONENT: "2020-02-02",
    WORKSPACE: "2023-09-01",
}
TLS = ("1.2", "1.3")
RULES: dict[str, dict[str, Rule]] = {
    STORAGE_ACCOUNT: {
        "CKV_AZURE_3 secure transfer is required": lambda _, its: its["supportsHttpsTrafficOnly"] is True,
        "CKV_AZURE_35 the network is closed by default": lambda _, its: its["networkAcls"]["defaultAction"] == "Deny",
        "CKV_AZURE_36 Microsoft's services may pass": lambda _, its: "AzureServices" in its["networkAcls"]["bypass"],
        "CKV_AZURE_43 a name that Azure takes": lambda it, _: re.fullmatch("[a-z0-9]{3,24}", it["name"]) is not None,
        "CKV_AZURE_44 TLS 1.2 at least": lambda _, its: its["minimumTlsVersion"] in ("TLS1_2", "TLS1_3"),
        "CKV_AZURE_59 not on the public network": lambda _, its: its.get("publicNetworkAccess") == "Disabled",
        "CKV_AZURE_190 no public blobs": lambda _, its: its["allowBlobPublicAccess"] is False,
        "CKV_AZURE_206 replicated beyond one data centre": lambda it, _: it["sku"]["name"] != "Standard_LRS",
        "CKV_AZURE_244 no local users": lambda _, its: not its.get("isLocalUserEnabled"),
        "CKV2_AZURE_40 no shared keys": lambda _, its: its["allowSharedKeyAccess"] is False,
        "Storage accounts should prevent cross tenant object replication": lambda _, its: (
            its["allowCrossTenantReplication"] is False
        ),
    },
    CONTAINER: {"CKV_AZURE_34 containers are private": lambda _, its: its["publicAccess"] == "None"},
    PLAN: {"CKV_AZURE_225 zone redundant": lambda _, its: its["zoneRedundant"] is True},
    SITE: {
        "CKV_AZURE_14/70/153 HTTPS only": lambda _, its: its["httpsOnly"] is True,
        "CKV_AZURE_15/145 TLS 1.2 at least": lambda _, its: its["siteConfig"]["minTlsVersion"] in TLS,
        "CKV_AZURE_16/71 a managed identity": lambda it, _: it["identity"]["type"] == "SystemAssigned",
        "CKV_AZURE_17 client certificates": lambda _, its: its["clientCertEnabled"] is True,
        "CKV_AZURE_18/67 HTTP/2": lambda _, its: its["siteConfig"]["http20Enabled"] is True,
        "CKV_AZURE_57/62 not every origin by CORS": lambda _, its: (
            "*" not in (its["siteConfig"].get("cors") or {}).get("allowedOrigins", [])
        ),
        "CKV_AZURE_72/155 no remote debugging": lambda _, its: its["siteConfig"]["remoteDebuggingEnabled"] is False,
        "CKV_AZURE_78 no plain FTP": lambda _, its: its["siteConfig"]["ftpsState"] in ("Disabled", "FtpsOnly"),
        "CKV_AZURE_81/82 the latest PHP and Python": lambda _, its: bool(its["siteConfig"]["pythonVersion"]),
        "CKV_AZURE_212 two instances at least": lambda _, its: its["siteConfig"]["numberOfWorkers"] > 1,
        "CKV_AZURE_213 a health check": lambda _, its: bool(its["siteConfig"].get("healthCheckPath")),
        "CKV_AZURE_222 not on the public network": lambda _, its: its.get("publicNetworkAccess") == "Disabled",
        "Function apps should use latest TLS version, also where they are published": lambda _, its: (
            its["siteConfig"]["scmMinTlsVersion"] in TLS
        ),
    },
    SITE_CONFIG: {
        "CKV_AZURE_13/56 App Service Authentication": lambda it, _: it["name"].endswith("authsettingsV2"),
        "CKV_AZURE_63/65/66 HTTP, error and request logs": lambda _, its: (
            its["httpLoggingEnabled"] and its["detailedErrorLoggingEnabled"] and its["requestTracingEnabled"]
        ),
        "CKV_AZURE_80 the latest .NET": lambda _, its: its["netFrameworkVersion"] == "v8.0",
        "CKV_AZURE_88 Azure Files": lambda _, its: bool(its.get("azureStorageAccounts")),
    },
    PUBLISHING: {
        "Function apps should have local authentication methods disabled for FTP and SCM site deployments": (
            lambda _, its: its["allow"] is False
        )
    },
    COMPONENT: {
        "Application Insights components should block non-Azure Active Directory based ingestion": lambda _, its: (
            its["DisableLocalAuth"] is True
        ),
        "Application Insights components should block ingestion and querying from public networks": lambda _, its: (
            "Enabled" not in (its["publicNetworkAccessForIngestion"], its["publicNetworkAccessForQuery"])
        ),
    },
    WORKSPACE: {
        "Log Analytics workspaces should block non-Azure Active Directory based ingestion": lambda _, its: (
            its["features"]["disableLocalAuth"] is True
        ),
        "Log Analytics workspaces should block ingestion and querying from public networks": lambda _, its: (
            "Enabled" not in (its["publicNetworkAccessForIngestion"], its["publicNetworkAccessForQuery"])
        ),
    },
}
_NO_NETWORK = "without a virtual network the platform comes from anywhere; without keys only roles open it"
_IN_FUNCTION_APP_CONFIG = "the scanner reads siteConfig; on Flex Consumption functionAppConfig says it"
ACCEPTED = {
    "CKV_AZURE_35 the network is closed by default": _NO_NETWORK,
    "CKV_AZURE_59 not on the public network": _NO_NETWORK,
    "CKV_AZURE_206 replicated beyond one data centre": (
        "it holds the package and the host's state: both come again with the next up"
    ),
    "CKV_AZURE_225 zone redundant": "costs two instances that are always ready; nothing here promises it",
    "CKV_AZURE_13/56 App Service Authentication": (
        "it signs people in; who may call the function is said by keyless:allowedIpRanges, and the API that it calls "
        "checks every token"
    ),
    "CKV_AZURE_17 client certificates": "callers sign in with tokens, if at all",
    "CKV_AZURE_63/65/66 HTTP, error and request logs": (
        "they are files on the disk of other plans; here Application Insights has every request and error"
    ),
    "CKV_AZURE_80 the latest .NET": f"there is no .NET; {_IN_FUNCTION_APP_CONFIG}",
    "CKV_AZURE_81/82 the latest PHP and Python": _IN_FUNCTION_APP_CONFIG,
    "CKV_AZURE_88 Azure Files": "a share is reached with the account's key; the package is a blob, reached without",
    "CKV_AZURE_212 two instances at least": f"keyless:scale says how many are always ready; {_IN_FUNCTION_APP_CONFIG}",
    "CKV_AZURE_213 a health check": "Flex Consumption has none (microsoft/azure-skills, Functions reliability)",
    "CKV_AZURE_222 not on the public network": (
        "keyless:allowedIpRanges says who may come; a private endpoint would take a virtual network"
    ),
    "Application Insights components should block ingestion and querying from public networks": _NO_NETWORK,
    "Log Analytics workspaces should block ingestion and querying from public networks": _NO_NETWORK,
}


def exported(stack: Rehearsed) -> list[dict[str, Any]]:
    """Every resource of the stack that there are rules for, as in an ARM template."""
    token = stack.deployer_token("https://management.azure.com/.default")

    def read(path: str, type_: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        answer = stack.client.get(path, params={"api-version": VERSIONS[type_]}, headers=headers)
        resource: dict[str, Any] = answer.raise_for_status().json()
        names = path.rpartition("/providers/")[2].split("/")[2::2]
        return {**resource, "type": type_, "name": "/".join(names), "apiVersion": VERSIONS[type_]}

    found = []
    for each in stack.contents()["resources"]:
        if each["type"] not in RULES:
            continue
        resource = read(each["id"], each["type"])
        if each["type"] == SITE:
            config = read(f"{each['id']}/config/web", SITE_CONFIG)
            resource["properties"]["siteConfig"] = config["properties"]
            policies = (f"{each['id']}/basicPublishingCredentialsPolicies/{name}" for name in ("ftp", "scm"))
            found += [config, *(read(policy, PUBLISHING) for policy in policies)]
        found.append(resource)
    return found


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Any]]]:
    with rehearsed(tmp_path_factory.mktemp("prod"), "prod") as stack:
        up = stack.up()
        assert up.result.succeeded, up.text
        yield exported(stack)


def test_a_scanner_finds_nothing_that_is_not_accepted_for_a_reason(resources: list[dict[str, Any]]) -> None:
    assert {resource["type"] for resource in resources} == set(RULES)
    broken = {
        rule
        for resource in resources
        for rule, holds in RULES[resource["type"]].items()
        if not holds(resource, resource["properties"])
    }
    assert broken == set(ACCEPTED)


def numbers(rule: str) -> set[str]:
    """The checks of checkov that a rule stands for: `CKV_AZURE_14/70 …` for two."""
    checks = re.match(r"(CKV2?_AZURE_)([0-9/]+) ", rule)
    return {f"{checks[1]}{number}" for number in checks[2].split("/")} if checks else set()


@pytest.mark.skipif(shutil.which("checkov") is None, reason="checkov is not on PATH")
def test_checkov_itself_finds_nothing_that_is_not_accepted_for_a_reason(
    resources: list[dict[str, Any]], tmp_path: Path
) -> None:
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": resources,
    }
    (tmp_path / "template.json").write_text(json.dumps(template, indent=2), encoding="utf-8")
    ran = subprocess.run(
        [
            str(shutil.which("checkov")),
            "--file",
            "template.json",
            "--framework",
            "arm",
            "--skip-download",
            "-o",
            "json",
        ],
        cwd=tmp_path,
        env={**os.environ, "HTTPS_PROXY": "http://127.0.0.1:1"},  # it asks for newer versions of itself
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    report = json.loads(ran.stdout)["results"]
    scanned = {check["check_id"] for kind in ("passed_checks", "failed_checks") for check in report[kind]}
    failed = {check["check_id"] for check in report["failed_checks"]}
    assert scanned >= {"CKV_AZURE_14", "CKV_AZURE_44", "CKV_AZURE_225"}, (
        "it has seen the site, the account and the plan"
    )
    assert not scanned - {check for rules in RULES.values() for rule in rules for check in numbers(rule)}, (
        "unknown here"
    )
    assert not failed - {check for rule in ACCEPTED for check in numbers(rule)}
