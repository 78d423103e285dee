"""Role assignments and role definitions, through azure-mgmt-authorization."""

import uuid
from typing import Any

import pytest

from tests.rehearsal.azure.arm.clients import REGION, Azure, Group, new_name, refused

OWNER_OF_BLOBS = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"


@pytest.fixture(scope="module")
def principal(azure: Azure) -> str:
    """A service principal that exists."""
    return azure.new_identity()[1]


def body(azure: Azure, principal: str, role: str = OWNER_OF_BLOBS, **properties: Any) -> Any:
    role_id = f"{azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    given = {"roleDefinitionId": role_id, "principalId": principal, "principalType": "ServicePrincipal", **properties}
    return {"properties": {name: value for name, value in given.items() if value is not None}}


def test_an_assignment_is_made_shown_and_removed(azure: Azure, group: Group, principal: str) -> None:
    account = group.account()
    name = str(uuid.uuid4())
    assignments = azure.authorization.role_assignments
    path = f"{account.id}/providers/Microsoft.Authorization/roleAssignments/{name}"
    made = azure.put(path.removeprefix(azure.subscription), body(azure, principal), "2022-04-01")
    assert made.status_code == 201
    assert (made.json()["id"], made.json()["name"]) == (path, name)
    properties = made.json()["properties"]
    assert properties["scope"] == account.id
    assert properties["createdBy"] is None
    found = assignments.get(account.id, name)
    assert found.created_by == found.updated_by
    assert found.role_definition_id == body(azure, principal)["properties"]["roleDefinitionId"]
    assert assignments.get_by_id(path.upper()).id == path
    removed: Any = assignments.delete(account.id, name)
    assert removed.id == path
    assert assignments.delete(account.id, name) is None
    with refused(404, "RoleAssignmentNotFound"):
        assignments.get(account.id, name)


def test_the_same_put_again_changes_the_description_only(azure: Azure, group: Group, principal: str) -> None:
    name = str(uuid.uuid4())
    assignments = azure.authorization.role_assignments
    first = assignments.create(group.id, name, body(azure, principal))
    again = assignments.create(group.id.upper(), name, body(azure, principal, description="why"))
    assert (again.id, again.description, again.created_on) == (first.id, "why", first.created_on)
    assert len(list(assignments.list_for_scope(group.id, filter=f"principalId eq '{principal}'"))) == 1


@pytest.mark.parametrize("other", ["principal", "role", "scope"])
def test_principal_role_and_scope_never_change(azure: Azure, group: Group, principal: str, other: str) -> None:
    name = str(uuid.uuid4())
    azure.authorization.role_assignments.create(group.id, name, body(azure, principal))
    scope = azure.subscription if other == "scope" else group.id
    wanted = body(
        azure,
        str(uuid.uuid4()) if other == "principal" else principal,
        "acdd72a7-3385-48ef-bd42-f606fba81ae7" if other == "role" else OWNER_OF_BLOBS,
    )
    with refused(400, "RoleAssignmentUpdateNotPermitted") as caught:
        azure.authorization.role_assignments.create(scope, name, wanted)
    assert "Tenant ID, application ID, principal ID, and scope are not allowed to be updated." in str(caught.value)


def test_the_same_grant_under_another_name_already_exists(azure: Azure, group: Group, principal: str) -> None:
    first = azure.assign(group.id, "Reader", principal)
    with refused(409, "RoleAssignmentExists") as caught:
        azure.assign(group.id, "Reader", principal)
    words = (
        f"The role assignment already exists. The ID of the existing role assignment is {first.name.replace('-', '')}."
    )
    assert words in str(caught.value)


def test_an_unknown_principal_is_looked_up_unless_its_type_is_given(azure: Azure, group: Group) -> None:
    unknown = str(uuid.uuid4())
    with refused(400, "PrincipalNotFound") as caught:
        azure.authorization.role_assignments.create(
            group.id, str(uuid.uuid4()), body(azure, unknown, principalType=None)
        )
    words = f"Principal {unknown.replace('-', '')} does not exist in the directory {azure.endpoint.tenant_id}."
    assert words in str(caught.value)
    made = azure.authorization.role_assignments.create(group.id, str(uuid.uuid4()), body(azure, unknown))
    assert made.principal_type == "ServicePrincipal"


