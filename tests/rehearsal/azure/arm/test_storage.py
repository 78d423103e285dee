"""Storage accounts, their blob service and containers, through azure-mgmt-storage."""

from typing import Any

import pytest

from tests.rehearsal.azure.arm.clients import REGION, Azure, Group, account_body, new_name, refused


def test_an_account_is_made_by_an_operation_that_is_polled(azure: Azure, group: Group) -> None:
    name = new_name("st")
    path = f"/resourceGroups/{group.name}/providers/Microsoft.Storage/storageAccounts/{name}"
    begun = azure.put(path, account_body(), "2024-01-01")
    assert (begun.status_code, begun.content) == (202, b"")
    assert int(begun.headers["Retry-After"]) >= 1
    assert begun.headers["Location"].startswith(f"{azure.endpoint.https_url}{azure.subscription}/providers/")
    polled = azure.http.get(begun.headers["Location"])
    assert polled.status_code == 200
    assert polled.json() == azure.get(path, "2024-01-01").json()
    assert azure.put(path, account_body(), "2024-01-01").status_code == 200


def test_an_account_shows_what_was_asked_for_and_where_it_is(azure: Azure, group: Group) -> None:
    account = group.account(
        minimumTlsVersion="TLS1_2",
        allowSharedKeyAccess=False,
        allowBlobPublicAccess=False,
        supportsHttpsTrafficOnly=True,
        defaultToOAuthAuthentication=True,
        allowCrossTenantReplication=False,
    )
    assert account.location == REGION
    assert account.properties.provisioning_state == "Succeeded"
    assert account.properties.primary_endpoints.blob == f"https://{account.name}.blob.core.windows.net/"
    assert (account.properties.minimum_tls_version, account.properties.allow_shared_key_access) == ("TLS1_2", False)
    assert account.sku.tier == "Standard"
    assert [one.name for one in azure.storage.storage_accounts.list_by_resource_group(group.name)] == [account.name]
    assert account.name in [one.name for one in azure.storage.storage_accounts.list()]


def test_properties_that_were_never_set_are_absent(group: Group) -> None:
    properties = group.account().properties
    assert properties.allow_shared_key_access is None
    assert properties.allow_blob_public_access is None


def test_an_update_keeps_what_it_does_not_name(azure: Azure, group: Group) -> None:
    account = group.account(minimumTlsVersion="TLS1_2")
    changed = azure.storage.storage_accounts.update(
        group.name,
        account.name,
        {"tags": {"a": "b"}, "properties": {"allowSharedKeyAccess": False}},
    )
    assert changed.tags == {"a": "b"}
    assert changed.properties is not None
    assert changed.properties.minimum_tls_version == "TLS1_2"
    assert changed.properties.allow_shared_key_access is False


def test_keys_are_listed_even_where_they_may_not_be_used(azure: Azure, group: Group) -> None:
    account = group.account(allowSharedKeyAccess=False)
    keys = azure.storage.storage_accounts.list_keys(group.name, account.name).keys_property
    assert keys is not None
    assert [key.key_name for key in keys] == ["key1", "key2"]
    assert all(key.value is not None and len(key.value) == 88 for key in keys)


def test_deleting_an_account_frees_its_name_and_takes_its_containers(azure: Azure, group: Group) -> None:
    account = group.account()
    azure.storage.blob_containers.create(group.name, account.name, "things", {})
    azure.storage.storage_accounts.delete(group.name, account.name)
    azure.storage.storage_accounts.delete(group.name, account.name)
    with refused(404, "ResourceNotFound"):
        azure.storage.storage_accounts.get_properties(group.name, account.name)
    group.account(account.name)
    assert list(azure.storage.blob_containers.list(group.name, account.name)) == []


def test_names_of_accounts_are_global(azure: Azure, group: Group) -> None:
    account = group.account()
    other = new_name("rg")
    azure.resources.resource_groups.create_or_update(other, {"location": REGION})
    with refused(409, "StorageAccountAlreadyTaken") as caught:
        Group(azure, other).account(account.name)
    assert f"The storage account named {account.name} is already taken." in str(caught.value)
    azure.resources.resource_groups.begin_delete(other).result()


