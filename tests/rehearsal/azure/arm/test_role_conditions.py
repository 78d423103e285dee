"""Role assignments with a condition: who may give which roles to whom, and what a condition may say here."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.azure.arm import role_conditions
from rehearsal.azure.errors import ArmError
from tests.rehearsal.azure.arm.clients import Azure, Group, refused

OWNER_OF_BLOBS = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
PUBLISHER_OF_METRICS = "3913510d-42f4-4e42-8a64-420c390055eb"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
TYPE = "Microsoft.Authorization/roleAssignments"


def delegation(roles: tuple[str, ...], kind: str = "ServicePrincipal") -> str:
    """The condition of the documentation, "Example: Constrain roles and principal types"."""
    both = [
        f"((!(ActionMatches{{'{TYPE}/{verb}'}})) OR "
        f"(@{source}[{TYPE}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{', '.join(roles)}}} AND "
        f"@{source}[{TYPE}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {{'{kind}'}}))"
        for verb, source in (("write", "Request"), ("delete", "Resource"))
    ]
    return " AND\n".join(both)


CONDITION = delegation((OWNER_OF_BLOBS, PUBLISHER_OF_METRICS))


def assignment(azure: Azure, role: str, principal: str, **properties: Any) -> dict[str, Any]:
    role_id = f"{azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    given = {"roleDefinitionId": role_id, "principalId": principal, "principalType": "ServicePrincipal"}
    return {"properties": {**given, **properties}}


@pytest.fixture(scope="module")
def delegate(azure: Azure) -> Iterator[tuple[Azure, str]]:
    other, principal = azure.new_identity()
    yield other, principal
    other.close()


@pytest.fixture
def delegated(azure: Azure, group: Group, delegate: tuple[Azure, str]) -> Azure:
    """Somebody who may give two roles to service principals in the group, and nothing else."""
    other, principal = delegate
    administrator = azure.role("Role Based Access Control Administrator", group.id).rpartition("/")[2]
    body = assignment(azure, administrator, principal, condition=CONDITION, conditionVersion="2.0")
    azure.authorization.role_assignments.create(group.id, str(uuid.uuid4()), body)
    return other


def test_a_delegate_gives_and_takes_the_roles_of_the_condition(group: Group, delegated: Azure) -> None:
    name, principal = str(uuid.uuid4()), str(uuid.uuid4())
    assignments = delegated.authorization.role_assignments
    made = assignments.create(group.id, name, assignment(delegated, OWNER_OF_BLOBS, principal))
    assert made.principal_id == principal
    assert assignments.delete(group.id, name).name == name


@pytest.mark.parametrize(
    ("role", "kind"), [(OWNER, "ServicePrincipal"), (OWNER_OF_BLOBS, "User"), (OWNER_OF_BLOBS, "Group")]
)
def test_a_delegate_gives_no_other_role_and_nobody_else(group: Group, delegated: Azure, role: str, kind: str) -> None:
    name = str(uuid.uuid4())
    body = assignment(delegated, role, str(uuid.uuid4()), principalType=kind)
    with refused(403, "AuthorizationFailed") as caught:
        delegated.authorization.role_assignments.create(group.id, name, body)
    scope = f"{group.id}/providers/{TYPE}/{name}"
    assert (
        f"does not have authorization or an ABAC condition not fulfilled to perform action '{TYPE}/write' over scope "
        f"'{scope}' or the scope is invalid."
    ) in str(caught.value)


def test_a_delegate_cannot_take_what_he_could_not_give(azure: Azure, group: Group, delegated: Azure) -> None:
    name = str(uuid.uuid4())
    azure.authorization.role_assignments.create(group.id, name, assignment(azure, OWNER, str(uuid.uuid4())))
    with refused(403, "AuthorizationFailed") as caught:
        delegated.authorization.role_assignments.delete(group.id, name)
    assert "an ABAC condition not fulfilled" in str(caught.value)


def test_a_delegate_cannot_lift_the_condition_on_itself(group: Group, delegated: Azure) -> None:
    [own] = [
        each for each in delegated.authorization.role_assignments.list_for_scope(group.id) if each.condition is not None
    ]
    body = assignment(delegated, own.role_definition_id.rpartition("/")[2], own.principal_id)
    with refused(403, "AuthorizationFailed"):
        delegated.authorization.role_assignments.create(group.id, own.name, body)


def test_what_a_condition_does_not_name_it_does_not_restrict(group: Group, delegated: Azure) -> None:
    assert delegated.resources.resource_groups.get(group.name).id == group.id
    with refused(403, "AuthorizationFailed") as caught:
        delegated.resources.resource_groups.begin_delete(group.name)
    assert "ABAC" not in str(caught.value), "no role gives that, with or without a condition"


@pytest.mark.parametrize("changes", [{"condition": CONDITION}, {"condition": CONDITION, "conditionVersion": "1.0"}])
def test_a_condition_needs_its_version(azure: Azure, group: Group, changes: dict[str, str]) -> None:
    body = assignment(azure, OWNER_OF_BLOBS, str(uuid.uuid4()), **changes)
    with refused(400, "InvalidRoleAssignmentCondition") as caught:
        azure.authorization.role_assignments.create(group.id, str(uuid.uuid4()), body)
    assert "The given role assignment condition is invalid." in str(caught.value)


ROLE = f"@Request[{TYPE}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{OWNER}}}"


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("", "An expression is missing"),
        ("()", "An expression is missing"),
        (f"({ROLE}", "A parenthesis is not closed"),
        (f"{ROLE} AND", "An expression is missing"),
        (f"{ROLE} {ROLE}", "Nothing may follow before"),
        (f"{ROLE})", "Nothing may follow before ')'"),
        ("@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'x'", "The stand-in does not model"),
        (ROLE.replace("ForAnyOfAnyValues", "ForAnyOfAllValues"), "The stand-in does not model"),
        (ROLE.replace("GuidEquals", "StringEqualsIgnoreCase"), "does not compare RoleDefinitionId"),
        (ROLE.replace("RoleDefinitionId", "PrincipalType"), "GuidEquals does not compare PrincipalType"),
        (f"{ROLE} ANDROLE", "The stand-in does not model"),
    ],
)
def test_a_condition_that_is_not_modelled_is_refused_and_never_ignored(condition: str, reason: str) -> None:
    with pytest.raises(ArmError) as refusal:
        role_conditions.check(condition, "2.0")
    assert refusal.value.status == 400
    assert reason in refusal.value.message


def gives(role: str) -> str:
    """An expression that is true exactly when the attempt gives that role."""
    return f"@Request[{TYPE}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{role}}}"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{yes}", True),
        ("NOT {no}", True),
        ("!({yes})", False),
        ("{yes} OR {no} AND {no}", True),
        ("({yes} OR {no}) AND {no}", False),
        ("{no} && {yes} || {yes}", True),
        ("NOT ({no} OR {no}) AND {yes}", True),
        ("not {no} or {no}", True),
    ],
)
def test_and_binds_closer_than_or_and_not_closest(condition: str, expected: bool) -> None:
    written = condition.format(yes=gives(OWNER), no=gives(OWNER_OF_BLOBS))
    role_conditions.check(written, "2.0")
    attempt = {"action": f"{TYPE}/write".lower(), "request:roledefinitionid": OWNER}
    assert role_conditions.holds(written, attempt) is expected
