"""Several subscriptions of one tenant: what is in one is not in another, and rights in one are none in another."""

import uuid

import httpx
import pytest

from tests.rehearsal.azure.stand_in import StandIn

GROUPS = "api-version=2025-04-01"
SUBSCRIPTIONS = "api-version=2022-12-01"
ROLES = "api-version=2022-04-01"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"


@pytest.fixture
def other(stand_in: StandIn) -> str:
    """The path of a subscription besides the stand-in's own."""
    subscription = str(uuid.uuid4())
    path = f"/_rehearsal/subscriptions/{subscription.upper()}"
    assert stand_in.control.put(path, json={"name": "Production"}).status_code == 204
    return f"/subscriptions/{subscription}"


@pytest.fixture
def own(stand_in: StandIn) -> str:
    return f"/subscriptions/{stand_in.endpoint.subscription_id}"


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def make_group(stand_in: StandIn, subscription: str, name: str = "rg-things") -> httpx.Response:
    return stand_in.arm.put(f"{subscription}/resourcegroups/{name}?{GROUPS}", json={"location": "westeurope"})


def test_a_subscription_that_nobody_made_does_not_exist(stand_in: StandIn) -> None:
    refused = make_group(stand_in, f"/subscriptions/{uuid.uuid4()}")
    assert (refused.status_code, code_of(refused)) == (404, "SubscriptionNotFound")


def test_the_deployer_sees_and_owns_every_subscription(stand_in: StandIn, own: str, other: str) -> None:
    listed = stand_in.arm.get(f"/subscriptions?{SUBSCRIPTIONS}").json()["value"]
    assert {each["id"]: each["displayName"] for each in listed} == {own: "Rehearsal", other: "Production"}
    shown = stand_in.arm.get(f"{other}?{SUBSCRIPTIONS}").json()
    assert (shown["subscriptionId"], shown["tenantId"]) == (other[15:], stand_in.endpoint.tenant_id)


def test_groups_of_the_same_name_live_side_by_side(stand_in: StandIn, own: str, other: str) -> None:
    for subscription in (own, other):
        made = make_group(stand_in, subscription)
        assert (made.status_code, made.json()["id"]) == (201, f"{subscription}/resourceGroups/rg-things")
    assert stand_in.arm.delete(f"{other}/resourcegroups/rg-things?{GROUPS}").status_code == 202
    for subscription, names in ((own, ["rg-things"]), (other, [])):
        listed = stand_in.arm.get(f"{subscription}/resourcegroups?{GROUPS}").json()["value"]
        assert [each["name"] for each in listed] == names


def test_a_group_of_another_subscription_holds_nothing(stand_in: StandIn, own: str, other: str) -> None:
    assert make_group(stand_in, own).status_code == 201
    plan = f"{other}/resourceGroups/rg-things/providers/Microsoft.Web/serverfarms/plan?api-version=2025-05-01"
    refused = stand_in.arm.put(plan, json={"location": "westeurope", "sku": {"name": "FC1"}})
    assert (refused.status_code, code_of(refused)) == (404, "ResourceGroupNotFound")


def test_each_subscription_is_registered_by_itself(stand_in: StandIn, own: str, other: str) -> None:
    assert stand_in.arm.post(f"{other}/providers/Microsoft.Web/unregister?{GROUPS}").status_code == 200
    states = {
        subscription: stand_in.arm.get(f"{subscription}/providers/Microsoft.Web?{GROUPS}").json()["registrationState"]
        for subscription in (own, other)
    }
    assert states == {own: "Registered", other: "NotRegistered"}


def test_a_role_in_one_subscription_opens_no_other(stand_in: StandIn, own: str, other: str) -> None:
    application = stand_in.application()
    body = {
        "properties": {
            "roleDefinitionId": f"{other}/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}",
            "principalId": application.principal_id,
            "principalType": "ServicePrincipal",
        }
    }
    path = f"{other}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}?{ROLES}"
    assert stand_in.arm.put(path, json=body).status_code == 201
    headers = {"Authorization": f"Bearer {application.token('https://management.azure.com/.default')}"}
    listed = stand_in.anonymous.get(f"/subscriptions?{SUBSCRIPTIONS}", headers=headers).json()["value"]
    assert [each["id"] for each in listed] == [other]
    for subscription, status in ((other, 201), (own, 403)):
        path = f"{subscription}/resourcegroups/rg-mine?{GROUPS}"
        answer = stand_in.anonymous.put(path, headers=headers, json={"location": "westeurope"})
        assert answer.status_code == status, answer.text


def test_making_a_subscription_again_changes_nothing(stand_in: StandIn, other: str) -> None:
    assert make_group(stand_in, other).status_code == 201
    again = stand_in.control.put(f"/_rehearsal/subscriptions/{other[15:]}", json={"name": "Another"})
    assert again.status_code == 204
    assert stand_in.arm.get(f"{other}?{SUBSCRIPTIONS}").json()["displayName"] == "Production"
    assert len(stand_in.arm.get(f"{other}/resourcegroups?{GROUPS}").json()["value"]) == 1


@pytest.mark.parametrize(("name", "body"), [("not-a-guid", {}), ("5b1e4c7d-92a0-4f3e-8c15-7d60b9a2e341", {"name": 1})])
def test_a_bad_subscription_is_refused(stand_in: StandIn, name: str, body: dict[str, object]) -> None:
    assert stand_in.control.put(f"/_rehearsal/subscriptions/{name}", json=body).status_code == 400
