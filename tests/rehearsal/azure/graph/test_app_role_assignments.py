"""App role assignments in Graph, from both sides, and what is refused."""

import uuid

import pytest

from tests.rehearsal.azure.stand_in import StandIn, code, message, role


def test_an_assignment_shows_on_both_sides(stand_in: StandIn) -> None:
    read = role()
    api, caller = stand_in.api(read), stand_in.application()
    made = stand_in.assign(caller.principal_id, api.principal_id, read["id"]).json()
    assert made["principalType"] == "ServicePrincipal"
    assert made["resourceDisplayName"] == api.read()["displayName"]
    assert made["principalDisplayName"] == caller.read()["displayName"]
    assert "/" not in made["id"]
    for side in (api.principal_path("/appRoleAssignedTo"), caller.principal_path("/appRoleAssignments")):
        [listed] = stand_in.made("GET", side, status=200)["value"]
        shown = stand_in.made("GET", f"{side}/{made['id']}", status=200)
        for name in ("id", "principalId", "resourceId", "appRoleId"):
            assert listed[name] == shown[name] == made[name]


@pytest.mark.parametrize("side", ["appRoleAssignedTo", "appRoleAssignments"])
def test_it_can_be_made_and_taken_away_from_either_side(stand_in: StandIn, side: str) -> None:
    read = role()
    api, caller = stand_in.api(read), stand_in.application()
    owner = api if side == "appRoleAssignedTo" else caller
    body = {"principalId": caller.principal_id, "resourceId": api.principal_id, "appRoleId": read["id"]}
    made = stand_in.made("POST", owner.principal_path(f"/{side}"), body)
    stand_in.made("DELETE", owner.principal_path(f"/{side}/{made['id']}"), status=204)
    assert stand_in.made("GET", api.principal_path("/appRoleAssignedTo"), status=200)["value"] == []


def test_the_same_assignment_twice_is_refused(stand_in: StandIn) -> None:
    read = role()
    api, caller = stand_in.api(read), stand_in.application()
    stand_in.assign(caller.principal_id, api.principal_id, read["id"])
    again = stand_in.assign(caller.principal_id, api.principal_id, read["id"])
    assert (again.status_code, code(again)) == (400, "Request_BadRequest")
    assert message(again) == "Permission being assigned already exists on the object"


@pytest.mark.parametrize(
    "not_for_it",
    [
        role("Other"),
        role("Users", allowedMemberTypes=["User"]),
        role("Disabled", isEnabled=False),
        {"id": "00000000-0000-0000-0000-000000000000"},
    ],
)
def test_a_role_that_the_api_does_not_offer_applications_is_refused(
    stand_in: StandIn, not_for_it: dict[str, str]
) -> None:
    offered = [role()] if not_for_it.get("value") in ("Other", None) else [role(), not_for_it]
    api, caller = stand_in.api(*offered), stand_in.application()
    answer = stand_in.assign(caller.principal_id, api.principal_id, not_for_it["id"])
    assert (answer.status_code, code(answer)) == (400, "Request_BadRequest")
    assert message(answer) == f"Permission being assigned was not found on application '{api.app_id}'."


def test_an_api_without_roles_takes_the_default_role(stand_in: StandIn) -> None:
    api, caller = stand_in.api(), stand_in.application()
    default = "00000000-0000-0000-0000-000000000000"
    assert stand_in.assign(caller.principal_id, api.principal_id, default).status_code == 201
    assert "roles" not in caller.claims(api.scope)


def test_a_principal_that_does_not_exist_is_not_found(stand_in: StandIn) -> None:
    read, missing = role(), str(uuid.uuid4())
    answer = stand_in.assign(missing, stand_in.api(read).principal_id, read["id"])
    assert (answer.status_code, code(answer)) == (404, "Request_ResourceNotFound")
    assert missing in message(answer)


@pytest.mark.parametrize("left_out", ["principalId", "resourceId", "appRoleId"])
def test_a_part_that_is_missing_is_named(stand_in: StandIn, left_out: str) -> None:
    read = role()
    api = stand_in.api(read)
    body = {"principalId": api.principal_id, "resourceId": api.principal_id, "appRoleId": read["id"]}
    del body[left_out]
    answer = stand_in.graph.post(api.principal_path("/appRoleAssignedTo"), json=body)
    assert answer.status_code == 400
    assert f"'{left_out}'" in message(answer)


def test_the_path_names_the_side_that_the_body_names(stand_in: StandIn) -> None:
    read = role()
    api, caller = stand_in.api(read), stand_in.application()
    body = {"principalId": caller.principal_id, "resourceId": api.principal_id, "appRoleId": read["id"]}
    answer = stand_in.graph.post(caller.principal_path("/appRoleAssignedTo"), json=body)
    assert answer.status_code == 400
    assert "'resourceId'" in message(answer)


def test_an_assignment_of_somebody_else_is_not_there(stand_in: StandIn) -> None:
    read = role()
    api, caller = stand_in.api(read), stand_in.application()
    made = stand_in.assign(caller.principal_id, api.principal_id, read["id"]).json()
    assert stand_in.graph.get(caller.principal_path(f"/appRoleAssignedTo/{made['id']}")).status_code == 404
    answer = stand_in.graph.delete(caller.principal_path(f"/appRoleAssignedTo/{made['id']}"))
    assert message(answer) == "EntitlementGrant being updated or deleted is not found."


def test_roles_of_published_apis_can_be_assigned(stand_in: StandIn) -> None:
    graph, caller = stand_in.published("Microsoft Graph"), stand_in.application()
    [read_all] = [item for item in graph["appRoles"] if item["value"] == "User.Read.All"]
    assert stand_in.assign(caller.principal_id, graph["id"], read_all["id"]).status_code == 201
    assert caller.claims("https://graph.microsoft.com/.default")["roles"] == ["User.Read.All"]
