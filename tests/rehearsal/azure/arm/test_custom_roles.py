"""Roles that a tenant makes itself."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.azure.arm.clients import Azure, Group, new_name, refused

GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
LIST_SETTINGS = "Microsoft.Web/sites/config/list/action"
SHARED_KEYS = "Microsoft.OperationalInsights/workspaces/sharedKeys/action"


def definition(*scopes: str, name: str | None = None, **changes: Any) -> dict[str, Any]:
    permission = {"actions": [LIST_SETTINGS], "notActions": []}
    properties = {
        "roleName": name or new_name("role"),
        "description": "Reads settings",
        "type": "CustomRole",
        "permissions": [permission],
        "assignableScopes": list(scopes),
        **changes,
    }
    return {"properties": properties}


@pytest.fixture
def role(azure: Azure) -> Iterator[Any]:
    """A custom role of the subscription, which is gone afterwards."""
    definitions = azure.authorization.role_definitions
    role_id = str(uuid.uuid4())
    yield definitions.create_or_update(azure.subscription, role_id, definition(azure.subscription))
    for each in azure.authorization.role_assignments.list_for_subscription():
        if each.role_definition_id.endswith(role_id):
            azure.authorization.role_assignments.delete_by_id(each.id)
    definitions.delete(azure.subscription, role_id)


@pytest.fixture(scope="module")
def identity(azure: Azure) -> Iterator[tuple[Azure, str]]:
    other, principal = azure.new_identity()
    yield other, principal
    other.close()


def test_a_custom_role_is_made_found_by_name_and_changed(azure: Azure, role: Any) -> None:
    definitions = azure.authorization.role_definitions
    assert (role.role_type, role.permissions[0].actions) == ("CustomRole", [LIST_SETTINGS])
    [found] = definitions.list(azure.subscription, filter=f"roleName eq '{role.role_name.upper()}'")
    assert found.id == role.id
    assert role.id in [each.id for each in definitions.list(azure.subscription, filter="type eq 'CustomRole'")]
    body = definition(azure.subscription, name=role.role_name, description="Reads all settings")
    assert definitions.create_or_update(azure.subscription, role.name, body).description == "Reads all settings"
    assert definitions.get(azure.subscription, role.name).description == "Reads all settings"


def test_whoever_holds_a_custom_role_may_what_it_says_and_no_more(
    azure: Azure, group: Group, identity: tuple[Azure, str], role: Any
) -> None:
    other, principal = identity
    site = group.site()
    with refused(403, "AuthorizationFailed"):
        other.web.web_apps.list_application_settings(group.name, site.name)
    azure.assign(group.id, role.role_name, principal)
    assert other.web.web_apps.list_application_settings(group.name, site.name).properties == {}
    with refused(403, "AuthorizationFailed") as caught:
        other.web.web_apps.get(group.name, site.name)
    assert "'Microsoft.Web/sites/read'" in str(caught.value)


def test_an_action_is_allowed_as_long_as_the_role_says_so(
    azure: Azure, group: Group, identity: tuple[Azure, str], role: Any
) -> None:
    other, principal = identity
    definitions = azure.authorization.role_definitions

    def changed(**permission: list[str]) -> None:
        body = definition(azure.subscription, name=role.role_name, permissions=[permission])
        definitions.create_or_update(azure.subscription, role.name, body)

    azure.assign(group.id, role.role_name, principal)
    changed(actions=[f"{GROUPS}/*"], notActions=[f"{GROUPS}/write"])
    assert other.resources.resource_groups.get(group.name).id == group.id
    with refused(403, "AuthorizationFailed") as caught:
        other.resources.resource_groups.update(group.name, {"tags": {"a": "b"}})
    assert f"'{GROUPS}/write' over scope" in str(caught.value)
    changed(actions=[f"{GROUPS}/write"])
    assert other.resources.resource_groups.update(group.name, {"tags": {"a": "b"}}).tags == {"a": "b"}
    with refused(403, "AuthorizationFailed"):
        other.resources.resource_groups.get(group.name)


def test_who_sends_logs_to_a_workspace_must_be_able_to_have_its_keys(
    azure: Azure, group: Group, identity: tuple[Azure, str], role: Any
) -> None:
    """JimGBritt/AzurePolicy#17."""
    other, principal = identity
    account = group.account()
    workspace = f"{group.id}/providers/Microsoft.OperationalInsights/workspaces/logs"
    path = workspace.removeprefix(azure.subscription)
    assert azure.put(path, {"location": "westeurope"}, "2023-09-01").is_success
    permission = {"actions": ["*"], "notActions": [SHARED_KEYS]}
    body = definition(azure.subscription, name=role.role_name, permissions=[permission])
    azure.authorization.role_definitions.create_or_update(azure.subscription, role.name, body)
    azure.assign(group.id, role.role_name, principal)
    setting = f"{account.id}/blobServices/default/providers/Microsoft.Insights/diagnosticSettings/all"
    body = {"properties": {"workspaceId": workspace, "logs": [{"category": "StorageWrite", "enabled": True}]}}
    answer = other.put(setting.removeprefix(azure.subscription), body, "2021-05-01-preview")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "LinkedAuthorizationFailed")
    assert f"does not have permission to perform action '{SHARED_KEYS}'" in answer.json()["error"]["message"]
    assert azure.put(setting.removeprefix(azure.subscription), body, "2021-05-01-preview").is_success


