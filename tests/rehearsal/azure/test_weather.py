"""The weather: latency, replication delay, faults, and what real clients make of them."""

import asyncio
from typing import Any

import httpx
import pytest
from azure.identity import ClientSecretCredential

from rehearsal.azure.routing import Reply, Route, Service
from rehearsal.azure.weather import TYPICAL_SECONDS, Latency, Weather
from tests.rehearsal.azure.stand_in import Document, StandIn, code, message, role


def let(stand_in: StandIn, **fault: Any) -> None:
    answer = stand_in.control.post("/_rehearsal/faults", json=fault)
    assert answer.status_code == 201, answer.text


def weather(stand_in: StandIn, **settings: Any) -> None:
    answer = stand_in.control.patch("/_rehearsal/weather", json=settings)
    assert answer.status_code == 200, answer.text


def later(stand_in: StandIn, seconds: float) -> None:
    assert stand_in.control.post("/_rehearsal/clock", json={"advance": seconds}).status_code == 200


def test_a_fault_strikes_once_and_says_when_to_come_back(stand_in: StandIn) -> None:
    let(stand_in, route="GET /v1.0/applications", status=429, retryAfter=7)
    first, second = (stand_in.graph.get("/v1.0/applications") for _ in range(2))
    assert (first.status_code, first.headers["Retry-After"], code(first)) == (429, "7", "TooManyRequests")
    assert second.status_code == 200


@pytest.mark.parametrize(
    ("route", "struck"),
    [
        ("GET /v1.0/applications", True),
        ("get /V1.0/applications", True),
        ("* /v1.0/*", True),
        ("GET /v1.0/*s", True),
        ("POST /v1.0/applications", False),
        ("GET /v1.0/application", False),
        ("GET /v1.0/servicePrincipals", False),
    ],
)
def test_a_fault_strikes_the_routes_it_names(stand_in: StandIn, route: str, struck: bool) -> None:
    let(stand_in, route=route, status=503)
    assert stand_in.graph.get("/v1.0/applications").status_code == (503 if struck else 200)


def test_a_fault_before_has_no_effect_and_one_after_has_its_answer_lost_only(stand_in: StandIn) -> None:
    for after, expected in ((False, 0), (True, 1)):
        name = f"after {after}"
        let(stand_in, route="POST /v1.0/applications", status=500, after=after)
        assert stand_in.graph.post("/v1.0/applications", json={"displayName": name}).status_code == 500
        found = stand_in.graph.get("/v1.0/applications", params={"$filter": f"displayName eq '{name}'"})
        assert len(found.json()["value"]) == expected


@pytest.mark.parametrize("after", [False, True])
def test_a_dropped_connection_gives_no_answer_at_all(stand_in: StandIn, after: bool) -> None:
    let(stand_in, route="POST /v1.0/applications", after=after)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        stand_in.graph.post("/v1.0/applications", json={"displayName": "things"})
    assert len(stand_in.graph.get("/v1.0/applications").json()["value"]) == (2 if after else 1)
    dropped = stand_in.control.get("/_rehearsal/requests").json()["requests"][-2]
    assert (dropped["route"], dropped["status"]) == ("POST /v1.0/applications", None)


def test_a_probability_with_a_seed_strikes_the_same_requests_every_time(stand_in: StandIn) -> None:
    def statuses() -> list[int]:
        let(stand_in, route="GET /v1.0/*", status=503, times=None, probability=0.5, seed=17)
        answers = [stand_in.graph.get("/v1.0/applications").status_code for _ in range(20)]
        assert stand_in.control.delete("/_rehearsal/faults").status_code == 204
        return answers

    first = statuses()
    assert set(first) == {200, 503}
    assert statuses() == first


def test_a_fault_lasts_as_long_as_it_was_told(stand_in: StandIn) -> None:
    let(stand_in, route="GET /v1.0/applications", status=500, times=3)
    assert [stand_in.graph.get("/v1.0/applications").status_code for _ in range(4)] == [500, 500, 500, 200]
    assert stand_in.control.get("/_rehearsal/faults").json() == {"faults": []}


