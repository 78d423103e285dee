"""Several requests to Graph in one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rehearsal.azure.stand_in import StandIn, code, message


def together(stand_in: StandIn, *requests: dict[str, Any]) -> dict[str, dict[str, Any]]:
    answer = stand_in.graph.post("/v1.0/$batch", json={"requests": list(requests)})
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json()["responses"]}


def get(name: str, url: str) -> dict[str, Any]:
    return {"id": name, "method": "GET", "url": url}


def test_each_request_is_answered_as_if_it_had_come_alone(stand_in: StandIn) -> None:
    application = stand_in.application(displayName="one")
    path = f"/applications/{application.id}?$select=id,displayName"
    answers = together(stand_in, get("a", path), get("b", "/applications/00000000-1111-4222-8333-444444444444"))
    alone = stand_in.graph.get(f"/v1.0{path}").json()
    assert (answers["a"]["status"], answers["a"]["body"]) == (200, alone)
    assert answers["b"]["status"] == 404
    assert answers["b"]["body"]["error"]["code"] == "Request_ResourceNotFound"


def test_a_change_among_them_is_made(stand_in: StandIn) -> None:
    body = {"displayName": "made together"}
    made = together(stand_in, {"id": "1", "method": "POST", "url": "/applications", "body": body})
    assert made["1"]["status"] == 201
    assert stand_in.graph.get(f"/v1.0/applications/{made['1']['body']['id']}").json()["displayName"] == "made together"


def test_one_that_is_throttled_says_so_itself(stand_in: StandIn) -> None:
    fault = {"route": "GET /v1.0/applications", "status": 429, "retryAfter": 7}
    assert stand_in.control.post("/_rehearsal/faults", json=fault).status_code == 201
    answers = together(stand_in, get("1", "/applications"), get("2", "/applications"))
    assert [answers[each]["status"] for each in ("1", "2")] == [429, 200]
    assert answers["1"]["headers"]["Retry-After"] == "7"


def test_without_a_token_the_batch_as_a_whole_is_refused(stand_in: StandIn) -> None:
    answer = stand_in.anonymous.post("/v1.0/$batch", json={"requests": [get("1", "/applications")]})
    assert (answer.status_code, code(answer)) == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "Invalid batch payload format."),
        ({"requests": []}, "Invalid batch payload format."),
        ({"requests": [get(str(number), "/applications") for number in range(21)]}, "exceeds the maximum value of 20"),
        ({"requests": [get("1", "/applications"), get("1", "/applications")]}, "must be unique"),
        ({"requests": [{"id": 1, "method": "GET", "url": "/applications"}]}, "needs the texts id, method and url"),
        ({"requests": [{**get("2", "/applications"), "dependsOn": ["1"]}]}, "does not model dependsOn"),
        ({"requests": [{**get("1", "/applications"), "method": "BREW"}]}, "method is one of"),
        ({"requests": [get("1", "/$batch")]}, "cannot hold another batch"),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_as_a_whole(stand_in: StandIn, body: Any, said: str) -> None:
    answer = stand_in.graph.post("/v1.0/$batch", json=body)
    assert answer.status_code == 400
    assert said in message(answer)
