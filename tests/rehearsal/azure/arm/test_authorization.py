"""Azure RBAC on the callers of Resource Manager."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.azure.arm.clients import REGION, Azure, Group, account_body, new_name, refused, site_body


@pytest.fixture(scope="module")
def identity(azure: Azure) -> Iterator[tuple[Azure, str]]:
    """An identity without rights, which tests give some in groups of their own."""
    other, principal = azure.new_identity()
    yield other, principal
    other.close()


def test_without_a_role_nothing_is_allowed_and_the_refusal_names_it_all(
    group: Group, identity: tuple[Azure, str]
) -> None:
    other, principal = identity
    with refused(403, "AuthorizationFailed") as caught:
        other.resources.resource_groups.get(group.name)
    assert (
        f"The client '{principal}' with object id '{principal}' does not have authorization to perform action "
        f"'Microsoft.Resources/subscriptions/resourceGroups/read' over scope '{group.id}' or the scope is invalid. "
        "If access was recently granted, please refresh your credentials." in str(caught.value)
    )


def test_a_reader_reads_and_writes_nothing(azure: Azure, group: Group, identity: tuple[Azure, str]) -> None:
    other, principal = identity
    account = group.account()
    azure.assign(group.id, "Reader", principal)
    assert other.storage.storage_accounts.get_properties(group.name, account.name).id == account.id
    assert [one.id for one in other.storage.storage_accounts.list_by_resource_group(group.name)] == [account.id]
    with refused(403, "AuthorizationFailed") as caught:
        other.storage.storage_accounts.begin_create(group.name, new_name("st"), account_body())
    assert "'Microsoft.Storage/storageAccounts/write' over scope" in str(caught.value)
    with refused(403, "AuthorizationFailed") as caught:
        other.storage.storage_accounts.list_keys(group.name, account.name)
    words = f"'Microsoft.Storage/storageAccounts/listKeys/action' over scope '{account.id}'"
    assert words in str(caught.value)
    with refused(403, "AuthorizationFailed"):
        other.resources.resource_groups.begin_delete(group.name)


def test_a_role_on_one_group_says_nothing_of_another(azure: Azure, group: Group, identity: tuple[Azure, str]) -> None:
    other, principal = identity
    azure.assign(group.id, "Contributor", principal)
    neighbour = group.name + "0"
    azure.resources.resource_groups.create_or_update(neighbour, {"location": REGION})
    with refused(403, "AuthorizationFailed"):
        other.resources.resource_groups.get(neighbour)
    azure.resources.resource_groups.begin_delete(neighbour).result()


def test_a_contributor_grants_no_roles_and_an_administrator_of_roles_does(
    azure: Azure, group: Group, identity: tuple[Azure, str]
) -> None:
    other, principal = identity
    azure.assign(group.id, "Contributor", principal)
    other.resources.resource_groups.update(group.name, {"tags": {"a": "b"}})
    with refused(403, "AuthorizationFailed") as caught:
        other.assign(group.id, "Reader", principal)
    assert "'Microsoft.Authorization/roleAssignments/write' over scope" in str(caught.value)
    azure.assign(group.id, "Role Based Access Control Administrator", principal)
    made = other.assign(group.id, "Reader", principal)
    other.authorization.role_assignments.delete_by_id(made.id)


def test_who_may_delete_a_group_sees_its_deletion_through(
    azure: Azure, group: Group, identity: tuple[Azure, str]
) -> None:
    other, principal = identity
    azure.assign(group.id, "Contributor", principal)
    other.resources.resource_groups.begin_delete(group.name).result()
    assert not azure.resources.resource_groups.check_existence(group.name)


def test_who_may_register_one_provider_may_not_register_another(azure: Azure, identity: tuple[Azure, str]) -> None:
    other, principal = identity
    made = azure.assign(azure.subscription, "Website Contributor", principal)
    assert other.resources.providers.register("Microsoft.Web").registration_state == "Registered"
    with refused(403, "AuthorizationFailed"):
        other.resources.providers.register("Microsoft.Storage")
    azure.authorization.role_assignments.delete_by_id(made.id)


def test_a_right_ends_with_its_assignment(azure: Azure, group: Group, identity: tuple[Azure, str]) -> None:
    other, principal = identity
    made = azure.assign(group.id, "Reader", principal)
    assert other.resources.resource_groups.get(group.name).name == group.name
    azure.authorization.role_assignments.delete_by_id(made.id)
    with refused(403, "AuthorizationFailed"):
        other.resources.resource_groups.get(group.name)


def test_a_data_role_opens_containers_and_nothing_else(azure: Azure, group: Group, identity: tuple[Azure, str]) -> None:
    other, principal = identity
    account = group.account()
    azure.assign(account.id, "Storage Blob Data Owner", principal)
    other.storage.blob_containers.create(group.name, account.name, "things", {})
    with refused(403, "AuthorizationFailed"):
        other.storage.storage_accounts.get_properties(group.name, account.name)


def test_a_site_needs_the_right_to_join_its_plan(azure: Azure, group: Group, identity: tuple[Azure, str]) -> None:
    other, principal = identity
    plan = group.plan()
    elsewhere = Group(azure, new_name("rg"))
    azure.resources.resource_groups.create_or_update(elsewhere.name, {"location": REGION})
    azure.assign(elsewhere.id, "Website Contributor", principal)
    name, body = new_name("func"), site_body(plan.id)
    site: dict[str, Any] = {"resource_group_name": elsewhere.name, "name": name, "site_envelope": body}
    with refused(403, "LinkedAuthorizationFailed") as caught:
        other.web.web_apps.begin_create_or_update(**site)
    assert (
        f"does not have permission to perform action 'Microsoft.Web/serverFarms/join/action' on the linked scope(s) "
        f"'{plan.id}' or the linked scope(s) are invalid." in str(caught.value)
    )
    azure.assign(plan.id, "Web Plan Contributor", principal)
    assert other.web.web_apps.begin_create_or_update(**site).result().name == name
    azure.resources.resource_groups.begin_delete(elsewhere.name).result()


def test_everybody_lists_subscriptions_and_only_those_who_may_see_one(
    azure: Azure, identity: tuple[Azure, str]
) -> None:
    other, _ = identity
    assert [one.subscription_id for one in azure.subscriptions.subscriptions.list()] == [azure.endpoint.subscription_id]
    assert list(other.subscriptions.subscriptions.list()) == []
    assert [one.tenant_id for one in other.subscriptions.tenants.list()] == [azure.endpoint.tenant_id]
