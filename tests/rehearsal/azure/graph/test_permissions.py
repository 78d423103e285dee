"""Who may call Graph: the application permissions of a token, and what owners may do with less."""

import uuid
from typing import Any

import httpx
import pytest

from tests.rehearsal.azure.stand_in import Application, StandIn, code, message, role


def client_with(stand_in: StandIn, *permissions: str) -> tuple[Application, httpx.Client]:
    """An application that has been granted Graph permissions, and a client with a token of it."""
    application, graph = stand_in.application(), stand_in.published("Microsoft Graph")
    ids = {item["value"]: item["id"] for item in graph["appRoles"]}
    for permission in permissions:
        assert stand_in.assign(application.principal_id, graph["id"], ids[permission]).status_code == 201
    return application, stand_in.graph_as(application)


NEEDS = [
    ("GET", "/v1.0/applications", "Application.Read.All"),
    ("GET", "/v1.0/servicePrincipals", "Directory.Read.All"),
    ("GET", "/v1.0/applications/{application}", "Application.ReadWrite.OwnedBy"),
    ("GET", "/v1.0/directory/deletedItems/microsoft.graph.application", "Application.Read.All"),
    ("POST", "/v1.0/applications", "Application.ReadWrite.OwnedBy"),
    ("PATCH", "/v1.0/applications/{application}", "Application.ReadWrite.All"),
    ("DELETE", "/v1.0/applications/{application}", "Application.ReadWrite.All"),
    ("POST", "/v1.0/applications/{application}/addPassword", "Application.ReadWrite.All"),
    ("PATCH", "/v1.0/servicePrincipals/{principal}", "Application.ReadWrite.All"),
    ("DELETE", "/v1.0/servicePrincipals/{principal}", "Application.ReadWrite.All"),
    ("GET", "/v1.0/servicePrincipals/{principal}/appRoleAssignedTo", "Application.Read.All"),
    ("GET", "/v1.0/organization", "Organization.Read.All"),
]


@pytest.mark.parametrize(("method", "path", "permission"), NEEDS)
def test_a_call_takes_a_permission_and_is_denied_without(
    stand_in: StandIn, method: str, path: str, permission: str
) -> None:
    other = stand_in.application()
    path = path.format(application=other.id, principal=other.principal_id)
    body = {"displayName": "things"} if method == "POST" and path.endswith("applications") else {}
    # Another permission than the ones that matter: a token without any says nothing about roles.
    _, without = client_with(stand_in, "User.Read.All")
    denied = without.request(method, path, json=body)
    assert (denied.status_code, code(denied)) == (403, "Authorization_RequestDenied")
    assert message(denied) == "Insufficient privileges to complete the operation."
    _, permitted = client_with(stand_in, permission)
    answer = permitted.request(method, path, json=body)
    assert answer.is_success, answer.text


@pytest.mark.parametrize(
    ("permissions", "status"),
    [
        (("AppRoleAssignment.ReadWrite.All",), 403),
        (("Application.ReadWrite.All",), 403),
        (("AppRoleAssignment.ReadWrite.All", "Application.Read.All"), 201),
    ],
)
def test_granting_a_role_takes_two_permissions(stand_in: StandIn, permissions: tuple[str, ...], status: int) -> None:
    read = role()
    api = stand_in.api(read)
    application, graph = client_with(stand_in, *permissions)
    body = {"principalId": application.principal_id, "resourceId": api.principal_id, "appRoleId": read["id"]}
    assert graph.post(api.principal_path("/appRoleAssignedTo"), json=body).status_code == status


OWNED: list[tuple[str, str, Any]] = [
    ("PATCH", "/v1.0/applications/{application}", {"notes": "ours"}),
    ("POST", "/v1.0/applications/{application}/addPassword", {}),
    ("POST", "/v1.0/applications/{application}/federatedIdentityCredentials", {
        "name": "prod", "issuer": "https://ci.example", "subject": "prod", "audiences": ["api://x"],
    }),
    ("PATCH", "/v1.0/servicePrincipals/{principal}", {"notes": "ours"}),
    ("DELETE", "/v1.0/servicePrincipals/{principal}", None),
    ("DELETE", "/v1.0/applications/{application}", None),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), OWNED)
def test_owned_by_reaches_what_the_caller_owns_and_nothing_else(
    stand_in: StandIn, method: str, path: str, body: Any
) -> None:
    _, graph = client_with(stand_in, "Application.ReadWrite.OwnedBy")
    own = graph.post("/v1.0/applications", json={"displayName": "own"}).json()
    principal = graph.post("/v1.0/servicePrincipals", json={"appId": own["appId"]}).json()
    allowed = graph.request(method, path.format(application=own["id"], principal=principal["id"]), json=body)
    assert allowed.is_success, allowed.text
    other = stand_in.application()
    denied = graph.request(method, path.format(application=other.id, principal=other.principal_id), json=body)
    assert (denied.status_code, code(denied)) == (403, "Authorization_RequestDenied")


def test_an_owner_that_is_removed_has_no_more_say(stand_in: StandIn) -> None:
    application, graph = client_with(stand_in, "Application.ReadWrite.OwnedBy")
    own = graph.post("/v1.0/applications", json={"displayName": "own"}).json()
    path = f"/v1.0/applications/{own['id']}"
    assert graph.delete(f"{path}/owners/{application.principal_id}/$ref").status_code == 204
    assert graph.patch(path, json={"notes": "ours"}).status_code == 403


def test_owned_by_makes_service_principals_of_own_applications_only(stand_in: StandIn) -> None:
    _, graph = client_with(stand_in, "Application.ReadWrite.OwnedBy")
    other = stand_in.application()
    stand_in.made("DELETE", other.principal_path(), status=204)
    assert graph.post("/v1.0/servicePrincipals", json={"appId": other.app_id}).status_code == 403
    missing = graph.post("/v1.0/servicePrincipals", json={"appId": str(uuid.uuid4())})
    assert missing.status_code == 403
    assert "the backing application of the service principal being created must in the local tenant" in message(missing)


def test_permissions_are_those_of_the_token_not_of_the_moment(stand_in: StandIn) -> None:
    application, graph = client_with(stand_in, "Application.Read.All")
    [assignment] = stand_in.made("GET", application.principal_path("/appRoleAssignments"), status=200)["value"]
    stand_in.made("DELETE", application.principal_path(f"/appRoleAssignments/{assignment['id']}"), status=204)
    assert graph.get("/v1.0/applications").status_code == 200
    assert stand_in.graph_as(application).get("/v1.0/applications").status_code == 403
