"""Malformed requests: refused in Resource Manager's or Microsoft.Web's envelope, whatever they are."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.azure.arm.routes import ROUTES
from tests.rehearsal.azure.arm.clients import account_body, site_body
from tests.rehearsal.azure.arm.in_process import Answer, InProcess

GROUP = "/resourceGroups/rg"
PLAN = f"{GROUP}/providers/Microsoft.Web/serverfarms/plan"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/func-x"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stx"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-x"
NAMES = {
    "group": "rg",
    "plan": "plan",
    "site": "func-x",
    "account": "stx",
    "container": "things",
    "namespace": "Microsoft.Web",
    "policy": "ftp",
    "scope": "resourceGroups/rg",
    "role": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "assignment": "00000000-0000-0000-0000-000000000001",
    "name": "lock",
    "location": "westeurope",
    "operation": "x",
    "workspace": "logs",
    "component": "insights",
    "setting": "audit",
    "vault": "kv-x",
    "key": "dev",
}
SKU = {"family": "A", "name": "standard"}
VERSIONS = st.sampled_from(
    ["2025-05-01", "2025-04-01", "2024-11-01", "2024-01-01", "2022-04-01", "2020-05-01", "2022-12-01"]
)
MEMBERS = st.sampled_from(
    [
        *("location", "kind", "tags", "sku", "identity", "properties", "name", "type", "capacity", "level", "notes"),
        *("serverFarmId", "siteConfig", "functionAppConfig", "appSettings", "deployment", "storage", "value"),
        *("authentication", "runtime", "version", "scaleAndConcurrency", "maximumInstanceCount", "alwaysReady"),
        *("principalId", "principalType", "roleDefinitionId", "description", "allow", "publicAccess", "reserved"),
        *("minimumTlsVersion", "networkAcls", "isHnsEnabled", "httpsOnly", "clientCertMode", "triggers"),
        *("workspaceId", "logs", "metrics", "category", "enabled", "WorkspaceResourceId", "retentionInDays"),
        *("siteUpdateStrategy", "metadata", "cors", "ipMode", "userAssignedIdentities"),
        *("roleName", "permissions", "actions", "assignableScopes", "condition", "conditionVersion"),
        *("tenantId", "enableRbacAuthorization", "softDeleteRetentionInDays", "createMode", "kty", "keyOps", "keySize"),
    ]
)
VALUES = st.sampled_from(
    [
        *("westeurope", "FC1", "Standard_LRS", "StorageV2", "SystemAssigned", "None", "python", "blobContainer"),
        *("https://a.blob.core.windows.net/b", "ReadOnly", "ServicePrincipal", "TLS1_2", ""),
        "00000000-0000-0000-0000-000000000001",
        "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        *("standard", "recover", "RSA", "2.0", "CustomRole"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS | st.text(max_size=5), inner, max_size=6),
    max_leaves=25,
)
BODIES = JSON | st.fixed_dictionaries({"location": st.just("westeurope"), "properties": JSON}, optional={"sku": JSON})
RARE = settings(max_examples=2500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def azure() -> Iterator[InProcess]:
    azure = InProcess()
    azure.send("PUT", GROUP, {"location": "westeurope"})
    azure.send("PUT", ACCOUNT, account_body(), version="2024-01-01")
    plan = {"location": "westeurope", "sku": {"name": "FC1"}, "properties": {"reserved": True}}
    azure.send("PUT", PLAN, plan, version="2025-05-01")
    assert azure.send("PUT", SITE, site_body(azure.subscription + PLAN), version="2025-05-01").status == 200
    vault = {"tenantId": azure.context.tenant.id, "sku": SKU, "enableRbacAuthorization": True}
    made = azure.send("PUT", VAULT, {"location": "westeurope", "properties": vault}, version="2024-11-01")
    assert made.status == 200
    assert azure.send("PUT", f"{VAULT}/keys/dev", {"properties": {"kty": "RSA"}}, version="2024-11-01").status == 200
    yield azure
    azure.close()


class _UndoneError(Exception):
    """Takes back what an example changed."""


@contextmanager
def undone(azure: InProcess) -> Iterator[None]:
    """Every example meets the same Azure."""
    with suppress(_UndoneError), azure.context.store.transaction():
        yield
        raise _UndoneError


def check(answer: Answer) -> None:
    """Below 500, and every refusal in an envelope that clients of Resource Manager read."""
    assert answer.status < 500, answer.body
    if answer.status < 400:
        return
    if answer.body is None:
        assert answer.status == 404  # only a HEAD is answered without a body
    elif "error" in answer.body:
        assert answer.body["error"]["code"]
        assert answer.body["error"]["message"]
    else:
        assert set(answer.body) == {"Code", "Message", "Target", "Details", "Innererror"}


@given(route=st.sampled_from(ROUTES), body=BODIES, version=VERSIONS | st.none(), names=st.data())
@RARE
def test_no_body_breaks_any_operation(azure: InProcess, route: Any, body: Any, version: str | None, names: Any) -> None:
    version = version or route.handler.resource_type.api_versions[0]
    path = re.sub("^/{scope:path}", "/subscriptions/{subscription}/{scope:path}", route.path)
    path = path.replace("{scope:path}", NAMES["scope"])
    for name in re.findall(r"{(\w+)}", path.replace("{subscription}", "")):
        odd = names.draw(st.integers(0, 9)) == 0
        drawn = names.draw(st.text(min_size=1, max_size=6)) if odd else NAMES[name]
        path = path.replace("{" + name + "}", quote(drawn, safe=""))
    path = path.replace("{subscription}", azure.context.tenant.subscription_id)
    with undone(azure):
        check(azure.raw(route.method, path, f"api-version={version}", json.dumps(body).encode()))


@given(content=st.binary(max_size=60), path=st.sampled_from([GROUP, ACCOUNT, PLAN, SITE]))
@settings(max_examples=300, deadline=None)
def test_no_bytes_break_any_write(azure: InProcess, content: bytes, path: str) -> None:
    answer = azure.raw("PUT", azure.subscription + path, "api-version=2025-04-01", content)
    assert 400 <= answer.status < 500
    check(answer)


@given(
    tail=st.lists(
        st.sampled_from(["providers", "resourceGroups", "rg", "Microsoft.Web", "sites", "%2F", "..", "é", "x"])
    ),
    method=st.sampled_from(["GET", "PUT", "PATCH", "POST", "DELETE", "HEAD"]),
    query=st.sampled_from(
        ["", "api-version=", "api-version=x&api-version=y", "api-version=2025-04-01", "%ff=%ff", "&&="]
    ),
)
@settings(max_examples=500, deadline=None)
def test_no_path_and_no_query_break_anything(azure: InProcess, tail: list[str], method: str, query: str) -> None:
    with undone(azure):
        check(azure.raw(method, "/".join([azure.subscription, *tail]), query, b""))


@given(text=st.text(max_size=30), path=st.sampled_from(["/resourcegroups", "/resources", "roles", "assignments"]))
@settings(max_examples=500, deadline=None)
def test_no_filter_breaks_a_list(azure: InProcess, text: str, path: str) -> None:
    lists = {
        "roles": "/providers/Microsoft.Authorization/roleDefinitions",
        "assignments": "/providers/Microsoft.Authorization/roleAssignments",
    }
    version = "2022-04-01" if path in lists else "2025-04-01"
    check(azure.send("GET", lists.get(path, path), version=version, **{"$filter": text}))
