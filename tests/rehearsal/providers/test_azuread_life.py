"""Whole lives of azuread resources against the stand-in: create, refresh, change, replace, import, delete."""

from __future__ import annotations

import base64
import uuid
from pathlib import Path

import pytest

from rehearsal.azure.server import Options, running
from rehearsal.providers.serving import serving
from tests.rehearsal.azure.stand_in import StandIn
from tests.rehearsal.providers.caller import (
    APP_ROLE_ASSIGNMENT,
    APPLICATION,
    IDENTIFIER_URI,
    SERVICE_PRINCIPAL,
    Caller,
    Document,
    Refused,
    urn,
)

MISSING = "Resource '{0}' does not exist or one of its queried reference-property objects are not present."


def role(value: str, **changes: object) -> Document:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, value)),
        "value": value,
        "displayName": value,
        "description": value,
        "allowedMemberTypes": ["Application"],
        **changes,
    }


def made(caller: Caller, type_: str, **inputs: object) -> tuple[str, Document, Document]:
    """Id, outputs and checked inputs of a resource made just now."""
    goal = caller.checked(type_, inputs)
    resource_id, outputs = caller.create(type_, goal)
    assert outputs["id"] == resource_id
    return resource_id, outputs, goal


def test_an_application_lives_as_planned(azuread: Caller, stand_in: StandIn) -> None:
    application_id, outputs, goal = made(
        azuread,
        APPLICATION,
        displayName="Things",
        api={"requestedAccessTokenVersion": 2},
        appRoles=[role("Things.Read.All")],
    )
    assert application_id == f"/applications/{outputs['objectId']}"
    stored = stand_in.made("GET", f"/v1.0{application_id}", status=200)
    assert stored["displayName"] == "Things", "the temporary name is gone"
    assert stored["api"]["requestedAccessTokenVersion"] == 2
    assert outputs["clientId"] == stored["appId"]
    assert outputs["appRoleIds"] == {"Things.Read.All": role("Things.Read.All")["id"]}
    assert stand_in.made("GET", f"/v1.0{application_id}/owners", status=200)["value"] == [], "the caller is not listed"
    assert not azuread.diff(APPLICATION, goal, old_inputs=goal, old=outputs).changes

    new = azuread.checked(
        APPLICATION,
        {**goal, "displayName": "Things API", "appRoles": [role("Things.Read.All", description="Read"), role("More")]},
    )
    diff = azuread.diff(APPLICATION, new, old_inputs=goal, old=outputs)
    assert diff.detailed == {
        "appRoleIds": "update",
        "appRoles[0].description": "update",
        "appRoles[1]": "add",
        "displayName": "update",
    }
    outputs = azuread.update(APPLICATION, application_id, new, old_inputs=goal, old=outputs)
    assert outputs["displayName"] == "Things API"
    assert set(outputs["appRoleIds"]) == {"Things.Read.All", "More"}

    none_left = azuread.checked(APPLICATION, {"displayName": "Things API"})
    outputs = azuread.update(APPLICATION, application_id, none_left, old_inputs=new, old=outputs)
    assert (outputs["appRoleIds"], outputs["api"]["requestedAccessTokenVersion"]) == ({}, 1)

    azuread.delete(APPLICATION, application_id, state=outputs)
    assert stand_in.graph.get(f"/v1.0{application_id}").status_code == 404


def test_owners_in_the_program_are_the_owners_there_are(azuread: Caller, stand_in: StandIn) -> None:
    config, _ = azuread.invoke("azuread:index/getClientConfig:getClientConfig")
    other = stand_in.application()
    owners = [config["objectId"], other.principal_id]
    application_id, outputs, goal = made(azuread, APPLICATION, displayName="Owned", owners=owners)
    assert outputs["owners"] == sorted(owners)
    new = azuread.checked(APPLICATION, {"displayName": "Owned", "owners": [config["objectId"]]})
    outputs = azuread.update(APPLICATION, application_id, new, old_inputs=goal, old=outputs)
    assert outputs["owners"] == [config["objectId"]]