def test_a_known_principal_needs_no_type_and_takes_no_wrong_one(azure: Azure, group: Group, principal: str) -> None:
    assignments = azure.authorization.role_assignments
    with refused(400, "UnmatchedPrincipalType") as caught:
        assignments.create(group.id, str(uuid.uuid4()), body(azure, principal, principalType="User"))
    words = "has type 'ServicePrincipal' , which is different from specified PrinciaplType 'User'."
    assert words in str(caught.value)
    made = assignments.create(group.id, str(uuid.uuid4()), body(azure, principal, principalType=None))
    assert made.principal_type == "ServicePrincipal"


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("not-a-guid", {}, "InvalidRoleAssignmentId"),
        (None, {"principalId": "nobody"}, "InvalidPrincipalId"),
        (None, {"principalId": None}, "InvalidPrincipalId"),
        (None, {"principalId": 7}, "InvalidPrincipalId"),
        (None, {"principalType": "Robot"}, "InvalidPrincipalType"),
        (None, {"roleDefinitionId": "Owner"}, "InvalidRoleDefinitionId"),
        (None, {"roleDefinitionId": None}, "InvalidRoleDefinitionId"),
        (None, {"roleDefinitionId": {"id": 1}}, "InvalidRoleDefinitionId"),
        (
            None,
            {"roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/" + str(uuid.UUID(int=5))},
            "RoleDefinitionDoesNotExist",
        ),
    ],
)
def test_a_wrong_assignment_is_refused(
    azure: Azure, group: Group, principal: str, name: str | None, change: dict[str, Any], code: str
) -> None:
    with refused(400, code):
        azure.authorization.role_assignments.create(
            group.id, name or str(uuid.uuid4()), body(azure, principal, **change)
        )


def test_an_assignment_needs_a_scope_that_exists(azure: Azure, group: Group, principal: str) -> None:
    missing = f"{group.id}/providers/Microsoft.Storage/storageAccounts/nobody"
    with refused(404, "ResourceNotFound"):
        azure.assign(missing, "Reader", principal)
    with refused(404, "ResourceGroupNotFound"):
        azure.assign(f"{azure.subscription}/resourceGroups/nobody", "Reader", principal)


def test_lists_hold_what_is_inherited_and_what_is_below(azure: Azure, group: Group, principal: str) -> None:
    account = group.account()
    on_group = azure.assign(group.id, "Reader", principal)
    on_account = azure.assign(account.id, "Storage Blob Data Owner", principal)
    assignments = azure.authorization.role_assignments
    listed = {one.id for one in assignments.list_for_resource_group(group.name)}
    assert {on_group.id, on_account.id} <= listed
    at_scope = {one.id for one in assignments.list_for_scope(group.id, filter="atScope()")}
    assert on_group.id in at_scope
    assert on_account.id not in at_scope
    on_the_account = {
        one.id
        for one in assignments.list_for_resource(group.name, "Microsoft.Storage", "storageAccounts", account.name)
    }
    assert {on_group.id, on_account.id} <= on_the_account
    assigned = {one.id for one in assignments.list_for_subscription(filter=f"assignedTo('{principal}')")}
    assert {on_group.id, on_account.id} <= assigned
    with refused(400, "UnsupportedQuery"):
        list(assignments.list_for_subscription(filter="principalType eq 'User'"))


def test_an_assignment_goes_with_the_resource_it_was_made_on(azure: Azure, group: Group, principal: str) -> None:
    account = group.account()
    made = azure.assign(account.id, "Storage Blob Data Owner", principal)
    azure.storage.storage_accounts.delete(group.name, account.name)
    group.account(account.name)
    listed = azure.authorization.role_assignments.list_for_scope(account.id)
    assert made.id not in [one.id for one in listed]


def test_names_are_unique_in_the_tenant(azure: Azure, group: Group, principal: str) -> None:
    other = new_name("rg")
    azure.resources.resource_groups.create_or_update(other, {"location": REGION})
    name = str(uuid.uuid4())
    azure.authorization.role_assignments.create(group.id, name, body(azure, principal))
    with refused(400, "RoleAssignmentUpdateNotPermitted"):
        azure.authorization.role_assignments.create(Group(azure, other).id, name, body(azure, principal))
    azure.resources.resource_groups.begin_delete(other).result()


@pytest.mark.parametrize("name", ["Storage Blob Data Owner", "storage blob data owner"])
def test_a_role_is_found_by_its_name(azure: Azure, name: str) -> None:
    definitions = azure.authorization.role_definitions
    [found] = definitions.list(azure.subscription, filter=f"roleName eq '{name}'")
    assert found.name == OWNER_OF_BLOBS
    assert found.id == f"{azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/{OWNER_OF_BLOBS}"
    assert found.permissions is not None
    assert found.permissions[0].data_actions == ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"]
    at_root = definitions.get_by_id(f"/providers/Microsoft.Authorization/roleDefinitions/{OWNER_OF_BLOBS}")
    assert at_root.role_name == "Storage Blob Data Owner"


def test_an_unknown_role_is_not_found(azure: Azure, group: Group) -> None:
    definitions = azure.authorization.role_definitions
    assert list(definitions.list(group.id, filter="roleName eq 'King'")) == []
    with refused(404, "RoleDefinitionDoesNotExist") as caught:
        definitions.get(group.id, str(uuid.UUID(int=7)))
    assert "'00000000000000000000000000000007' does not exist." in str(caught.value)
    with refused(400, "InvalidFilter"):
        list(definitions.list(group.id, filter="description eq 'x'"))
