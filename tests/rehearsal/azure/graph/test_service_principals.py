"""Service principals in Graph: of the tenant's own applications, of published APIs, of managed identities."""

import uuid

import pytest

from tests.rehearsal.azure.stand_in import Document, StandIn, code, message, role


def test_a_service_principal_mirrors_its_application_now_and_later(stand_in: StandIn) -> None:
    api = stand_in.api(role("Things.Read.All"))
    stand_in.made("PATCH", api.path(), {"displayName": "renamed"}, 204)
    principal = stand_in.made("GET", api.principal_path(), status=200)
    assert (principal["displayName"], principal["appDisplayName"]) == ("renamed", "renamed")
    assert principal["appRoles"] == api.read()["appRoles"]
    assert principal["servicePrincipalNames"] == [api.app_id, api.uri]
    assert principal["appOwnerOrganizationId"] == stand_in.endpoint.tenant_id
    assert principal["servicePrincipalType"] == "Application"


def test_what_is_the_service_principals_own_is_kept(stand_in: StandIn) -> None:
    api = stand_in.application()
    change = {"description": "ours", "tags": ["one"], "notes": None, "appRoleAssignmentRequired": True}
    stand_in.made("PATCH", api.principal_path(), change, 204)
    stand_in.made("PATCH", api.path(), {"displayName": "renamed"}, 204)
    principal = stand_in.made("GET", api.principal_path(), status=200)
    assert {name: principal[name] for name in change} == change


def test_an_application_has_one_service_principal(stand_in: StandIn) -> None:
    application = stand_in.application()
    answer = stand_in.graph.post("/v1.0/servicePrincipals", json={"appId": application.app_id})
    assert (answer.status_code, code(answer)) == (409, "Request_MultipleObjectsWithSameKeyValue")
    assert message(answer) == (
        "The service principal cannot be created, updated, or restored because the service principal name "
        f"{application.app_id} is already in use."
    )


def test_a_service_principal_needs_an_application(stand_in: StandIn) -> None:
    missing = str(uuid.uuid4())
    answer = stand_in.graph.post("/v1.0/servicePrincipals", json={"appId": missing})
    assert (answer.status_code, code(answer)) == (400, "Request_BadRequest")
    expected = f"The appId '{missing}' of the service principal does not reference a valid application object."
    assert message(answer) == expected


@pytest.mark.parametrize(
    ("name", "app_id", "known"),
    [
        ("Microsoft Graph", "00000003-0000-0000-c000-000000000000", "User.Read.All"),
        ("Office 365 Exchange Online", "00000002-0000-0ff1-ce00-000000000000", "full_access_as_app"),
        ("Office 365 SharePoint Online", "00000003-0000-0ff1-ce00-000000000000", "Sites.Selected"),
        ("Azure Storage", "e406a681-f3d4-42a8-90b6-c2b029497af1", None),
        ("Azure Key Vault", "cfa8b339-82a2-471a-a3c9-0fc0be7a4093", None),
    ],
)
def test_published_apis_are_there_with_their_well_known_ids(
    stand_in: StandIn, name: str, app_id: str, known: str | None
) -> None:
    principal = stand_in.published(name)
    assert principal["appId"] == app_id
    assert principal["appOwnerOrganizationId"] != stand_in.endpoint.tenant_id
    values = [item["value"] for item in principal["appRoles"]]
    assert known in values if known else values == []


def test_microsoft_graphs_roles_have_their_real_ids(stand_in: StandIn) -> None:
    ids = {item["value"]: item["id"] for item in stand_in.published("Microsoft Graph")["appRoles"]}
    assert len(ids) > 300
    assert ids["Application.ReadWrite.OwnedBy"] == "18a4783c-866b-4cc7-a460-3d5e5662c884"
    assert ids["AppRoleAssignment.ReadWrite.All"] == "06b708a9-e830-4db3-a914-8e69da51d44f"
    assert ids["User.Read.All"] == "df021288-bdef-4463-88db-98f22de89214"
    assert ids["Directory.Read.All"] == "7ab1d382-f21e-4acd-a863-ba3e13f7da61"