def test_an_identifier_uri_is_kept_beside_the_others(azuread: Caller, stand_in: StandIn) -> None:
    application_id, application, _ = made(azuread, APPLICATION, displayName="Things")
    uris = [f"api://{application['clientId']}", f"api://{application['clientId']}/second"]
    lives = [made(azuread, IDENTIFIER_URI, applicationId=application_id, identifierUri=uri) for uri in uris]
    encoded = base64.standard_b64encode(uris[0].encode()).decode()
    assert lives[0][0] == f"{application_id}/identifierUris/{encoded}"
    with pytest.raises(Refused, match=f'A resource with the ID "{lives[0][0]}" already exists'):
        made(azuread, IDENTIFIER_URI, applicationId=application_id, identifierUri=uris[0])
    azuread.delete(IDENTIFIER_URI, lives[0][0], state=lives[0][1])
    assert stand_in.made("GET", f"/v1.0{application_id}", status=200)["identifierUris"] == [uris[1]]
    assert azuread.read(IDENTIFIER_URI, lives[0][0], state=lives[0][1], inputs=lives[0][2])[0] == ""
    described = (
        f'Application IdentifierUri (Application ID: "{application["objectId"]}", IdentifierUri ID: "{encoded}")'
    )
    text = f"deleting {described}: could not identify existing identifier URI"
    with pytest.raises(Refused) as refused:
        azuread.delete(IDENTIFIER_URI, lives[0][0], state=lives[0][1])
    assert str(refused.value) == f"deleting {urn(IDENTIFIER_URI)}: 1 error occurred:\n\t* {text}: {text}\n\n"


def test_a_service_principal_lives_as_planned(azuread: Caller, stand_in: StandIn) -> None:
    _, application, _ = made(azuread, APPLICATION, displayName="Things", appRoles=[role("Things.Read.All")])
    principal_id, outputs, goal = made(
        azuread, SERVICE_PRINCIPAL, clientId=application["clientId"], appRoleAssignmentRequired=True
    )
    assert principal_id == f"/servicePrincipals/{outputs['objectId']}"
    assert outputs["appRoleIds"] == application["appRoleIds"]
    assert (outputs["accountEnabled"], outputs["displayName"], outputs["description"]) == (True, "Things", "")
    assert not azuread.diff(SERVICE_PRINCIPAL, goal, old_inputs=goal, old=outputs).changes
    new = {**goal, "appRoleAssignmentRequired": False, "description": "Things to read"}
    outputs = azuread.update(SERVICE_PRINCIPAL, principal_id, new, old_inputs=goal, old=outputs)
    assert (outputs["appRoleAssignmentRequired"], outputs["description"]) == (False, "Things to read")
    with pytest.raises(Refused) as refused:
        made(azuread, SERVICE_PRINCIPAL, clientId=application["clientId"])
    assert str(refused.value) == (
        f'1 error occurred:\n\t* [id] A resource with the ID "{outputs["objectId"]}" already exists: To be managed via '
        "Terraform, this resource needs to be imported into the State. Please see the resource documentation for "
        '"azuread_service_principal" for more information.\n\n'
    )
    existing, _, _ = made(azuread, SERVICE_PRINCIPAL, clientId=application["clientId"], useExisting=True)
    assert existing == principal_id
    azuread.delete(SERVICE_PRINCIPAL, principal_id, state=outputs)
    assert stand_in.graph.get(f"/v1.0{principal_id}").status_code == 404


def test_an_assignment_lives_as_planned(azuread: Caller, stand_in: StandIn) -> None:
    api = stand_in.application(role("Things.Read.All", isEnabled=True))
    caller = stand_in.application()
    inputs = {
        "appRoleId": role("Things.Read.All")["id"],
        "principalObjectId": caller.principal_id,
        "resourceObjectId": api.principal_id,
    }
    assignment_id, outputs, goal = made(azuread, APP_ROLE_ASSIGNMENT, **inputs)
    assert assignment_id.startswith(f"/servicePrincipals/{api.principal_id}/appRoleAssignedTo/")
    assert outputs["principalType"] == "ServicePrincipal"
    assert azuread.candidates(APP_ROLE_ASSIGNMENT, inputs) == [assignment_id]
    with pytest.raises(Refused) as refused:
        made(azuread, APP_ROLE_ASSIGNMENT, **inputs)
    assert str(refused.value) == (
        "1 error occurred:\n\t* Could not create app role assignment: unexpected status 400 (400 Bad Request) with "
        "error: Request_BadRequest: Permission being assigned already exists on the object\n\n"
    )
    azuread.delete(APP_ROLE_ASSIGNMENT, assignment_id, state=outputs)
    assert azuread.read(APP_ROLE_ASSIGNMENT, assignment_id, state=outputs, inputs=goal) == ("", {}, {})
    with pytest.raises(Refused, match="EntitlementGrant being updated or deleted is not found"):
        azuread.delete(APP_ROLE_ASSIGNMENT, assignment_id, state=outputs)
    assert azuread.candidates(APP_ROLE_ASSIGNMENT, inputs) == []


def test_an_assignment_on_a_resource_that_is_not_there_says_so(azuread: Caller) -> None:
    absent = str(uuid.uuid4())
    with pytest.raises(Refused) as refused:
        made(azuread, APP_ROLE_ASSIGNMENT, appRoleId=absent, principalObjectId=absent, resourceObjectId=absent)
    assert str(refused.value) == (
        "1 error occurred:\n\t* [principal_object_id] Service principal not found for resource "
        f'(Object ID: "{absent}"): '
        f"unexpected status 404 (404 Not Found) with error: Request_ResourceNotFound: {MISSING.format(absent)}\n\n"
    )
    assert refused.value.left is None


