"""Resources by id, as azure-mgmt-resource's generic operations and tools on top of it use them."""

from typing import Any

import pytest

from tests.rehearsal.azure.arm.clients import REGION, Azure, Group, account_body, new_name, refused, site_body


def test_resources_are_made_read_and_deleted_by_id(azure: Azure, group: Group) -> None:
    resources = azure.resources.resources
    plan = f"{group.id}/providers/Microsoft.Web/serverfarms/{new_name('plan')}"
    site = f"{group.id}/providers/Microsoft.Web/sites/{new_name('func')}"
    account = f"{group.id}/providers/Microsoft.Storage/storageAccounts/{new_name('st')}"
    plan_body: dict[str, Any] = {"location": REGION, "sku": {"name": "FC1"}, "properties": {"reserved": True}}
    for resource_id, version, body in (
        (account, "2024-01-01", account_body()),
        (plan, "2025-05-01", plan_body),
        (site, "2025-05-01", site_body(plan)),
    ):
        assert not resources.check_existence_by_id(resource_id, api_version=version)
        made = resources.begin_create_or_update_by_id(resource_id, body, api_version=version).result()
        assert made.id == resource_id
        assert resources.check_existence_by_id(resource_id, api_version=version)
        assert resources.get_by_id(resource_id, api_version=version).name == resource_id.rpartition("/")[2]
    for resource_id, version in ((site, "2025-05-01"), (account, "2024-01-01")):
        resources.begin_delete_by_id(resource_id, api_version=version).result()
        with refused(404, "ResourceNotFound"):
            resources.get_by_id(resource_id, api_version=version)
    # The site was the last one on its plan.
    assert not resources.check_existence_by_id(plan, api_version="2025-05-01")


@pytest.mark.parametrize("state", [None, "x"])
def test_a_page_of_resources_ends(azure: Azure, group: Group, state: str | None) -> None:
    group.account()
    group.plan()
    listed = azure.resources.resources.list_by_resource_group(group.name, top=1, expand=state)
    assert [len(list(page)) for page in listed.by_page()] == [1, 1]
