"""The weather: what goes wrong when it is told to, and what a client sees while a write spreads."""

from typing import Any

import httpx
import pytest

from rehearsal.azure.routes import ROUTES
from rehearsal.azure.weather import TYPICAL_SECONDS, Fault, Latency, Weather
from tests.rehearsal.azure.stand_in import StandIn, code, message, role

APPLICATIONS = "/v1.0/applications"


def fault(stand_in: StandIn, **properties: Any) -> None:
    answer = stand_in.control.post("/_rehearsal/faults", json=properties)
    assert answer.status_code == 201, answer.text


def weather(stand_in: StandIn, **settings: Any) -> httpx.Response:
    return stand_in.control.patch("/_rehearsal/weather", json=settings)


def wait(stand_in: StandIn, seconds: float) -> None:
    assert stand_in.control.post("/_rehearsal/clock", json={"advance": seconds}).status_code == 200


def create(stand_in: StandIn) -> httpx.Response:
    return stand_in.graph.post(APPLICATIONS, json={"displayName": "things"})


def names(stand_in: StandIn) -> list[str]:
    return [item["displayName"] for item in stand_in.graph.get(APPLICATIONS).json()["value"]]


def test_a_fault_strikes_its_route_once_unless_told_otherwise(stand_in: StandIn) -> None:
    fault(stand_in, route=f"POST {APPLICATIONS}", status=429, retryAfter=7)
    assert stand_in.graph.get(APPLICATIONS).status_code == 200
    struck = create(stand_in)
    assert (struck.status_code, code(struck), struck.headers["Retry-After"]) == (429, "TooManyRequests", "7")
    assert "things" not in names(stand_in)
    assert create(stand_in).status_code == 201