def test_a_refresh_renews_inputs_and_adds_none(azuread: Caller, stand_in: StandIn) -> None:
    application_id, outputs, goal = made(azuread, APPLICATION, displayName="Things", appRoles=[role("Read")])
    stand_in.made("PATCH", f"/v1.0{application_id}", {"displayName": "Changed by hand", "notes": "new"}, 204)
    found, state, inputs = azuread.read(APPLICATION, application_id, state=outputs, inputs=goal)
    assert found == application_id
    assert (state["displayName"], state["notes"]) == ("Changed by hand", "new")
    assert inputs == {**goal, "displayName": "Changed by hand"}
    diff = azuread.diff(APPLICATION, goal, old_inputs=inputs, old=state)
    assert diff.detailed == {"displayName": "update", "notes": "delete"}


def test_what_is_imported_can_be_written_down(azuread: Caller, stand_in: StandIn) -> None:
    application_id, _, goal = made(
        azuread, APPLICATION, displayName="Things", api={"requestedAccessTokenVersion": 2}, appRoles=[role("Read")]
    )
    found, state, inputs = azuread.read(APPLICATION, application_id)
    assert found == application_id
    program = azuread.checked(APPLICATION, inputs)
    assert {name: program[name] for name in ("displayName", "signInAudience")} == {
        name: goal[name] for name in ("displayName", "signInAudience")
    }
    assert not azuread.diff(APPLICATION, program, old_inputs=inputs, old=state).changes
    for type_, wrong in ((APPLICATION, "just-an-id"), (SERVICE_PRINCIPAL, application_id), (IDENTIFIER_URI, "/x")):
        assert azuread.read(type_, wrong) == ("", {}, {}), "an id of another form finds nothing"


def test_a_name_may_be_kept_from_being_used_twice(azuread: Caller) -> None:
    _, first, _ = made(azuread, APPLICATION, displayName="Things")
    goal = azuread.checked(APPLICATION, {"displayName": "Things", "preventDuplicateNames": True})
    text = (
        f'[id] An existing "azuread_application" with name "Things" (ID: "{first["objectId"]}") was found and '
        "`prevent_duplicate_names` was specified"
    )
    with pytest.raises(Refused) as refused:
        azuread.create(APPLICATION, goal, preview=True)
    assert text in str(refused.value), "already in the preview"


def test_a_failure_after_the_creation_does_not_lose_the_resource(azuread: Caller, stand_in: StandIn) -> None:
    # Owners beyond the twentieth are added after the creation, in the order of their ids.
    stranger = "ffffffff-ffff-4fff-bfff-ffffffffffff"
    owners = [*(stand_in.application().principal_id for _ in range(19)), stranger]
    goal = azuread.checked(APPLICATION, {"displayName": "Crowded", "owners": owners})
    with pytest.raises(
        Refused, match=r"(?s)^creating urn:.*Could not add owners to application with object"
    ) as refused:
        azuread.create(APPLICATION, goal)
    left = refused.value.left
    assert left is not None
    assert list(left.reasons) == [str(refused.value)]
    assert stand_in.made("GET", f"/v1.0{left.id}", status=200)["displayName"] == "Crowded"
    assert left.properties.fields["displayName"].string_value == "Crowded"
    assert left.properties.fields["id"].string_value == left.id
    assert azuread.candidates(APPLICATION, goal) == [left.id]


def test_new_objects_are_waited_for_while_the_directory_replicates(tmp_path: Path) -> None:
    with (
        running(Options(state=tmp_path, durable=False, replication_delay=0.3)) as endpoint,
        serving("azuread", endpoint.environment()) as address,
        Caller(address) as azuread,
    ):
        azuread.configure()
        application_id, application, _ = made(azuread, APPLICATION, displayName="Things", appRoles=[role("Read")])
        principal_id, principal, _ = made(azuread, SERVICE_PRINCIPAL, clientId=application["clientId"])
        assignment_id, assignment, _ = made(
            azuread,
            APP_ROLE_ASSIGNMENT,
            appRoleId=role("Read")["id"],
            principalObjectId=principal["objectId"],
            resourceObjectId=principal["objectId"],
        )
        azuread.delete(APP_ROLE_ASSIGNMENT, assignment_id, state=assignment)
        azuread.delete(SERVICE_PRINCIPAL, principal_id, state=principal)
        azuread.delete(APPLICATION, application_id, state=application)
        assert azuread.read(APPLICATION, application_id, state=application)[0] == ""
