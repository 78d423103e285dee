"""Client secrets: shown once, valid for as long as they were asked to be, taken away by their id."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.rehearsal.azure.stand_in import Application, Document, StandIn, code, message

GRAPH = "https://graph.microsoft.com/.default"


def added(stand_in: StandIn, application: Application, **credential: Any) -> Document:
    return stand_in.made("POST", application.path("/addPassword"), {"passwordCredential": credential}, 200)


def errors_with(stand_in: StandIn, application: Application, secret: str) -> list[int]:
    answer = stand_in.ask_for_token(GRAPH, application.app_id, secret)
    return [] if answer.status_code == 200 else list(answer.json()["error_codes"])


def test_a_secret_is_shown_once(stand_in: StandIn) -> None:
    application = stand_in.application()
    made = added(stand_in, application, displayName="laptop")
    assert errors_with(stand_in, application, made["secretText"]) == []
    shown = next(each for each in application.read()["passwordCredentials"] if each["keyId"] == made["keyId"])
    assert shown == {
        "customKeyIdentifier": None,
        "displayName": "laptop",
        "endDateTime": made["endDateTime"],
        "hint": made["secretText"][:3],
        "keyId": made["keyId"],
        "secretText": None,
        "startDateTime": made["startDateTime"],
    }


@pytest.mark.parametrize(
    ("given", "valid"),
    [
        ({"startDateTime": "2027-03-01T00:00:00Z"}, ("2027-03-01T00:00:00Z", "2029-03-01T00:00:00Z")),
        ({"startDateTime": "2028-02-29T12:00:00Z"}, ("2028-02-29T12:00:00Z", "2030-02-28T12:00:00Z")),
        (
            {"startDateTime": "2027-01-01T00:30:00+01:00", "endDateTime": "2027-02-01T00:00:00Z"},
            ("2026-12-31T23:30:00Z", "2027-02-01T00:00:00Z"),
        ),
    ],
)
def test_it_is_valid_for_two_years_unless_told_otherwise(
    stand_in: StandIn, given: Document, valid: tuple[str, str]
) -> None:
    made = added(stand_in, stand_in.application(), **given)
    assert (made["startDateTime"], made["endDateTime"]) == valid


def test_it_is_valid_from_now_on(stand_in: StandIn) -> None:
    made = added(stand_in, stand_in.application())
    start, end = (datetime.fromisoformat(made[name]) for name in ("startDateTime", "endDateTime"))
    assert end.year - start.year == 2


@pytest.mark.parametrize("name", ["startDateTime", "endDateTime"])
@pytest.mark.parametrize("value", ["soon", "2027-02-30T00:00:00Z", "2027-01-01T00:00:00", "9999-12-31T23:59:59-23:00"])
def test_a_time_that_is_none_is_refused_by_its_name(stand_in: StandIn, name: str, value: str) -> None:
    body = {"passwordCredential": {name: value}}
    answer = stand_in.graph.post(stand_in.application().path("/addPassword"), json=body)
    assert (answer.status_code, code(answer)) == (400, "Request_BadRequest")
    assert f"'passwordCredential/{name}'" in message(answer)


def test_several_secrets_are_good_side_by_side_and_one_is_taken_away_by_its_id(stand_in: StandIn) -> None:
    application = stand_in.application()
    old, new = added(stand_in, application), added(stand_in, application)
    for each in (old, new):
        assert errors_with(stand_in, application, each["secretText"]) == []
    stand_in.made("POST", application.path("/removePassword"), {"keyId": old["keyId"]}, 204)
    assert errors_with(stand_in, application, old["secretText"]) == [7000215]
    assert errors_with(stand_in, application, new["secretText"]) == []
    again = stand_in.graph.post(application.path("/removePassword"), json={"keyId": old["keyId"]})
    assert again.status_code == 400
    assert message(again) == f"No password credential found with keyId '{old['keyId']}'."


def test_a_secret_comes_back_with_an_application_that_is_restored(stand_in: StandIn) -> None:
    application = stand_in.application()
    secret = added(stand_in, application)["secretText"]
    stand_in.made("DELETE", application.path(), status=204)
    assert errors_with(stand_in, application, secret) == [700016]
    stand_in.made("POST", f"/v1.0/directory/deletedItems/{application.id}/restore", status=200)
    stand_in.made("POST", "/v1.0/servicePrincipals", {"appId": application.app_id})
    assert errors_with(stand_in, application, secret) == [], "so take secrets away before what they open"
