"""Applications in Graph: properties, roles, identifier URIs, owners."""

import uuid
from typing import Any

import pytest

from tests.rehearsal.azure.stand_in import StandIn, code, message, role

DISABLED_FIRST = "Permission (scope or role) cannot be deleted or updated unless disabled first."


def test_a_new_application_has_what_was_given_and_defaults_for_the_rest(stand_in: StandIn) -> None:
    made = stand_in.made("POST", "/v1.0/applications", {"displayName": "things", "tags": ["one"]})
    assert uuid.UUID(made["id"]) != uuid.UUID(made["appId"])
    assert made["@odata.context"] == f"{stand_in.endpoint.https_url}/v1.0/$metadata#applications/$entity"
    assert (made["displayName"], made["tags"], made["signInAudience"]) == ("things", ["one"], "AzureADMyOrg")
    assert made["groupMembershipClaims"] is None
    assert made["api"]["requestedAccessTokenVersion"] is None
    assert stand_in.made("GET", f"/v1.0/applications/{made['id']}", status=200) == made


def test_it_is_found_by_its_application_id_too(stand_in: StandIn) -> None:
    application = stand_in.application()
    for path in (f"/v1.0/applications(appId='{application.app_id}')", f"/v1.0//applications/{application.id}"):
        assert stand_in.made("GET", path, status=200)["id"] == application.id


def test_complex_properties_merge_and_collections_are_replaced(stand_in: StandIn) -> None:
    body = {"displayName": "things", "web": {"homePageUrl": "https://things.example", "redirectUris": ["https://one"]}}
    made = stand_in.made("POST", "/v1.0/applications", body)
    path = f"/v1.0/applications/{made['id']}"
    stand_in.made("PATCH", path, {"web": {"redirectUris": ["https://two"]}, "api": {"acceptMappedClaims": True}}, 204)
    after = stand_in.made("GET", path, status=200)
    assert after["web"]["homePageUrl"] == "https://things.example"
    assert after["web"]["redirectUris"] == ["https://two"]
    assert after["web"]["implicitGrantSettings"] == made["web"]["implicitGrantSettings"]
    assert after["api"]["acceptMappedClaims"] is True


def test_null_empties_a_collection_and_a_text(stand_in: StandIn) -> None:
    body = {"displayName": "things", "notes": "text", "web": {"redirectUris": ["https://one"]}}
    path = f"/v1.0/applications/{stand_in.made('POST', '/v1.0/applications', body)['id']}"
    stand_in.made("PATCH", path, {"notes": None, "web": {"redirectUris": None}}, 204)
    after = stand_in.made("GET", path, status=200)
    assert (after["notes"], after["web"]["redirectUris"]) == (None, [])


