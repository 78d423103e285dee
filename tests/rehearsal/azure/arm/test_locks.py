"""Locks, through azure-mgmt-resource-locks."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.azure.arm.clients import Azure, Group, refused


@pytest.fixture
def unlocked(azure: Azure, group: Group) -> Iterator[Group]:
    """A group whose locks are gone when it is deleted."""
    yield group
    for lock in azure.locks.management_locks.list_at_resource_group_level(group.name):
        azure.http.delete(str(lock.id), params={"api-version": "2020-05-01"}).raise_for_status()


def lock_group(azure: Azure, group: Group, level: str) -> Any:
    body: Any = {"properties": {"level": level, "notes": "hands off"}}
    return azure.locks.management_locks.create_or_update_at_resource_group_level(group.name, "lock", body)


def test_a_lock_is_made_changed_listed_and_removed(azure: Azure, unlocked: Group) -> None:
    lock = lock_group(azure, unlocked, "CanNotDelete")
    assert lock.id == f"{unlocked.id}/providers/Microsoft.Authorization/locks/lock"
    assert (lock.level, lock.notes) == ("CanNotDelete", "hands off")
    changed = lock_group(azure, unlocked, "readonly")
    assert changed.level == "ReadOnly"
    locks = azure.locks.management_locks
    assert [one.name for one in locks.list_at_resource_group_level(unlocked.name)] == ["lock"]
    assert locks.get_at_resource_group_level(unlocked.name, "lock").id == lock.id
    locks.delete_at_resource_group_level(unlocked.name, "lock")
    with refused(404, "LockNotFound"):
        locks.get_at_resource_group_level(unlocked.name, "lock")


def test_what_is_locked_against_deletion_is_written_but_not_deleted(azure: Azure, unlocked: Group) -> None:
    account = unlocked.account()
    lock_group(azure, unlocked, "CanNotDelete")
    azure.storage.storage_accounts.update(unlocked.name, account.name, {"tags": {"a": "b"}})
    with refused(409, "ScopeLocked") as caught:
        azure.storage.storage_accounts.delete(unlocked.name, account.name)
    assert (
        f"The scope '{account.id}' cannot perform delete operation because following scope(s) are locked: "
        f"'{unlocked.id}'. Please remove the lock and try again." in str(caught.value)
    )
    with refused(409, "ScopeLocked"):
        azure.resources.resource_groups.begin_delete(unlocked.name)


def test_a_locked_resource_keeps_its_group(azure: Azure, unlocked: Group) -> None:
    account = unlocked.account()
    locks = azure.locks.management_locks
    body: Any = {"properties": {"level": "CanNotDelete"}}
    resource = (unlocked.name, "Microsoft.Storage", "", "storageAccounts", account.name, "lock")
    locks.create_or_update_at_resource_level(*resource, body)
    with refused(409, "ScopeLocked") as caught:
        azure.resources.resource_groups.begin_delete(unlocked.name)
    assert f"are locked: '{account.id}'" in str(caught.value)
    locks.delete_at_resource_level(*resource)
    azure.storage.storage_accounts.delete(unlocked.name, account.name)


def test_what_is_read_only_is_neither_written_nor_acted_upon(azure: Azure, unlocked: Group) -> None:
    account = unlocked.account()
    lock_group(azure, unlocked, "ReadOnly")
    assert azure.storage.storage_accounts.get_properties(unlocked.name, account.name).id == account.id
    with refused(409, "ScopeLocked") as caught:
        azure.storage.storage_accounts.list_keys(unlocked.name, account.name)
    assert f"The scope '{account.id}' cannot perform write operation" in str(caught.value)
    with refused(409, "ScopeLocked"):
        azure.storage.storage_accounts.update(unlocked.name, account.name, {"tags": {}})
    with refused(409, "ScopeLocked"):
        unlocked.plan()


@pytest.mark.parametrize("level", ["Open", None])
def test_a_lock_has_one_of_two_levels(azure: Azure, group: Group, level: str | None) -> None:
    path = f"/resourceGroups/{group.name}/providers/Microsoft.Authorization/locks/lock"
    answer = azure.put(path, {"properties": {"level": level}}, "2020-05-01")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "LockLevelNotValid")
