"""What a reviewer sees of a change: exactly what it touches, word for word, and never a grant that stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.engine.plan.steps import Op
from tests.rehearsal.stacks.rehearsed import Rehearsed, rehearsed

READ = {"value": "Things.Read.All", "description": "Read every thing"}
WRITE = {"value": "Things.Write.All", "description": "Change every thing"}
OWN = {"api": "own", "roles": ["Things.Read.All"]}
GRAPH = {"api": "Microsoft Graph", "roles": ["User.Read.All"]}
TO_GRAPH = "caller-microsoft-graph-00000003-User.Read.All"
OF_THE_IDENTITY = [
    "+- authorization:RoleAssignment caller-storage-role replace [diff: ~principalId,roleAssignmentName]",
    "+- authorization:RoleAssignment caller-telemetry-role replace [diff: ~principalId,roleAssignmentName]",
    f"+- azuread:index:AppRoleAssignment {TO_GRAPH} replace [diff: ~principalObjectId]",
    "+- azuread:index:AppRoleAssignment caller-own-Things.Read.All replace [diff: ~principalObjectId]",
]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    with rehearsed(tmp_path_factory.mktemp("dev"), "dev") as stack:
        assert stack.up().result.succeeded
        yield stack


@pytest.fixture
def stack(deployed: Rehearsed) -> Rehearsed:
    deployed.configure()
    return deployed


CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({}, []),
    "a setting": (
        {"appSettings": {"API_URL": "https://elsewhere.example.com"}},
        ["~ web:WebAppApplicationSettings caller-app-settings update [diff: ~properties]"],
    ),
    "a tag": (
        {"tags": {"owner": "somebody"}},
        [
            "~ applicationinsights:Component caller-telemetry update [diff: ~tags]",
            "~ operationalinsights:Workspace caller-workspace update [diff: ~tags]",
            "~ resources:ResourceGroup caller-resource-group update [diff: ~tags]",
            "~ storage:StorageAccount caller-storage-account update [diff: ~tags]",
            "~ web:AppServicePlan caller-plan update [diff: ~tags]",
            "~ web:WebApp caller-site update [diff: ~tags]",
        ],
    ),
    "scale": (
        {"scale": {"maximumInstanceCount": 60, "alwaysReady": 1}},
        ["~ web:WebApp caller-site update [diff: ~functionAppConfig]"],
    ),
    "who may reach it": (
        {"allowedIpRanges": ["203.0.113.0/24"]},
        ["~ web:WebApp caller-site update [diff: ~siteConfig]"],
    ),
    "a new role": (
        {"api": {"name": "things", "roles": [READ, WRITE]}},
        ["~ azuread:index:Application api-application update [diff: ~appRoleIds,appRoles]"],
    ),
    "a new role that is granted": (
        {
            "api": {"name": "things", "roles": [READ, WRITE]},
            "grants": [{**OWN, "roles": ["Things.Read.All", "Things.Write.All"]}, GRAPH],
        },
        [
            "+ azuread:index:AppRoleAssignment caller-own-Things.Write.All create",
            "~ azuread:index:Application api-application update [diff: ~appRoleIds,appRoles]",
        ],
    ),
    "a new grant": (
        {"grants": [OWN, {**GRAPH, "roles": ["User.Read.All", "Mail.Send"]}]},
        ["+ azuread:index:AppRoleAssignment caller-microsoft-graph-00000003-Mail.Send create"],
    ),
    "a removed grant": (
        {"grants": [GRAPH]},
        ["- azuread:index:AppRoleAssignment caller-own-Things.Read.All delete"],
    ),
    "a renamed registration": (
        {"api": {"name": "things", "roles": [READ], "displayName": "Things of ours"}},
        ["~ azuread:index:Application api-application update [diff: ~displayName]"],
    ),
    "protection": ({"protect": True}, []),
}


@pytest.mark.parametrize(("changes", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_previews_as_what_it_touches_and_nothing_else(
    stack: Rehearsed, changes: dict[str, Any], expected: list[str]
) -> None:
    stack.configure(**changes)
    preview = stack.preview()
    assert preview.result.succeeded, preview.text
    assert preview.changes == expected


def test_a_change_of_code_previews_as_one_change(stack: Rehearsed) -> None:
    host = stack.program / "workload" / "caller" / "host.json"
    before = host.read_text(encoding="utf-8")
    host.write_text(before.replace("00:02:00", "00:03:00"), encoding="utf-8")
    try:
        preview = stack.preview()
    finally:
        host.write_text(before, encoding="utf-8")
    assert preview.changes == ["~ pulumi-python:dynamic/keyless:Code caller-code update [diff: ~package_hash]"]


def test_a_replaced_site_previews_with_all_permissions_of_the_identity_that_is_lost(stack: Rehearsed) -> None:
    preview = stack.preview(replace=[stack.urn("caller-site")])
    assert preview.result.succeeded, preview.text
    assert [line for line in preview.changes if line.startswith("+- ") and "Assignment" in line] == OF_THE_IDENTITY
    assert "+- web:WebApp caller-site replace" in preview.changes
    assert "+- pulumi-python:dynamic/keyless:Code caller-code replace [diff: ~principal_id,site_id]" in preview.changes


@pytest.mark.parametrize(
    "changes",
    [
        {"tags": {"owner": "somebody"}, "scale": {"maximumInstanceCount": 60}},
        {"appSettings": {"API_URL": "https://elsewhere.example.com"}},
        CHANGES["a new role that is granted"][0],
        # Removed in two steps: with a role go its assignments, and one that is gone cannot be deleted any more.
        CHANGES["a new role"][0],
        {},
    ],
    ids=["tag and scale", "setting", "new role that is granted", "removed grant", "back again"],
)
def test_up_does_what_the_preview_has_shown(stack: Rehearsed, changes: dict[str, Any]) -> None:
    stack.configure(**changes)
    planned, done = stack.preview().result, stack.up().result
    assert done.succeeded
    assert planned.changes == done.changes
    assert set(stack.preview().result.changes) == {Op.SAME}
