"""What a reviewer sees of a change: exactly what it touches, word for word, and never a grant that stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from access.report.markdown import markdown
from access.report.preview import parse_preview
from access.report.report import report_on
from access.report.state import parse_state
from rehearsal.engine.plan.steps import Op
from tests.access.reports import golden, nameless
from tests.rehearsal.stacks.changes import CODE, CONFIGURED, SITE, golden_name
from tests.rehearsal.stacks.rehearsed import Rehearsed, Run, rehearsed

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


EXPECTED: dict[str, list[str]] = {
    "nothing": [],
    "a setting": ["~ web:WebAppApplicationSettings caller-app-settings update [diff: ~properties]"],
    "a tag": [
        "~ applicationinsights:Component caller-telemetry update [diff: ~tags]",
        "~ operationalinsights:Workspace caller-workspace update [diff: ~tags]",
        "~ resources:ResourceGroup caller-resource-group update [diff: ~tags]",
        "~ storage:StorageAccount caller-storage-account update [diff: ~tags]",
        "~ web:AppServicePlan caller-plan update [diff: ~tags]",
        "~ web:WebApp caller-site update [diff: ~tags]",
    ],
    "scale": ["~ web:WebApp caller-site update [diff: ~functionAppConfig]"],
    "who may reach it": ["~ web:WebApp caller-site update [diff: ~siteConfig]"],
    "a new role": ["~ azuread:index:Application api-application update [diff: ~appRoleIds,appRoles]"],
    "a new role that is granted": [
        "+ azuread:index:AppRoleAssignment caller-own-Things.Write.All create",
        "~ azuread:index:Application api-application update [diff: ~appRoleIds,appRoles]",
    ],
    "a new grant": ["+ azuread:index:AppRoleAssignment caller-microsoft-graph-00000003-Mail.Send create"],
    "a removed grant": ["- azuread:index:AppRoleAssignment caller-own-Things.Read.All delete"],
    "a renamed registration": ["~ azuread:index:Application api-application update [diff: ~displayName]"],
    "protection": [],
}


def report(stack: Rehearsed, preview: Run) -> str:
    """The report on a preview, beside the state that it was made from."""
    before = parse_state(stack.exported(), "state")
    return nameless(markdown(report_on(parse_preview(preview.digest, "preview"), before)))


@pytest.mark.parametrize("change", EXPECTED)
def test_a_change_previews_as_what_it_touches_and_is_reported_as_what_it_does_to_permissions(
    stack: Rehearsed, change: str
) -> None:
    stack.configure(**CONFIGURED[change])
    preview = stack.preview()
    assert preview.result.succeeded, preview.text
    assert preview.changes == EXPECTED[change]
    assert report(stack, preview) == golden(golden_name(change))


def test_a_change_of_code_previews_as_one_change(stack: Rehearsed) -> None:
    file, old, new = CODE
    before = (stack.program / file).read_text(encoding="utf-8")
    (stack.program / file).write_text(before.replace(old, new), encoding="utf-8")
    try:
        preview = stack.preview()
    finally:
        (stack.program / file).write_text(before, encoding="utf-8")
    assert preview.changes == ["~ pulumi-python:dynamic/keyless:Code caller-code update [diff: ~package_hash]"]
    assert report(stack, preview) == golden("keyless-code")


def test_a_replaced_site_previews_with_all_permissions_of_the_identity_that_is_lost(stack: Rehearsed) -> None:
    preview = stack.preview(replace=[stack.urn(SITE)])
    assert preview.result.succeeded, preview.text
    assert [line for line in preview.changes if line.startswith("+- ") and "Assignment" in line] == OF_THE_IDENTITY
    assert "+- web:WebApp caller-site replace" in preview.changes
    assert "+- pulumi-python:dynamic/keyless:Code caller-code replace [diff: ~principal_id,site_id]" in preview.changes
    assert report(stack, preview) == golden("keyless-replaced-site")


@pytest.mark.parametrize(
    "changes",
    [
        {"tags": {"owner": "somebody"}, "scale": {"maximumInstanceCount": 60}},
        {"appSettings": {"API_URL": "https://elsewhere.example.com"}},
        CONFIGURED["a new role that is granted"],
        # Removed in two steps: with a role go its assignments, and one that is gone cannot be deleted any more.
        CONFIGURED["a new role"],
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
