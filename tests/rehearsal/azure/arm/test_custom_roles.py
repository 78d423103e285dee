"""Roles that a tenant makes itself."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.azure.arm.clients import Azure, Group, new_name, refused

LIST_SETTINGS = "Microsoft.Web/sites/config/list/action"


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
    with refused(400, "BuiltInRoleCannotBeChanged"):
        azure.authorization.role_definitions.create_or_update(
            azure.subscription, reader, definition(azure.subscription)
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"roleName": ""},
        {"type": "BuiltInRole"},
        {"permissions": []},
        {"permissions": [{"actions": [], "notActions": ["*"]}]},
        {"assignableScopes": []},
        {"assignableScopes": ["/"]},
    ],
)
def test_a_role_without_name_actions_and_scopes_is_refused(azure: Azure, changes: dict[str, Any]) -> None:
    body = definition(azure.subscription, **changes)
    with refused(400, "InvalidRoleDefinition"):
        azure.authorization.role_definitions.create_or_update(azure.subscription, str(uuid.uuid4()), body)


def test_a_role_reaches_no_further_than_its_author(azure: Azure, group: Group, identity: tuple[Azure, str]) -> None:
    other, principal = identity
    azure.assign(group.id, "User Access Administrator", principal)
    with refused(403, "LinkedAuthorizationFailed"):
        other.authorization.role_definitions.create_or_update(
            group.id, str(uuid.uuid4()), definition(group.id, azure.subscription)
        )