@pytest.mark.parametrize("name", ["Microsoft Graph", "Azure Storage"])
def test_a_published_api_is_not_the_tenants_to_delete(stand_in: StandIn, name: str) -> None:
    answer = stand_in.graph.delete(f"/v1.0/servicePrincipals/{stand_in.published(name)['id']}")
    assert (answer.status_code, code(answer)) == (403, "Authorization_RequestDenied")
    assert stand_in.published(name)


def test_a_managed_identity_has_a_service_principal_without_application(stand_in: StandIn, site: Document) -> None:
    principal = stand_in.made("GET", f"/v1.0/servicePrincipals/{site['principalId']}", status=200)
    assert principal["servicePrincipalType"] == "ManagedIdentity"
    assert principal["displayName"] == "func-caller"
    explicit, resource = principal["alternativeNames"]
    assert explicit == "isExplicit=False"
    assert resource == site["id"].replace("resourceGroups", "resourcegroups")
    found = stand_in.graph.get("/v1.0/applications", params={"$filter": f"appId eq '{principal['appId']}'"})
    assert found.json()["value"] == []


def test_a_managed_identity_goes_with_its_resource_and_not_by_graph(stand_in: StandIn, site: Document) -> None:
    path = f"/v1.0/servicePrincipals/{site['principalId']}"
    assert stand_in.graph.delete(path).status_code == 403
    api = stand_in.api(role())
    [known] = api.read()["appRoles"]
    assert stand_in.assign(site["principalId"], api.principal_id, known["id"]).status_code == 201
    assert stand_in.arm.delete(site["id"], params={"api-version": "2024-04-01"}).is_success
    assert stand_in.graph.get(path).status_code == 404
    assert stand_in.made("GET", api.principal_path("/appRoleAssignedTo"), status=200)["value"] == []
    deleted = stand_in.graph.get("/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal").json()["value"]
    assert site["principalId"] not in [item["id"] for item in deleted]
    environment = stand_in.control.get("/_rehearsal/sites/func-caller/environment")
    assert environment.status_code == 404


def test_a_new_site_of_the_same_name_is_a_new_principal(stand_in: StandIn, site: Document) -> None:
    answer = stand_in.arm.get(site["id"], params={"api-version": "2024-04-01"}).json()
    stand_in.arm.delete(site["id"], params={"api-version": "2024-04-01", "deleteEmptyServerFarm": "false"})
    body = {name: answer[name] for name in ("location", "kind")} | {"identity": {"type": "SystemAssigned"}}
    properties = {name: answer["properties"][name] for name in ("serverFarmId", "functionAppConfig")}
    again = stand_in.arm.put(site["id"], params={"api-version": "2024-04-01"}, json={**body, "properties": properties})
    assert again.is_success, again.text
    assert again.json()["identity"]["principalId"] != site["principalId"]


def test_directory_objects_are_found_by_id_whatever_they_are(stand_in: StandIn) -> None:
    application = stand_in.application()
    ids = [application.id, application.principal_id]
    found = stand_in.made("POST", "/v1.0/directoryObjects/getByIds", {"ids": [*ids, str(uuid.uuid4())]}, 200)["value"]
    assert [item["@odata.type"] for item in found] == [
        "#microsoft.graph.application",
        "#microsoft.graph.servicePrincipal",
    ]
    for item in ids:
        assert stand_in.made("GET", f"/v1.0/directoryObjects/{item}", status=200)["id"] == item


def test_the_tenant_shows_its_one_verified_domain(stand_in: StandIn) -> None:
    [organization] = stand_in.made("GET", "/v1.0/organization", status=200)["value"]
    assert organization["id"] == stand_in.endpoint.tenant_id
    [domain] = organization["verifiedDomains"]
    assert domain["isInitial"]
    assert domain["name"] == stand_in.application().read()["publisherDomain"]