@pytest.mark.parametrize(
    ("name", "reason"), [("free1", None), ("Not-A-Name", "AccountNameInvalid"), ("taken", "AlreadyExists")]
)
def test_the_name_check_knows_what_creation_would_say(
    azure: Azure, group: Group, name: str, reason: str | None
) -> None:
    name = group.account().name if name == "taken" else name
    body: Any = {"name": name, "type": "Microsoft.Storage/storageAccounts"}
    checked = azure.storage.storage_accounts.check_name_availability(body)
    assert (checked.name_available, checked.reason) == (reason is None, reason)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"location": None}, "LocationRequired", "The location property is required for this definition."),
        ({"location": "mars"}, "LocationNotAvailableForResourceType", "'mars' is not available for resource type"),
        (
            {"sku": {"name": "Huge_LRS"}},
            "InvalidRequestPropertyValue",
            "'Huge_LRS' is not allowed for property sku.name",
        ),
        ({"kind": "Box"}, "InvalidRequestPropertyValue", "'Box' is not allowed for property kind"),
        (
            {"properties": {"minimumTlsVersion": "TLS9"}},
            "InvalidRequestPropertyValue",
            "The value 'TLS9' is not allowed for property minimumTlsVersion. Allowed: TLS1_0, TLS1_1, TLS1_2, TLS1_3.",
        ),
        ({"properties": {"allowSharedKeyAccess": "no"}}, "InvalidRequestPropertyValue", "Allowed: boolean."),
        ({"properties": {"customDomain": {"name": "x"}}}, "InvalidRequestPropertyValue", "does not model"),
        ({"identity": {"type": "SystemAssigned"}}, "InvalidRequestPropertyValue", "does not model identities"),
    ],
)
def test_a_wrong_account_is_refused_with_its_value(
    azure: Azure, group: Group, change: dict[str, Any], code: str, words: str
) -> None:
    body = {name: value for name, value in {**account_body(), **change}.items() if value is not None}
    with refused(400, code) as caught:
        azure.storage.storage_accounts.begin_create(group.name, new_name("st"), body)
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["ab", "Upper", "with-dash", "x" * 25])
def test_a_name_that_cannot_be_a_host_name_is_refused(azure: Azure, group: Group, name: str) -> None:
    path = f"/resourceGroups/{group.name}/providers/Microsoft.Storage/storageAccounts/{name}"
    answer = azure.put(path, account_body(), "2024-01-01")
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "code": "AccountNameInvalid",
        "message": f"{name} is not a valid storage account name. Storage account name must be between 3 and 24 "
        "characters in length and use numbers and lower-case letters only.",
    }


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ({"location": "northeurope"}, "InvalidResourceLocation", 409),
        ({"sku": {"name": "Premium_LRS"}}, "InvalidValuesForRequestParameters", 400),
        ({"kind": "FileStorage"}, "InvalidValuesForRequestParameters", 400),
        ({"properties": {"isHnsEnabled": True}}, "InvalidValuesForRequestParameters", 400),
    ],
)
def test_what_only_creation_sets_never_changes(
    azure: Azure, group: Group, change: dict[str, Any], code: str, status: int
) -> None:
    account = group.account()
    with refused(status, code):
        azure.storage.storage_accounts.begin_create(group.name, account.name, {**account_body(), **change})


def test_the_blob_service_exists_with_its_account(azure: Azure, group: Group) -> None:
    account = group.account()
    service = azure.storage.blob_services.get_service_properties(group.name, account.name)
    assert service.id == f"{account.id}/blobServices/default"
    changed: Any = azure.storage.blob_services.set_service_properties(
        group.name,
        account.name,
        {"properties": {"isVersioningEnabled": True}},
    )
    assert changed.blob_service_properties.is_versioning_enabled is True
    assert len(list(azure.storage.blob_services.list(group.name, account.name))) == 1


def test_a_container_is_made_without_any_right_on_its_data(azure: Azure, group: Group) -> None:
    account = group.account()
    path = f"{account.id.removeprefix(azure.subscription)}/blobServices/default/containers/app-package"
    made = azure.put(path, {"properties": {"publicAccess": "None"}}, "2024-01-01")
    again = azure.put(path, {}, "2024-01-01")
    assert (made.status_code, again.status_code) == (201, 200)
    container: Any = azure.storage.blob_containers.get(group.name, account.name, "app-package")
    assert container.id == f"{account.id}/blobServices/default/containers/app-package"
    assert container.container_properties.public_access == "None"
    assert [one.name for one in azure.storage.blob_containers.list(group.name, account.name)] == ["app-package"]
    azure.storage.blob_containers.delete(group.name, account.name, "app-package")
    azure.storage.blob_containers.delete(group.name, account.name, "app-package")
    with refused(404, "ContainerNotFound"):
        azure.storage.blob_containers.get(group.name, account.name, "app-package")


@pytest.mark.parametrize("allowed", [None, False])
def test_an_account_that_allows_no_public_access_has_no_public_container(
    azure: Azure, group: Group, allowed: bool | None
) -> None:
    account = group.account(None, **{} if allowed is None else {"allowBlobPublicAccess": allowed})
    body: Any = {"properties": {"publicAccess": "Blob"}}
    with refused(409, "PublicAccessNotPermitted"):
        azure.storage.blob_containers.create(group.name, account.name, "public", body)


def test_an_account_that_allows_it_has_public_containers(azure: Azure, group: Group) -> None:
    account = group.account(allowBlobPublicAccess=True)
    body: Any = {"properties": {"publicAccess": "blob"}}
    container: Any = azure.storage.blob_containers.create(group.name, account.name, "public", body)
    assert container.container_properties.public_access == "Blob"


@pytest.mark.parametrize("name", ["ab", "Upper", "two--dashes", "-x-", "x" * 64])
def test_a_container_name_follows_the_rules(azure: Azure, group: Group, name: str) -> None:
    account = group.account()
    path = f"{account.id.removeprefix(azure.subscription)}/blobServices/default/containers/{name}"
    answer = azure.put(path, {}, "2024-01-01")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidResourceName")


def test_nothing_is_found_below_an_account_that_does_not_exist(azure: Azure, group: Group) -> None:
    with refused(404, "ResourceNotFound") as caught:
        azure.storage.blob_containers.create(group.name, "nobody", "things", {})
    assert (
        f"The Resource 'Microsoft.Storage/storageAccounts/nobody' under resource group '{group.name}' was not found."
        in str(caught.value)
    )
    with refused(404, "ResourceGroupNotFound"):
        azure.storage.storage_accounts.get_properties("nowhere", "nobody")
