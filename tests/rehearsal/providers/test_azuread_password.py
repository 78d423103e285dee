"""Client secrets as a resource: made by the directory, shown once, renewed by replacement, taken away by deletion."""

from __future__ import annotations

import json
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2 as pb

from tests.rehearsal.azure.stand_in import StandIn
from tests.rehearsal.providers.caller import (
    APPLICATION,
    APPLICATION_PASSWORD,
    SERVICE_PRINCIPAL,
    UNKNOWN_STRING,
    Caller,
    Document,
    Refused,
    bag,
    urn,
)

GRAPH = "https://graph.microsoft.com/.default"
LATER = "2999-01-01T00:00:00Z"


def client(azuread: Caller) -> Document:
    """An application that can sign in, once it has a secret."""
    application_id, application = azuread.create(APPLICATION, azuread.checked(APPLICATION, {"displayName": "client"}))
    azuread.create(SERVICE_PRINCIPAL, azuread.checked(SERVICE_PRINCIPAL, {"clientId": application["clientId"]}))
    return {**application, "id": application_id}


def password(azuread: Caller, application: Document, **inputs: str) -> tuple[str, Document, Document]:
    """Id, outputs and checked inputs of a secret made just now."""
    goal = azuread.checked(APPLICATION_PASSWORD, {"applicationId": application["id"], **inputs})
    resource_id, outputs = azuread.create(APPLICATION_PASSWORD, goal)
    return resource_id, outputs, goal


def signs_in(stand_in: StandIn, application: Document, secret: str) -> Any:
    """Whether the secret opens the tenant: True, or the number of Entra's error."""
    answer = stand_in.ask_for_token(GRAPH, application["clientId"], secret)
    return answer.status_code == 200 or answer.json()["error_codes"]


def test_a_password_lives_as_planned(azuread: Caller, stand_in: StandIn) -> None:
    application = client(azuread)
    first, outputs, goal = password(azuread, application, displayName="pulumi", endDate=LATER)
    assert first == f"{application['objectId']}/password/{outputs['keyId']}"
    assert (outputs["displayName"], outputs["endDate"]) == ("pulumi", LATER)
    assert signs_in(stand_in, application, outputs["value"]) is True

    resource_id, read, inputs = azuread.read(APPLICATION_PASSWORD, first, state=outputs, inputs=goal)
    assert (resource_id, read, inputs) == (first, outputs, goal), "the directory doesn't tell it, so the state keeps it"

    new = azuread.checked(APPLICATION_PASSWORD, {**goal, "endDate": "2999-02-01T00:00:00Z"})
    diff = azuread.diff(APPLICATION_PASSWORD, new, old_inputs=goal, old=outputs)
    assert (diff.detailed, diff.delete_before_replace) == ({"endDate": "update-replace"}, False)
    second, renewed = azuread.create(APPLICATION_PASSWORD, new)
    assert second != first
    assert signs_in(stand_in, application, outputs["value"]) is True, "both are good until the old one is taken away"
    azuread.delete(APPLICATION_PASSWORD, first, state=outputs)
    assert signs_in(stand_in, application, outputs["value"]) == [7000215]
    assert signs_in(stand_in, application, renewed["value"]) is True
    assert azuread.read(APPLICATION_PASSWORD, first, state=outputs, inputs=goal)[0] == ""


def test_a_password_whose_day_is_past_opens_nothing(azuread: Caller, stand_in: StandIn) -> None:
    application = client(azuread)
    _, outputs, _ = password(azuread, application, endDate="2020-01-01T00:00:00Z")
    assert signs_in(stand_in, application, outputs["value"]) == [7000222]


def test_the_value_leaves_the_provider_as_a_secret(azuread: Caller, stand_in: StandIn) -> None:
    application = client(azuread)
    goal = azuread.checked(APPLICATION_PASSWORD, {"applicationId": application["id"]})

    def created(*, preview: bool) -> pb.CreateResponse:
        request = pb.CreateRequest(urn=urn(APPLICATION_PASSWORD), properties=bag(goal), preview=preview)
        answer: pb.CreateResponse = azuread.call("Create", request)
        return answer

    def value(properties: Any) -> Any:
        return json_format.MessageToDict(properties)["value"]

    mark = {rpc._special_sig_key: rpc._special_secret_sig}
    assert value(created(preview=True).properties) == {**mark, "value": UNKNOWN_STRING}
    made = created(preview=False)
    assert value(made.properties).keys() == {*mark, "value"}
    secret = value(made.properties)["value"]
    state = bag({**goal, "value": secret})
    read = azuread.call("Read", pb.ReadRequest(id=made.id, urn=urn(APPLICATION_PASSWORD), properties=state))
    assert value(read.properties) == {**mark, "value": secret}
    assert json.dumps(json_format.MessageToDict(read)).count(secret) == 1


def test_a_password_cannot_be_imported_for_nobody_can_read_it(azuread: Caller, stand_in: StandIn) -> None:
    resource_id, _, goal = password(azuread, client(azuread))
    assert azuread.read(APPLICATION_PASSWORD, resource_id) == ("", {}, {})
    with pytest.raises(Refused) as refused:
        azuread.candidates(APPLICATION_PASSWORD, goal)
    assert refused.value.code is grpc.StatusCode.UNIMPLEMENTED, "an interrupted creation leaves one that has no use"


def test_a_password_of_nothing_is_refused(azuread: Caller, stand_in: StandIn) -> None:
    application = client(azuread)
    resource_id, outputs, _ = password(azuread, application)
    azuread.delete(APPLICATION_PASSWORD, resource_id, state=outputs)
    described = f'Application (Application: "{application["objectId"]}")'
    with pytest.raises(Refused) as refused:
        azuread.delete(APPLICATION_PASSWORD, resource_id, state=outputs)
    assert str(refused.value) == (
        f"deleting {urn(APPLICATION_PASSWORD)}: 1 error occurred:\n\t* Removing password credential "
        f'"{outputs["keyId"]}" from {described}: unexpected status 400 (400 Bad Request) with error: '
        f"Request_BadRequest: No password credential found with keyId '{outputs['keyId']}'.\n\n"
    )
    azuread.delete(APPLICATION, application["id"], state=application)
    with pytest.raises(Refused) as refused:
        password(azuread, application)
    assert str(refused.value) == f"1 error occurred:\n\t* [application_id] {described} was not found\n\n"


@pytest.mark.parametrize("date", ["2027-01-31", "soon", "2027-02-30T00:00:00Z", "2027-01-31T00:00:00", ""])
def test_a_date_is_a_time_with_a_zone(azuread: Caller, date: str) -> None:
    _, [reason] = azuread.check(APPLICATION_PASSWORD, {"applicationId": "/applications/x", "endDate": date})
    assert f'expected "end_date" to be a valid RFC3339 date, got "{date}"' in reason
