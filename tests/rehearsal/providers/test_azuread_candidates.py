"""What an interrupted creation may have left: List, given the inputs of that creation."""

from __future__ import annotations

import uuid

import grpc
import pytest

from rehearsal.providers.values import UNKNOWN
from tests.rehearsal.azure.stand_in import StandIn
from tests.rehearsal.providers.caller import (
    APP_ROLE_ASSIGNMENT,
    APPLICATION,
    IDENTIFIER_URI,
    SERVICE_PRINCIPAL,
    Caller,
    Document,
    Refused,
)

READ: Document = {
    "id": str(uuid.uuid5(uuid.NAMESPACE_URL, "Read")),
    "value": "Read",
    "displayName": "Read",
    "description": "Read",
    "allowedMemberTypes": ["Application"],
}


def left(stand_in: StandIn, name: str, *roles: Document) -> str:
    enabled = [{**role, "isEnabled": True} for role in roles]
    made = stand_in.made("POST", "/v1.0/applications", {"displayName": name, "appRoles": enabled})
    return f"/applications/{made['id']}"


def test_applications_of_that_name_or_not_yet_named_are_candidates(azuread: Caller, stand_in: StandIn) -> None:
    inputs = {"displayName": "Things", "appRoles": [READ]}
    assert azuread.candidates(APPLICATION, inputs) == []
    named = left(stand_in, "Things", READ)
    # The provider gives a new application a name like this until the directory has replicated it.
    unfinished = left(stand_in, f"TERRAFORM_UPDATE_{uuid.uuid4()}", READ)
    left(stand_in, "Things")
    left(stand_in, f"TERRAFORM_UPDATE_{uuid.uuid4()}")
    left(stand_in, "Others", READ)
    assert azuread.candidates(APPLICATION, inputs) == [named, unfinished]


def test_the_other_kinds_are_found_by_what_makes_them_one(azuread: Caller, stand_in: StandIn) -> None:
    application = stand_in.application({**READ, "isEnabled": True})
    object_id, client_id = application.id, application.app_id
    uri = f"api://{client_id}"
    inputs = {"applicationId": f"/applications/{object_id}", "identifierUri": uri}
    assert azuread.candidates(IDENTIFIER_URI, inputs) == []
    goal = azuread.checked(IDENTIFIER_URI, inputs)
    resource_id, _ = azuread.create(IDENTIFIER_URI, goal)
    assert azuread.candidates(IDENTIFIER_URI, inputs) == [resource_id]
    assert azuread.candidates(SERVICE_PRINCIPAL, {"clientId": client_id}) == [
        f"/servicePrincipals/{application.principal_id}"
    ]
    grant = {
        "appRoleId": READ["id"],
        "principalObjectId": application.principal_id,
        "resourceObjectId": application.principal_id,
    }
    assert azuread.candidates(APP_ROLE_ASSIGNMENT, grant) == []
    assignment_id, _ = azuread.create(APP_ROLE_ASSIGNMENT, azuread.checked(APP_ROLE_ASSIGNMENT, grant))
    assert azuread.candidates(APP_ROLE_ASSIGNMENT, grant) == [assignment_id]
    assert azuread.candidates(APP_ROLE_ASSIGNMENT, {**grant, "resourceObjectId": str(uuid.uuid4())}) == []


@pytest.mark.parametrize("type_", [APPLICATION, IDENTIFIER_URI, SERVICE_PRINCIPAL, APP_ROLE_ASSIGNMENT])
def test_what_is_not_known_yet_cannot_be_looked_for(azuread: Caller, type_: str) -> None:
    unknown = dict.fromkeys(
        ("displayName", "applicationId", "clientId", "appRoleId", "principalObjectId", "resourceObjectId"), UNKNOWN
    )
    assert azuread.candidates(type_, unknown) is None
    assert azuread.candidates(type_, {}) is None


def test_an_unknown_type_cannot_be_listed(azuread: Caller) -> None:
    with pytest.raises(Refused) as refused:
        azuread.candidates("azuread:index/user:User", {"displayName": "Things"})
    assert refused.value.code is grpc.StatusCode.UNIMPLEMENTED