def test_a_property_of_beta_is_there_in_beta_only(stand_in: StandIn) -> None:
    application = stand_in.application()
    path = f"/applications/{application.id}?$select=oauth2RequirePostResponse"
    assert stand_in.made("GET", f"/beta{path}", status=200)["oauth2RequirePostResponse"] is False
    assert "oauth2RequirePostResponse" not in application.read()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"displayName": None}, "displayName"),
        ({"displayName": "x" * 257}, "displayName"),
        ({"displayName": 17}, "displayName"),
        ({"signInAudience": "Everybody"}, "signInAudience"),
        ({"api": {"requestedAccessTokenVersion": 3}}, "api/requestedAccessTokenVersion"),
        ({"web": {"redirectUris": "https://one"}}, "web/redirectUris"),
        ({"nope": 1}, "nope"),
        ({"web": {"nope": 1}}, "web/nope"),
        ({"appRoles": [{**role(), "allowedMemberTypes": ["Robot"]}]}, "appRoles/allowedMemberTypes"),
        ({"appRoles": [{**role(), "allowedMemberTypes": []}]}, "appRoles/allowedMemberTypes"),
        ({"appRoles": [{**role(), "displayName": ""}]}, "appRoles/displayName"),
        ({"appRoles": [{**role(), "id": "no guid"}]}, "appRoles/id"),
        ({"appRoles": [role("with blank")]}, "appRoles/value"),
        ({"appRoles": [role(".Dot")]}, "appRoles/value"),
        ({"appRoles": [role("x" * 121)]}, "appRoles/value"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused_by_its_name(
    stand_in: StandIn, change: dict[str, Any], named: str
) -> None:
    answer = stand_in.graph.patch(stand_in.application().path(), json=change)
    assert answer.status_code == 400
    assert code(answer) == "Request_BadRequest"
    assert f"'{named}'" in message(answer)


@pytest.mark.parametrize("other", ["value", "id"])
def test_roles_with_the_same_value_or_id_are_refused(stand_in: StandIn, other: str) -> None:
    one = role("Things.Read.All")
    answer = stand_in.graph.post(
        "/v1.0/applications", json={"displayName": "things", "appRoles": [one, {**role("Other"), other: one[other]}]}
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["details"] == [
        {
            "code": "DuplicateValue",
            "message": "Request contains a property with duplicate values.",
            "target": "appRoles",
        }
    ]


def test_roles_and_scopes_share_one_name_space(stand_in: StandIn) -> None:
    scope = {"id": str(uuid.uuid4()), "value": "Things.Read.All", "isEnabled": True}
    body = {"displayName": "things", "appRoles": [role("Things.Read.All")], "api": {"oauth2PermissionScopes": [scope]}}
    assert code(stand_in.graph.post("/v1.0/applications", json=body)) == "DuplicateValue"


@pytest.mark.parametrize("change", [{"value": "Things.Write.All"}, {"description": "Other"}, None])
def test_an_enabled_role_can_neither_be_changed_nor_deleted(stand_in: StandIn, change: dict[str, Any] | None) -> None:
    read = role()
    api = stand_in.application(read)
    roles = [] if change is None else [{**read, **change}]
    answer = stand_in.graph.patch(api.path(), json={"appRoles": roles})
    assert (answer.status_code, code(answer)) == (400, "CannotDeleteOrUpdateEnabledEntitlement")
    assert message(answer) == DISABLED_FIRST
    stand_in.made("PATCH", api.path(), {"appRoles": [{**read, "isEnabled": False}]}, 204)
    stand_in.made("PATCH", api.path(), {"appRoles": roles}, 204)
    assert [item["id"] for item in api.read()["appRoles"]] == [item["id"] for item in roles]


def test_a_role_comes_back_in_the_order_and_with_the_values_it_was_written(stand_in: StandIn) -> None:
    roles = [role("B"), role(None), role("A", allowedMemberTypes=["User", "Application"])]
    shown = stand_in.application(*roles).read()["appRoles"]
    assert [{name: item[name] for name in roles[0]} for item in shown] == roles


def test_a_role_that_is_gone_takes_its_assignments_along(stand_in: StandIn) -> None:
    read = role()
    api, caller = stand_in.api(read), stand_in.application()
    stand_in.assign(caller.principal_id, api.principal_id, read["id"])
    stand_in.made("PATCH", api.path(), {"appRoles": [{**read, "isEnabled": False}]}, 204)
    stand_in.made("PATCH", api.path(), {"appRoles": []}, 204)
    assert stand_in.made("GET", api.principal_path("/appRoleAssignedTo"), status=200)["value"] == []


def test_identifier_uris_are_allowed_in_the_forms_of_the_policy(stand_in: StandIn) -> None:
    api = stand_in.application()
    tenant = stand_in.endpoint.tenant_id
    domain = api.read()["publisherDomain"]
    allowed = [
        f"api://{api.app_id}",
        f"api://{api.app_id}/path",
        f"api://{tenant}/{api.app_id}",
        f"api://{tenant}/things",
        f"api://things/{api.app_id}",
        f"https://{domain}/things",
        f"https://things.{domain}",
        f"api://things.{domain}/v1",
    ]
    stand_in.made("PATCH", api.path(), {"identifierUris": allowed}, 204)
    assert api.read()["identifierUris"] == allowed


@pytest.mark.parametrize(
    "uri",
    [
        "api://things",
        "api://00000000-1111-4222-8333-444444444444",
        "https://things.example",
        "https://things.example/api",
        "https://{domain}",
        "http://{domain}/things",
        "api://{tenant}",
        "api://{tenant}/things/",
        "api://{app_id}/",
        "api://{app_id}?query",
        "urn:things",
        "things",
    ],
)
def test_another_identifier_uri_is_refused_by_the_policy(stand_in: StandIn, uri: str) -> None:
    api = stand_in.application()
    text = uri.format(tenant=stand_in.endpoint.tenant_id, domain=api.read()["publisherDomain"], app_id=api.app_id)
    answer = stand_in.graph.patch(api.path(), json={"identifierUris": [text]})
    assert answer.status_code == 400
    assert message(answer).startswith(
        f"Failed to add identifier URI {text}. All newly added URIs must contain a tenant verified domain, tenant ID, "
        "or app ID, as per the default tenant policy of your organization."
    )


def test_an_identifier_uri_is_taken_once_in_the_tenant_and_its_deleted_items(stand_in: StandIn) -> None:
    uri = f"api://{stand_in.endpoint.tenant_id}/things"
    owner, other = stand_in.application(identifierUris=[uri]), stand_in.application()
    for _ in range(2):
        answer = stand_in.graph.patch(other.path(), json={"identifierUris": [uri]})
        assert answer.status_code == 400
        assert message(answer) == "Another object with the same value for property identifierUris already exists."
        stand_in.graph.delete(owner.path())
    stand_in.made("DELETE", f"/v1.0/directory/deletedItems/{owner.id}", status=204)
    stand_in.made("PATCH", other.path(), {"identifierUris": [uri]}, 204)


def test_the_creator_owns_what_it_creates_beside_those_it_names(stand_in: StandIn) -> None:
    friend = stand_in.application()
    reference = f"{stand_in.endpoint.https_url}/v1.0/directoryObjects/{friend.principal_id}"
    body = {"displayName": "things", "owners@odata.bind": [reference]}
    made = stand_in.made("POST", "/v1.0/applications", body)
    owners = stand_in.made("GET", f"/v1.0/applications/{made['id']}/owners", status=200)["value"]
    assert [owner["@odata.type"] for owner in owners] == ["#microsoft.graph.servicePrincipal"] * 2
    assert owners[0]["appId"] == stand_in.endpoint.client_id
    assert owners[1]["id"] == friend.principal_id


def test_owners_are_added_once_and_removed_down_to_none(stand_in: StandIn) -> None:
    application, friend = stand_in.application(), stand_in.application()
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{friend.principal_id}"}
    stand_in.made("POST", application.path("/owners/$ref"), reference, 204)
    again = stand_in.graph.post(application.path("/owners/$ref"), json=reference)
    assert again.status_code == 400
    assert "already exist" in message(again)
    for owner in stand_in.made("GET", application.path("/owners"), status=200)["value"]:
        stand_in.made("DELETE", application.path(f"/owners/{owner['id']}/$ref"), status=204)
    assert stand_in.made("GET", application.path("/owners"), status=200)["value"] == []
    assert stand_in.graph.delete(application.path(f"/owners/{friend.principal_id}/$ref")).status_code == 404


@pytest.mark.parametrize("reference", [None, "nonsense", "https://graph.microsoft.com/v1.0/directoryObjects/nobody"])
def test_an_owner_that_is_no_reference_is_refused(stand_in: StandIn, reference: str | None) -> None:
    answer = stand_in.graph.post(stand_in.application().path("/owners/$ref"), json={"@odata.id": reference})
    assert answer.status_code == 400


def test_an_owner_that_does_not_exist_is_refused(stand_in: StandIn) -> None:
    missing = str(uuid.uuid4())
    body = {"displayName": "things", "owners@odata.bind": [f"https://x/v1.0/directoryObjects/{missing}"]}
    answer = stand_in.graph.post("/v1.0/applications", json=body)
    assert (answer.status_code, code(answer)) == (404, "Request_ResourceNotFound")
    assert missing in message(answer)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_application_that_does_not_exist_is_not_found(stand_in: StandIn, method: str) -> None:
    missing = str(uuid.uuid4())
    answer = stand_in.graph.request(method, f"/v1.0/applications/{missing}", json={})
    assert (answer.status_code, code(answer)) == (404, "Request_ResourceNotFound")
    assert message(answer) == (
        f"Resource '{missing}' does not exist or one of its queried reference-property objects are not present."
    )


def test_federated_credentials_are_named_once_and_match_once(stand_in: StandIn) -> None:
    application = stand_in.application()
    path = application.path("/federatedIdentityCredentials")
    body = {
        "name": "prod",
        "issuer": "https://ci.example",
        "subject": "prod",
        "audiences": ["api://AzureADTokenExchange"],
    }
    made = stand_in.made("POST", path, body)
    for change in ({"subject": "other"}, {"name": "other"}):
        answer = stand_in.graph.post(path, json={**body, **change})
        assert (answer.status_code, code(answer)) == (409, "Request_MultipleObjectsWithSameKeyValue")
    stand_in.made("PATCH", f"{path}/{made['id']}", {"subject": "other"}, 204)
    assert stand_in.made("GET", f"{path}/prod", status=200)["subject"] == "other"
    stand_in.made("DELETE", f"{path}/prod", status=204)
    assert stand_in.made("GET", path, status=200)["value"] == []


@pytest.mark.parametrize(
    "change", [{"name": "ab"}, {"name": "a b"}, {"issuer": ""}, {"subject": "x" * 601}, {"audiences": ["one", "two"]}]
)
def test_a_federated_credential_that_breaks_a_rule_is_refused(stand_in: StandIn, change: dict[str, Any]) -> None:
    body = {"name": "prod", "issuer": "https://ci.example", "subject": "prod", "audiences": ["api://x"], **change}
    answer = stand_in.graph.post(stand_in.application().path("/federatedIdentityCredentials"), json=body)
    assert answer.status_code == 400
    assert f"'{next(iter(change))}'" in message(answer)
