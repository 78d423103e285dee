"""What a scanner of Azure resources would find on the deployed stack: nothing that is not listed here with a reason.

The rules are those of checkov for the resource types there are (bridgecrewio/checkov, `checkov/arm/checks/resource`),
by its ids, read from the resources as Resource Manager shows them after an up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.rehearsal.stacks.rehearsed import Rehearsed, rehearsed

Properties = Mapping[str, Any]
Rule = Callable[[Properties], bool]

VERSIONS = {
    "Microsoft.Storage/storageAccounts": "2024-01-01",
    "Microsoft.Storage/storageAccounts/blobServices/containers": "2024-01-01",
    "Microsoft.Web/serverfarms": "2025-05-01",
    "Microsoft.Web/sites": "2025-05-01",
}
RULES: dict[str, dict[str, Rule]] = {
    "Microsoft.Storage/storageAccounts": {
        "CKV_AZURE_3 secure transfer is required": lambda it: it["supportsHttpsTrafficOnly"] is True,
        "CKV_AZURE_35 the network is closed by default": lambda it: it["networkAcls"]["defaultAction"] == "Deny",
        "CKV_AZURE_36 Microsoft's services may pass": lambda it: "AzureServices" in it["networkAcls"]["bypass"],
        "CKV_AZURE_44 TLS 1.2 at least": lambda it: it["minimumTlsVersion"] == "TLS1_2",
        "CKV_AZURE_190 no public blobs": lambda it: it["allowBlobPublicAccess"] is False,
        "CKV_AZURE_206 replicated beyond one data centre": lambda it: it["sku"]["name"] != "Standard_LRS",
        "CKV_AZURE_244 no local users": lambda it: not it.get("isLocalUserEnabled"),
        "CKV2_AZURE_40 no shared keys": lambda it: it["allowSharedKeyAccess"] is False,
    },
    "Microsoft.Storage/storageAccounts/blobServices/containers": {
        "CKV_AZURE_34 containers are private": lambda it: it["publicAccess"] == "None",
    },
    "Microsoft.Web/serverfarms": {
        "CKV_AZURE_225 zone redundant": lambda it: it["zoneRedundant"] is True,
    },
    "Microsoft.Web/sites": {
        "CKV_AZURE_14 HTTPS only": lambda it: it["httpsOnly"] is True,
        "CKV_AZURE_15 TLS 1.2 at least": lambda it: it["siteConfig"]["minTlsVersion"] in ("1.2", "1.3"),
        "CKV_AZURE_17 client certificates": lambda it: it["clientCertEnabled"] is True,
        "CKV_AZURE_18 HTTP/2": lambda it: it["siteConfig"]["http20Enabled"] is True,
        "CKV_AZURE_57 not every origin by CORS": lambda it: (
            "*" not in it["siteConfig"].get("cors", {}).get("allowedOrigins", [])
        ),
        "CKV_AZURE_71 a managed identity": lambda it: it["identity"]["type"] == "SystemAssigned",
        "CKV_AZURE_72 no remote debugging": lambda it: it["siteConfig"]["remoteDebuggingEnabled"] is False,
        "CKV_AZURE_213 a health check": lambda it: bool(it["siteConfig"].get("healthCheckPath")),
        "CKV_AZURE_222 not on the public network": lambda it: it["publicNetworkAccess"] == "Disabled",
    },
}
ACCEPTED = {
    "CKV_AZURE_35 the network is closed by default": (
        "without a virtual network the platform comes from anywhere; without keys only roles open it"
    ),
    "CKV_AZURE_206 replicated beyond one data centre": (
        "it holds the package and the host's state: both come again with the next up"
    ),
    "CKV_AZURE_225 zone redundant": "costs two instances that are always ready; nothing here promises it",
    "CKV_AZURE_17 client certificates": "callers sign in with tokens, if at all",
    "CKV_AZURE_213 a health check": "Flex Consumption has none (microsoft/azure-skills, Functions reliability)",
    "CKV_AZURE_222 not on the public network": (
        "keyless:allowedIpRanges says who may come; a private endpoint would take a virtual network"
    ),
}


def deployed(stack: Rehearsed) -> list[tuple[str, dict[str, Any]]]:
    """Each resource with its type, and its properties with what stands beside them."""
    endpoint = stack.endpoint
    form = {
        "grant_type": "client_credentials",
        "client_id": endpoint.client_id,
        "client_secret": endpoint.client_secret,
        "scope": "https://management.azure.com/.default",
    }
    token = stack.client.post(f"/{endpoint.tenant_id}/oauth2/v2.0/token", data=form).raise_for_status().json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}

    def read(path: str, type_: str) -> dict[str, Any]:
        answer: httpx.Response = stack.client.get(path, params={"api-version": VERSIONS[type_]}, headers=headers)
        resource: dict[str, Any] = answer.raise_for_status().json()
        return {**resource, **resource["properties"]}

    found = []
    for each in stack.contents()["resources"]:
        type_ = each["type"]
        if type_ in RULES:
            resource = read(each["id"], type_)
            if type_ == "Microsoft.Web/sites":
                resource["siteConfig"] = read(f"{each['id']}/config/web", type_)["properties"]
            found.append((type_, resource))
    return found


def test_a_scanner_finds_nothing_that_is_not_accepted_for_a_reason(tmp_path: Path) -> None:
    with rehearsed(tmp_path, "prod") as stack:
        up = stack.up()
        assert up.result.succeeded, up.text
        resources = deployed(stack)
    assert {type_ for type_, _ in resources} == set(RULES)
    broken = {rule for type_, resource in resources for rule, holds in RULES[type_].items() if not holds(resource)}
    assert broken == set(ACCEPTED)
