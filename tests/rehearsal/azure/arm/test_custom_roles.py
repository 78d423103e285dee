"""Custom roles: what a tenant allows beside the built-in ones, action by action."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.azure.arm.clients import Azure, Group, refused

GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
SHARED_KEYS = "Microsoft.OperationalInsights/workspaces/sharedKeys/action"


@pytest.fixture(scope="module")
def identity(azure: Azure) -> Iterator[tuple[Azure, str]]:
    """An identity that holds nothing but the role of a test."""
    other, principal = azure.new_identity()
    yield other, principal
    other.close()


def definition(azure: Azure, **permissions: list[str]) -> dict[str, Any]:
    return {
        "role_name": f"role {uuid.uuid4()}",
        "description": "of a test",
        "permissions": [permissions],
        "assignable_scopes": [azure.subscription],
    }


def made(azure: Azure, **permissions: list[str]) -> Any:
    definitions = azure.authorization.role_definitions
    return definitions.create_or_update(azure.subscription, str(uuid.uuid4()), definition(azure, **permissions))


def test_a_role_is_kept_as_it_was_made(azure: Azure) -> None:
    role = made(azure, actions=["Microsoft.Web/*"], not_actions=["Microsoft.Web/sites/delete"])
    definitions = azure.authorization.role_definitions
    for found in (role, definitions.get_by_id(role.id), definitions.get(azure.subscription, role.name)):
        assert found.role_type == "CustomRole"
        assert found.permissions[0].actions == ["Microsoft.Web/*"]
        assert found.permissions[0].not_actions == ["Microsoft.Web/sites/delete"]
        assert found.assignable_scopes == [azure.subscription]
    custom = definitions.list(azure.subscription, filter="type eq 'CustomRole'")
    assert role.id in [each.id for each in custom]


def test_an_action_is_allowed_as_long_as_the_role_says_so(
    azure: Azure, group: Group, identity: tuple[Azure, str]
) -> None:
    other, principal = identity
    role = made(azure, actions=[f"{GROUPS}/*"], not_actions=[f"{GROUPS}/write"])
    azure.assign(group.id, role.role_name, principal)
    assert other.resources.resource_groups.get(group.name).id == group.id
    with refused(403, "AuthorizationFailed") as caught:
        other.resources.resource_groups.update(group.name, {"tags": {"a": "b"}})
    assert f"'{GROUPS}/write' over scope" in str(caught.value)
    changed = definition(azure, actions=[f"{GROUPS}/write"]) | {"role_name": role.role_name}
    azure.authorization.role_definitions.create_or_update(azure.subscription, role.name, changed)
    assert other.resources.resource_groups.update(group.name, {"tags": {"a": "b"}}).tags == {"a": "b"}
    with refused(403, "AuthorizationFailed"):
        other.resources.resource_groups.get(group.name)


def test_who_sends_logs_to_a_workspace_must_be_able_to_have_its_keys(
    azure: Azure, group: Group, identity: tuple[Azure, str]
) -> None:
    """JimGBritt/AzurePolicy#17."""
    other, principal = identity
    account = group.account()
    workspace = f"{group.id}/providers/Microsoft.OperationalInsights/workspaces/logs"
    path = workspace.removeprefix(azure.subscription)
    assert azure.put(path, {"location": "westeurope"}, "2023-09-01").is_success
    role = made(azure, actions=["*"], not_actions=[SHARED_KEYS])
    azure.assign(group.id, role.role_name, principal)
    setting = f"{account.id}/blobServices/default/providers/Microsoft.Insights/diagnosticSettings/all"
    body = {"properties": {"workspaceId": workspace, "logs": [{"category": "StorageWrite", "enabled": True}]}}
    answer = other.put(setting.removeprefix(azure.subscription), body, "2021-05-01-preview")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "LinkedAuthorizationFailed")
    assert f"does not have permission to perform action '{SHARED_KEYS}'" in answer.json()["error"]["message"]
    assert azure.put(setting.removeprefix(azure.subscription), body, "2021-05-01-preview").is_success


def test_a_role_that_somebody_holds_stays(azure: Azure, group: Group, identity: tuple[Azure, str]) -> None:
    role = made(azure, actions=["*/read"])
    assignment = azure.assign(group.id, role.role_name, identity[1])
    definitions = azure.authorization.role_definitions
    with refused(400, "RoleDefinitionHasAssignments"):
        definitions.delete(azure.subscription, role.name)
    azure.authorization.role_assignments.delete_by_id(assignment.id)
    assert definitions.delete(azure.subscription, role.name).id == role.id
    assert definitions.delete(azure.subscription, role.name) is None
    with refused(404, "RoleDefinitionDoesNotExist"):
        definitions.get_by_id(role.id)


def test_a_name_is_taken_once(azure: Azure) -> None:
    role = made(azure, actions=["*/read"])
    again = definition(azure, actions=["*/read"]) | {"role_name": role.role_name.upper()}
    with refused(409, "RoleDefinitionWithSameNameExists"):
        azure.authorization.role_definitions.create_or_update(azure.subscription, str(uuid.uuid4()), again)


def test_built_in_roles_cannot_be_changed(azure: Azure) -> None:
    reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
    definitions = azure.authorization.role_definitions
    with refused(400, "RoleDefinitionIsBuiltIn"):
        definitions.create_or_update(azure.subscription, reader, definition(azure, actions=["*"]))
    with refused(400, "RoleDefinitionIsBuiltIn"):
        definitions.delete(azure.subscription, reader)


@pytest.mark.parametrize(
    "change",
    [
        {"roleName": " "},
        {"permissions": []},
        {"permissions": [{"actions": "*"}]},
        {"permissions": [{"dataActions": [1]}]},
        {"assignableScopes": ["/"]},
        {"assignableScopes": None},
    ],
)
def test_what_is_no_role_is_refused(azure: Azure, change: dict[str, Any]) -> None:
    properties = {
        "roleName": f"role {uuid.uuid4()}",
        "permissions": [{"actions": ["*/read"]}],
        "assignableScopes": [azure.subscription],
    }
    path = f"/providers/Microsoft.Authorization/roleDefinitions/{uuid.uuid4()}"
    answer = azure.put(path, {"properties": {**properties, **change}}, "2022-04-01")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidRoleDefinition")


def test_the_id_of_a_role_is_a_guid(azure: Azure) -> None:
    with refused(400, "InvalidRoleDefinitionId"):
        azure.authorization.role_definitions.create_or_update(
            azure.subscription, "deployer", definition(azure, actions=["*"])
        )
