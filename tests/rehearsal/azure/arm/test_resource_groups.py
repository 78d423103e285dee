"""Resource groups, through azure-mgmt-resource."""

import json

import pytest
from azure.core.exceptions import HttpResponseError

from tests.rehearsal.azure.arm.clients import REGION, Azure, Group, new_name, refused


def test_a_group_is_made_once_and_updated_afterwards(azure: Azure) -> None:
    name = new_name("rg")
    made = azure.put(f"/resourceGroups/{name}", {"location": "West Europe", "tags": {"a": "b"}}, "2025-04-01")
    again = azure.put(f"/resourceGroups/{name}", {"location": REGION, "tags": {"c": "d"}}, "2025-04-01")
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == {
        "id": f"{azure.subscription}/resourceGroups/{name}",
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": REGION,
        "tags": {"a": "b"},
        "properties": {"provisioningState": "Succeeded"},
    }
    assert again.json()["tags"] == {"c": "d"}


def test_a_group_is_found_under_any_casing_and_keeps_its_own(azure: Azure, group: Group) -> None:
    found = azure.resources.resource_groups.get(group.name.upper())
    assert (found.id, found.name) == (group.id, group.name)


def test_a_group_can_be_tagged_listed_and_checked(azure: Azure, group: Group) -> None:
    groups = azure.resources.resource_groups
    groups.update(group.name, {"tags": {"owner": group.name}})
    found = groups.list(filter=f"tagName eq 'owner' and tagValue eq '{group.name}'")
    assert [one.name for one in found] == [group.name]
    assert groups.check_existence(group.name)
    assert not groups.check_existence("nobody")


def test_a_list_of_groups_comes_in_pages(azure: Azure) -> None:
    names = {new_name("page") for _ in range(3)}
    for name in names:
        azure.resources.resource_groups.create_or_update(name, {"location": REGION})
    pages = list(azure.resources.resource_groups.list(top=1).by_page())
    assert len(pages) >= 3
    assert names <= {group.name for group in azure.resources.resource_groups.list(top=1)}


@pytest.mark.parametrize("name", ["nobody", "a.b-c_(d)"])
def test_a_group_that_does_not_exist_is_not_found(azure: Azure, name: str) -> None:
    with refused(404, "ResourceGroupNotFound") as caught:
        azure.resources.resource_groups.get(name)
    assert f"Resource group '{name}' could not be found." in str(caught.value)
    with refused(404, "ResourceGroupNotFound"):
        azure.resources.resource_groups.begin_delete(name)


def test_a_group_never_moves_to_another_region(azure: Azure, group: Group) -> None:
    with refused(409, "InvalidResourceGroupLocation") as caught:
        azure.resources.resource_groups.create_or_update(group.name, {"location": "North Europe"})
    assert (
        "Invalid resource group location 'North Europe'. The Resource group already exists in location 'westeurope'."
        in str(caught.value)
    )


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("rg", {}, "LocationRequired"),
        ("rg", {"location": "atlantis"}, "LocationNotAvailableForResourceGroup"),
        ("rg@x", {"location": REGION}, "InvalidResourceGroup"),
        ("rg.", {"location": REGION}, "InvalidResourceGroup"),
        ("r" * 91, {"location": REGION}, "ResourceGroupNameTooLong"),
        ("rg", {"location": REGION, "unheard": 1}, "InvalidRequestContent"),
        ("rg", {"location": 1}, "InvalidRequestContent"),
        ("rg", {"location": REGION, "tags": {"a": 1}}, "InvalidRequestContent"),
        ("rg", [], "InvalidRequestContent"),
        ("rg", None, "InvalidRequestContent"),
    ],
)
def test_a_wrong_request_makes_no_group(azure: Azure, name: str, body: object, code: str) -> None:
    answer = azure.put(f"/resourceGroups/{name}", body, "2025-04-01")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert not azure.resources.resource_groups.check_existence("rg")


def test_deleting_a_group_takes_everything_in_it(azure: Azure, group: Group) -> None:
    site = group.site()
    account = group.account()
    azure.storage.blob_containers.create(group.name, account.name, "app-package", {})
    azure.assign(account.id, "Storage Blob Data Owner", site.identity.principal_id)
    azure.assign(group.id, "Reader", site.identity.principal_id)
    kept = azure.assign(azure.subscription, "Reader", site.identity.principal_id)
    assert azure.graph.get(f"/v1.0/servicePrincipals/{site.identity.principal_id}").status_code == 200

    azure.resources.resource_groups.begin_delete(group.name).result()

    assert not azure.resources.resource_groups.check_existence(group.name)
    assert group.name not in json.dumps([one.as_dict() for one in azure.resources.resources.list()])
    principal = azure.graph.get(f"/v1.0/servicePrincipals/{site.identity.principal_id}")
    assert principal.status_code == 404
    left = azure.authorization.role_assignments.list_for_subscription(
        filter=f"principalId eq '{site.identity.principal_id}'"
    )
    assert [one.id for one in left] == [kept.id]


def test_a_plan_used_from_another_group_keeps_its_group(azure: Azure, group: Group) -> None:
    other = new_name("rg")
    azure.resources.resource_groups.create_or_update(other, {"location": REGION})
    plan = Group(azure, other).plan()
    site = group.site(plan=plan.id)
    with pytest.raises(HttpResponseError, match="ResourceGroupDeletionBlocked") as caught:
        azure.resources.resource_groups.begin_delete(other).result()
    assert f"Microsoft.Web/serverfarms/{plan.name}' could not be deleted" in str(caught.value)
    assert azure.resources.resource_groups.get(other).properties.provisioning_state == "Succeeded"
    azure.web.web_apps.delete(group.name, site.name, delete_empty_server_farm=False)
    azure.resources.resource_groups.begin_delete(other).result()
    assert not azure.resources.resource_groups.check_existence(other)


def test_resources_are_listed_with_registered_types_and_normalised_regions(azure: Azure, group: Group) -> None:
    site, account = group.site(), group.account()
    listed = {one.name: one for one in azure.resources.resources.list_by_resource_group(group.name)}
    assert {one.type for one in listed.values()} == {
        "Microsoft.Storage/storageAccounts",
        "Microsoft.Web/serverFarms",
        "Microsoft.Web/sites",
    }
    assert {one.location for one in listed.values()} == {REGION}
    only = azure.resources.resources.list_by_resource_group(
        group.name, filter="resourceType eq 'Microsoft.Storage/storageAccounts'"
    )
    assert [one.name for one in only] == [account.name]
    assert site.name in listed
    with refused(400, "InvalidFilterInQueryString"):
        list(azure.resources.resources.list(filter="substringof('a', name)"))