def test_resource_manager_and_login_have_their_own_words_for_a_fault(stand_in: StandIn) -> None:
    arm = stand_in.arm
    fault(stand_in, route="* *", status=503, times=2)
    answer = arm.get("/subscriptions", params={"api-version": "2022-12-01"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "ServiceUnavailable")
    answer = stand_in.ask_for_token("https://graph.microsoft.com/.default", stand_in.endpoint.client_id, "any")
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")


@pytest.mark.parametrize("after", [False, True])
def test_a_connection_is_dropped_before_or_after_the_request_took_effect(stand_in: StandIn, after: bool) -> None:
    fault(stand_in, route=f"POST {APPLICATIONS}", after=after)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        create(stand_in)
    assert ("things" in names(stand_in)) is after


def test_an_answer_can_be_lost_after_the_request_took_effect(stand_in: StandIn) -> None:
    fault(stand_in, route=f"POST {APPLICATIONS}", status=503, after=True)
    assert create(stand_in).status_code == 503
    assert "things" in names(stand_in)


def test_the_same_seed_gives_the_same_weather() -> None:
    [route] = [route for route in ROUTES if (route.method, route.path) == ("GET", APPLICATIONS)]

    def struck(seed: int) -> list[bool]:
        weather = Weather()
        weather.add(Fault("GET /v1.0/*", status=503, times=None, probability=0.2, seed=seed))
        return [weather.strike(route, after=False) is not None for _ in range(1000)]

    assert struck(1) == struck(1)
    assert struck(1) != struck(2)
    assert 150 < sum(struck(1)) < 250


def test_faults_end_when_they_are_cleared(stand_in: StandIn) -> None:
    fault(stand_in, route="* /v1.0/*", status=500, times=None)
    assert [create(stand_in).status_code for _ in range(2)] == [500, 500]
    assert len(stand_in.control.get("/_rehearsal/faults").json()["faults"]) == 1
    assert stand_in.control.delete("/_rehearsal/faults").status_code == 204
    assert create(stand_in).status_code == 201


def test_every_bad_setting_and_property_is_named_together(stand_in: StandIn) -> None:
    answer = weather(stand_in, latency="fast", speed=0, replicationDelay=-1, staleReads=1, rain=True)
    assert answer.status_code == 400
    for name in ("latency", "speed", "replicationDelay", "staleReads", "rain"):
        assert f"'{name}'" in answer.text
    answer = stand_in.control.post("/_rehearsal/faults", json={"status": 200, "times": 0, "probability": 2})
    assert answer.status_code == 400
    for name in ("route", "status", "times", "probability"):
        assert f"'{name}'" in answer.text


def test_an_answer_takes_its_typical_time_divided_by_the_speed() -> None:
    for route in ROUTES:
        typical = TYPICAL_SECONDS.get((route.service, route.method), 0.0)
        assert Weather().delay(route) == 0.0
        assert Weather(latency=Latency.AZURE, speed=10).delay(route) == typical / 10


def test_a_new_application_is_read_at_once_and_changed_only_when_it_has_spread(stand_in: StandIn) -> None:
    assert weather(stand_in, replicationDelay=10).status_code == 200
    made = create(stand_in).json()
    path = f"{APPLICATIONS}/{made['id']}"
    assert stand_in.graph.get(path).status_code == 200
    assert stand_in.graph.patch(path, json={"displayName": "others"}).status_code == 404
    refused = stand_in.graph.post("/v1.0/servicePrincipals", json={"appId": made["appId"]})
    assert refused.status_code == 400
    assert "does not reference a valid application object" in message(refused)
    wait(stand_in, 10)
    assert stand_in.graph.patch(path, json={"displayName": "others"}).status_code == 204
    assert stand_in.graph.post("/v1.0/servicePrincipals", json={"appId": made["appId"]}).status_code == 201


def test_a_role_of_a_new_principal_is_assigned_only_when_it_has_spread(stand_in: StandIn) -> None:
    read = role()
    caller = stand_in.application()
    made = stand_in.made("POST", APPLICATIONS, {"displayName": "things", "appRoles": [read]})
    assert weather(stand_in, replicationDelay=10).status_code == 200
    principal = stand_in.made("POST", "/v1.0/servicePrincipals", {"appId": made["appId"]})["id"]
    refused = stand_in.assign(caller.principal_id, principal, read["id"])
    assert (refused.status_code, message(refused)) == (400, "Not a valid reference update.")
    wait(stand_in, 10)
    assert stand_in.assign(caller.principal_id, principal, read["id"]).status_code == 201


def test_what_is_deleted_is_read_until_the_deletion_has_spread(stand_in: StandIn) -> None:
    path = f"{APPLICATIONS}/{create(stand_in).json()['id']}"
    assert weather(stand_in, replicationDelay=10).status_code == 200
    assert stand_in.graph.delete(path).status_code == 204
    assert stand_in.graph.get(path).status_code == 200
    wait(stand_in, 10)
    assert stand_in.graph.get(path).status_code == 404


def test_with_stale_reads_every_reader_sees_the_past(stand_in: StandIn) -> None:
    assert weather(stand_in, replicationDelay=10, staleReads=True).status_code == 200
    path = f"{APPLICATIONS}/{create(stand_in).json()['id']}"
    assert stand_in.graph.get(path).status_code == 404
    assert "things" not in names(stand_in)
    wait(stand_in, 10)
    assert stand_in.graph.get(path).status_code == 200
    assert "things" in names(stand_in)


def test_a_snapshot_brings_everything_back(stand_in: StandIn) -> None:
    path = f"{APPLICATIONS}/{create(stand_in).json()['id']}"
    assert stand_in.control.put("/_rehearsal/snapshots/before").status_code == 204
    assert stand_in.graph.delete(path).status_code == 204
    assert stand_in.graph.get(path).status_code == 404
    assert stand_in.control.post("/_rehearsal/snapshots/before/restore").status_code == 204
    assert stand_in.graph.get(path).status_code == 200
    answer = stand_in.control.post("/_rehearsal/snapshots/after/restore")
    assert answer.status_code == 404
    assert "There is no snapshot 'after'. There are: " in answer.text