def test_resource_manager_and_login_have_their_own_words_for_a_fault(stand_in: StandIn) -> None:
    arm = stand_in.arm
    let(stand_in, route="* *", status=503, times=2)
    answer = arm.get("/subscriptions", params={"api-version": "2022-12-01"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "ServiceUnavailable")
    answer = stand_in.ask_for_token("https://graph.microsoft.com/.default", stand_in.endpoint.client_id, "any")
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")


def test_azure_identity_comes_back_after_the_time_it_is_told(stand_in: StandIn) -> None:
    endpoint = stand_in.endpoint
    let(stand_in, route="POST /{tenant}/oauth2/v2.0/token", status=429, retryAfter=0, times=2)
    with ClientSecretCredential(
        endpoint.tenant_id,
        endpoint.client_id,
        endpoint.client_secret,
        authority=endpoint.https_url,
        disable_instance_discovery=True,
        connection_verify=str(endpoint.ca_file),
    ) as credential:
        assert credential.get_token("https://graph.microsoft.com/.default").token
    asked = [
        item for item in stand_in.control.get("/_rehearsal/requests").json()["requests"] if item["method"] == "POST"
    ]
    assert [item["status"] for item in asked][-3:] == [429, 429, 200]


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({}, "'route' must be"),
        ({"route": "GET /x", "status": 200}, "'status' must be"),
        ({"route": "GET /x", "probability": 2}, "'probability' must be"),
        ({"route": "GET /x", "times": 0}, "'times' must be"),
        ({"route": "GET /x", "seed": None}, "'seed' must be"),
        ({"route": "GET /x", "after": 1}, "'after' must be"),
        ({"route": "GET /x", "retryAfter": -1}, "'retryAfter' must be"),
        ({"route": "GET /x", "often": True}, "unknown property 'often'"),
        ({"status": 1, "often": True}, "unknown property 'often'; 'route' must be"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_by_what_is_wrong(
    stand_in: StandIn, fault: Document, named: str
) -> None:
    answer = stand_in.control.post("/_rehearsal/faults", json=fault)
    assert answer.status_code == 400
    assert named in answer.json()["error"]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"latency": "slow"}, "'latency' must be"),
        ({"speed": 0}, "'speed' must be"),
        ({"speed": "fast"}, "'speed' must be"),
        ({"replicationDelay": -1}, "'replicationDelay' must be"),
        ({"staleReads": 1}, "'staleReads' must be"),
        ({"rain": True}, "unknown setting 'rain'"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_what_is_wrong(
    stand_in: StandIn, settings: Document, named: str
) -> None:
    before = stand_in.control.get("/_rehearsal/weather").json()
    answer = stand_in.control.patch("/_rehearsal/weather", json=settings)
    assert answer.status_code == 400
    assert named in answer.json()["error"]
    assert stand_in.control.get("/_rehearsal/weather").json() == before


def test_every_bad_setting_and_property_is_named_together(stand_in: StandIn) -> None:
    settings = {"latency": "fast", "speed": 0, "replicationDelay": -1, "staleReads": 1, "rain": True}
    answer = stand_in.control.patch("/_rehearsal/weather", json=settings)
    assert answer.status_code == 400
    assert all(f"'{name}'" in answer.json()["error"] for name in settings)
    fault = {"route": 1, "status": 200, "times": 0, "probability": 2}
    answer = stand_in.control.post("/_rehearsal/faults", json=fault)
    assert answer.status_code == 400
    assert all(f"'{name}'" in answer.json()["error"] for name in fault)


def test_the_azure_profile_takes_its_typical_time_divided_by_the_speed() -> None:
    route = Route(Service.GRAPH, "POST", "/v1.0/applications", lambda request: Reply())
    assert Weather().delay(route) == 0
    assert Weather(latency=Latency.AZURE).delay(route) == TYPICAL_SECONDS[Service.GRAPH, "POST"]
    assert Weather(latency=Latency.AZURE, speed=10).delay(route) == TYPICAL_SECONDS[Service.GRAPH, "POST"] / 10
    assert Weather(latency=Latency.AZURE, speed=10).pace(60) == 6


def test_an_answer_that_takes_its_time_holds_up_nobody_else(stand_in: StandIn) -> None:
    weather(stand_in, latency="azure", speed=TYPICAL_SECONDS[Service.GRAPH, "POST"])
    headers = dict(stand_in.graph.headers)

    async def both() -> list[str]:
        finished: list[str] = []
        async with httpx.AsyncClient(base_url=stand_in.endpoint.https_url, verify=stand_in.trust) as client:

            async def slow() -> None:
                await client.post("/v1.0/applications", json={"displayName": "slow"}, headers=headers)
                finished.append("slow")

            async def quick() -> None:
                await client.get("/_rehearsal/health")
                finished.append("quick")

            await asyncio.gather(slow(), quick())
        return finished

    assert asyncio.run(both()) == ["quick", "slow"]


def test_a_new_object_cannot_be_referred_to_while_its_creation_spreads(stand_in: StandIn) -> None:
    read = role()
    api = stand_in.api(read)
    weather(stand_in, replicationDelay=10)
    caller = stand_in.made("POST", "/v1.0/applications", {"displayName": "caller"})
    path = f"/v1.0/applications/{caller['id']}"
    assert stand_in.graph.patch(path, json={"displayName": "renamed"}).status_code == 404
    principal = stand_in.graph.post("/v1.0/servicePrincipals", json={"appId": caller["appId"]})
    assert principal.status_code == 400
    assert "does not reference a valid application object" in message(principal)
    assert stand_in.graph.get(path).status_code == 200

    later(stand_in, 10)
    assert stand_in.graph.patch(path, json={"displayName": "renamed"}).status_code == 204
    principal_id = stand_in.made("POST", "/v1.0/servicePrincipals", {"appId": caller["appId"]})["id"]
    early = stand_in.assign(principal_id, api.principal_id, read["id"])
    assert (early.status_code, message(early)) == (400, "Not a valid reference update.")
    later(stand_in, 10)
    assert stand_in.assign(principal_id, api.principal_id, read["id"]).status_code == 201


def test_a_deleted_object_can_be_read_while_its_deletion_spreads(stand_in: StandIn) -> None:
    application = stand_in.application()
    weather(stand_in, replicationDelay=10)
    stand_in.made("DELETE", application.path(), status=204)
    for path in (application.path(), application.principal_path()):
        assert stand_in.graph.get(path).status_code == 200
    later(stand_in, 10)
    for path in (application.path(), application.principal_path()):
        assert stand_in.graph.get(path).status_code == 404


def test_a_restored_principal_is_read_at_once(stand_in: StandIn) -> None:
    application = stand_in.application()
    weather(stand_in, replicationDelay=10)
    stand_in.made("DELETE", application.principal_path(), status=204)
    stand_in.made("POST", f"/v1.0/directory/deletedItems/{application.principal_id}/restore", status=200)
    assert stand_in.graph.get(application.principal_path()).status_code == 200


def test_with_stale_reads_every_read_lags_behind_the_writes(stand_in: StandIn) -> None:
    application = stand_in.application(displayName="before")
    weather(stand_in, replicationDelay=10, staleReads=True)
    stand_in.made("PATCH", application.path(), {"displayName": "after"}, 204)
    new = stand_in.made("POST", "/v1.0/applications", {"displayName": "new"})
    assert application.read()["displayName"] == "before"
    assert stand_in.graph.get(f"/v1.0/applications/{new['id']}").status_code == 404
    names = [item["displayName"] for item in stand_in.graph.get("/v1.0/applications").json()["value"]]
    assert "before" in names
    assert not {"after", "new"} & set(names)
    later(stand_in, 10)
    assert application.read()["displayName"] == "after"
    assert stand_in.graph.get(f"/v1.0/applications/{new['id']}").status_code == 200


def test_with_stale_reads_a_deleted_object_is_still_listed(stand_in: StandIn) -> None:
    application = stand_in.application(displayName="gone")
    weather(stand_in, replicationDelay=10, staleReads=True)
    stand_in.made("DELETE", application.path(), status=204)
    found = stand_in.graph.get("/v1.0/applications", params={"$filter": "displayName eq 'gone'"})
    assert len(found.json()["value"]) == 1
    later(stand_in, 10)
    found = stand_in.graph.get("/v1.0/applications", params={"$filter": "displayName eq 'gone'"})
    assert found.json()["value"] == []


def test_the_platform_keeps_a_managed_identitys_token_for_a_day_when_asked_to(
    stand_in: StandIn, site: Document
) -> None:
    read = role()
    api = stand_in.api(read, assignment_required=False)
    weather(stand_in, cachedIdentityTokens=True)
    first = identity_token(stand_in, site, api.uri)
    stand_in.assign(site["principalId"], api.principal_id, read["id"])
    assert identity_token(stand_in, site, api.uri) == first
    assert identity_token(stand_in, site, "https://vault.azure.net") != first
    later(stand_in, 86_400)
    assert identity_token(stand_in, site, api.uri) != first


def identity_token(stand_in: StandIn, site: Document, resource: str) -> str:
    answer = httpx.get(
        site["environment"]["IDENTITY_ENDPOINT"],
        params={"resource": resource, "api-version": "2019-08-01"},
        headers={"X-IDENTITY-HEADER": site["environment"]["IDENTITY_HEADER"]},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])
