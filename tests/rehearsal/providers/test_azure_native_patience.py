"""A role for an identity that Resource Manager does not know yet: azure-native does not wait for it to be known."""

from __future__ import annotations

import uuid

import pytest

from components.role_assignment import STORAGE_BLOB_DATA_OWNER, role_definition_id
from tests.rehearsal.azure.stand_in import Document, StandIn
from tests.rehearsal.providers.caller import Caller, Refused

ROLE_ASSIGNMENT = "azure-native:authorization:RoleAssignment"


@pytest.fixture
def of_a_new_identity(azure_native: Caller, stand_in: StandIn) -> Document:
    """The inputs of an assignment for an identity that was made just now, without saying what it is."""
    application = stand_in.made("POST", "/v1.0/applications", {"displayName": "caller"})
    assert stand_in.control.patch("/_rehearsal/weather", json={"replicationDelay": 30}).status_code == 200
    principal = stand_in.made("POST", "/v1.0/servicePrincipals", {"appId": application["appId"]})
    scope = f"/subscriptions/{stand_in.endpoint.subscription_id}"
    return {
        "roleAssignmentName": str(uuid.uuid4()),
        "scope": scope,
        "principalId": principal["id"],
        "roleDefinitionId": role_definition_id(role=STORAGE_BLOB_DATA_OWNER, scope=scope),
    }


def test_an_identity_of_a_kind_nobody_told_is_looked_for_once_and_not_found(
    azure_native: Caller, stand_in: StandIn, of_a_new_identity: Document
) -> None:
    goal = azure_native.checked(ROLE_ASSIGNMENT, of_a_new_identity)
    stand_in.control.delete("/_rehearsal/requests")
    with pytest.raises(
        Refused, match=r'^Status=400 Code="PrincipalNotFound" Message="Principal .* does not exist in the'
    ):
        azure_native.create(ROLE_ASSIGNMENT, goal, timeout=900)
    asked = [entry["method"] for entry in stand_in.control.get("/_rehearsal/requests").json()["requests"]]
    assert asked.count("PUT") == 1


def test_an_identity_that_is_said_to_be_one_need_not_be_found(
    azure_native: Caller, of_a_new_identity: Document
) -> None:
    goal = azure_native.checked(ROLE_ASSIGNMENT, {**of_a_new_identity, "principalType": "ServicePrincipal"})
    _, made = azure_native.create(ROLE_ASSIGNMENT, goal)
    assert made["principalId"] == of_a_new_identity["principalId"]
