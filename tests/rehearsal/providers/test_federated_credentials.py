"""Lives of federated credentials through the azuread provider."""

from __future__ import annotations

import pytest

from tests.rehearsal.azure.stand_in import StandIn
from tests.rehearsal.providers.caller import FEDERATED_CREDENTIAL, UNKNOWN_STRING, Caller, Document, Refused

ISSUER = "https://token.actions.githubusercontent.com"
EXCHANGE = "api://AzureADTokenExchange"


@pytest.fixture
def application(stand_in: StandIn) -> str:
    return stand_in.application().id


def inputs(application: str, **changes: object) -> Document:
    return {
        "applicationId": f"/applications/{application}",
        "displayName": "environment-prod",
        "issuer": ISSUER,
        "subject": "repo:contoso/orders:environment:prod",
        "audiences": [EXCHANGE],
        **changes,
    }


def test_a_credential_lives_as_planned(azuread: Caller, stand_in: StandIn, application: str) -> None:
    goal = azuread.checked(FEDERATED_CREDENTIAL, inputs(application))
    previewed = azuread.create(FEDERATED_CREDENTIAL, goal, preview=True)[1]
    assert (previewed["subject"], previewed["credentialId"]) == (goal["subject"], previewed["id"])
    assert azuread.candidates(FEDERATED_CREDENTIAL, goal) == []
    credential_id, outputs = azuread.create(FEDERATED_CREDENTIAL, goal)
    assert credential_id == f"{application}/federatedIdentityCredential/{outputs['credentialId']}"
    assert azuread.candidates(FEDERATED_CREDENTIAL, goal) == [credential_id]
    path = f"/v1.0/applications/{application}/federatedIdentityCredentials"
    [there] = stand_in.made("GET", path, status=200)["value"]
    assert there == {
        "id": outputs["credentialId"],
        "name": "environment-prod",
        "issuer": ISSUER,
        "subject": "repo:contoso/orders:environment:prod",
        "audiences": [EXCHANGE],
        "description": "",
    }
    found, refreshed, kept = azuread.read(FEDERATED_CREDENTIAL, credential_id, state=outputs, inputs=goal)
    assert (found, refreshed, kept) == (credential_id, outputs, goal)
    assert not azuread.diff(FEDERATED_CREDENTIAL, goal, old_inputs=goal, old=outputs, resource_id=credential_id).changes
    moved = azuread.checked(FEDERATED_CREDENTIAL, inputs(application, subject="repo:contoso/orders:pull_request"))
    change = azuread.diff(FEDERATED_CREDENTIAL, moved, old_inputs=goal, old=outputs, resource_id=credential_id)
    assert (change.detailed, list(change.replaces)) == ({"subject": "update"}, [])
    changed = azuread.update(FEDERATED_CREDENTIAL, credential_id, moved, old_inputs=goal, old=outputs)
    assert changed["subject"] == "repo:contoso/orders:pull_request"
    azuread.delete(FEDERATED_CREDENTIAL, credential_id, state=changed)
    assert stand_in.made("GET", path, status=200)["value"] == []
    assert azuread.read(FEDERATED_CREDENTIAL, credential_id, state=changed)[0] == ""


@pytest.mark.parametrize("changed", ["applicationId", "displayName"])
def test_the_application_and_the_name_are_for_ever(azuread: Caller, application: str, changed: str) -> None:
    goal = azuread.checked(FEDERATED_CREDENTIAL, inputs(application))
    credential_id, outputs = azuread.create(FEDERATED_CREDENTIAL, goal)
    other = {**goal, changed: f"{goal[changed]}9"}
    change = azuread.diff(FEDERATED_CREDENTIAL, other, old_inputs=goal, old=outputs, resource_id=credential_id)
    assert list(change.replaces) == [changed]
    azuread.delete(FEDERATED_CREDENTIAL, credential_id, state=outputs)


def test_what_is_imported_can_be_written_down(azuread: Caller, application: str) -> None:
    goal = azuread.checked(FEDERATED_CREDENTIAL, inputs(application, description="for main"))
    credential_id, outputs = azuread.create(FEDERATED_CREDENTIAL, goal)
    _, state, written = azuread.read(FEDERATED_CREDENTIAL, credential_id)
    assert state == outputs
    program = azuread.checked(FEDERATED_CREDENTIAL, written)
    assert not azuread.diff(
        FEDERATED_CREDENTIAL, program, old_inputs=program, old=state, resource_id=credential_id
    ).changes
    assert azuread.read(FEDERATED_CREDENTIAL, "not/an/id/at/all")[0] == ""


def test_a_second_credential_with_the_same_issuer_and_subject_is_refused(azuread: Caller, application: str) -> None:
    azuread.create(FEDERATED_CREDENTIAL, azuread.checked(FEDERATED_CREDENTIAL, inputs(application)))
    twin = azuread.checked(FEDERATED_CREDENTIAL, inputs(application, displayName="another"))
    with pytest.raises(Refused) as refused:
        azuread.create(FEDERATED_CREDENTIAL, twin)
    assert str(refused.value).startswith(
        f'1 error occurred:\n\t* Adding federated identity credential for Application (Application: "{application}"): '
        "unexpected status 409"
    )


def test_a_credential_needs_an_application_that_is_there(azuread: Caller, stand_in: StandIn) -> None:
    goal = azuread.checked(FEDERATED_CREDENTIAL, inputs("11111111-2222-4333-8444-555555555555"))
    with pytest.raises(Refused, match="retrieving Application"):
        azuread.create(FEDERATED_CREDENTIAL, goal)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"audiences": [EXCHANGE, "api://other"]},
            (
                "Too many list items. Attribute audiences supports 1 item maximum, but config has 2 declared.. "
                "Examine values at 'it.audiences'."
            ),
        ),
        (
            {"displayName": ""},
            "expected length of display_name to be in the range (1 - 120), got . Examine values at 'it.displayName'.",
        ),
        (
            {"applicationId": "things"},
            (
                'parsing "things": parsing the Application ID: expected a value of the form '
                "/applications/applicationId, which is the id of an Application resource. "
                "Examine values at 'it.applicationId'."
            ),
        ),
    ],
)
def test_bad_inputs_are_named(azuread: Caller, changes: Document, fault: str) -> None:
    assert azuread.check(FEDERATED_CREDENTIAL, inputs("x", **changes))[1] == [fault]


def test_an_application_that_is_yet_to_be_made_is_unknown_in_a_preview(azuread: Caller) -> None:
    goal = azuread.checked(FEDERATED_CREDENTIAL, inputs("x") | {"applicationId": UNKNOWN_STRING})
    assert azuread.create(FEDERATED_CREDENTIAL, goal, preview=True)[1]["issuer"] == ISSUER