def test_a_role_that_somebody_holds_stays(azure: Azure, group: Group, identity: tuple[Azure, str], role: Any) -> None:
    azure.assign(group.id, role.role_name, identity[1])
    with refused(400, "RoleDefinitionHasAssignments"):
        azure.authorization.role_definitions.delete(azure.subscription, role.name)


def test_a_role_exists_only_where_it_can_be_assigned(azure: Azure, group: Group) -> None:
    definitions = azure.authorization.role_definitions
    made = definitions.create_or_update(group.id, str(uuid.uuid4()), definition(group.id))
    with refused(404, "RoleDefinitionDoesNotExist"):
        definitions.get(azure.subscription, made.name)
    body = {"properties": {"roleDefinitionId": made.id, "principalId": str(uuid.uuid4()), "principalType": "Group"}}
    with refused(400, "RoleDefinitionDoesNotExist"):
        azure.authorization.role_assignments.create(azure.subscription, str(uuid.uuid4()), body)
    azure.authorization.role_assignments.create(group.id, name := str(uuid.uuid4()), body)
    azure.authorization.role_assignments.delete(group.id, name)
    assert definitions.delete(group.id, made.name).name == made.name
    assert definitions.delete(group.id, made.name) is None


@pytest.mark.parametrize("taken", ["Reader", "reader", None])
def test_no_two_roles_of_a_tenant_have_one_name(azure: Azure, role: Any, taken: str | None) -> None:
    body = definition(azure.subscription, name=taken or role.role_name)
    with refused(409, "RoleDefinitionWithSameNameExists"):
        azure.authorization.role_definitions.create_or_update(azure.subscription, str(uuid.uuid4()), body)


def test_a_built_in_role_stays_as_it_is(azure: Azure) -> None:
    reader = azure.role("Reader", azure.subscription).rpartition("/")[2]
    definitions = azure.authorization.role_definitions
    with refused(400, "RoleDefinitionIsBuiltIn"):
        definitions.create_or_update(azure.subscription, reader, definition(azure.subscription))
    with refused(400, "RoleDefinitionIsBuiltIn"):
        definitions.delete(azure.subscription, reader)


def test_the_id_of_a_role_is_a_guid(azure: Azure) -> None:
    with refused(400, "InvalidRoleDefinitionId"):
        azure.authorization.role_definitions.create_or_update(
            azure.subscription, "deployer", definition(azure.subscription)
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"roleName": ""},
        {"type": "BuiltInRole"},
        {"permissions": []},
        {"permissions": [{"actions": [], "notActions": ["*"]}]},
        {"permissions": [{"actions": "*"}]},
        {"permissions": [{"dataActions": [1]}]},
        {"assignableScopes": []},
        {"assignableScopes": ["/"]},
    ],
)
def test_a_role_without_name_actions_and_scopes_is_refused(azure: Azure, changes: dict[str, Any]) -> None:
    path = f"/providers/Microsoft.Authorization/roleDefinitions/{uuid.uuid4()}"
    answer = azure.put(path, definition(azure.subscription, **changes), "2022-04-01")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidRoleDefinition")


def test_a_role_reaches_no_further_than_its_author(azure: Azure, group: Group, identity: tuple[Azure, str]) -> None:
    other, principal = identity
    azure.assign(group.id, "User Access Administrator", principal)
    with refused(403, "LinkedAuthorizationFailed"):
        other.authorization.role_definitions.create_or_update(
            group.id, str(uuid.uuid4()), definition(group.id, azure.subscription)
        )
