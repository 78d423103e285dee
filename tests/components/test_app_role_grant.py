"""A grant: one assignment per role."""

from __future__ import annotations

from components.app_role_grant import AppRoleGrant, AppRoleGrantArgs
from tests.components.examples import GRANT
from tests.components.recording import UNKNOWN, deploy, guid_of

ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment"


def test_each_role_is_an_assignment_of_its_own(preview: bool) -> None:
    deployment = deploy(lambda: AppRoleGrant("caller-own", GRANT), preview=preview)
    assert {each.name: each.inputs for each in deployment.all(ASSIGNMENT)} == {
        f"caller-own-{value}": {"principalObjectId": "p1", "resourceObjectId": "r1", "appRoleId": role_id}
        for value, role_id in GRANT.roles.items()
    }


def test_the_other_assignments_keep_their_names_when_a_role_comes_first() -> None:
    roles = {"A.First": "id-0", **GRANT.roles}
    args = AppRoleGrantArgs(principal_object_id="p1", resource_object_id="r1", roles=roles)
    before, after = (
        {each.name: each.inputs for each in deploy(lambda: AppRoleGrant("g", given)).all(ASSIGNMENT)}  # noqa: B023
        for given in (GRANT, args)
    )
    assert after.items() >= before.items()


def test_the_ids_of_the_assignments_are_outputs(preview: bool) -> None:
    deployment = deploy(lambda: AppRoleGrant("caller-own", GRANT), preview=preview)
    ids = deployment.outputs[deployment.one("keyless:identity:AppRoleGrant").urn]["assignmentIds"]
    known = {value: f"/{guid_of(f'caller-own-{value}')}" for value in GRANT.roles}
    assert ids == (UNKNOWN if preview else known)


def test_an_assignment_waits_for_its_identity_to_spread(preview: bool) -> None:
    deployment = deploy(lambda: AppRoleGrant("caller-own", GRANT), preview=preview)
    assert {each.request.customTimeouts.create for each in deployment.all(ASSIGNMENT)} == {"15m"}


def test_an_assignment_that_exists_already_is_imported_and_the_others_are_made() -> None:
    identifier = "/servicePrincipals/r1/appRoleAssignedTo/a1"
    first = next(iter(GRANT.roles))
    args = AppRoleGrantArgs(
        principal_object_id="p1", resource_object_id="r1", roles=GRANT.roles, imports={first: identifier}
    )
    found = {each.name: each.request.importId for each in deploy(lambda: AppRoleGrant("g", args)).all(ASSIGNMENT)}
    assert found == {f"g-{value}": identifier if value == first else "" for value in GRANT.roles}
