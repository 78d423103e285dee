"""The token endpoint: what tokens say, and how it refuses."""

from typing import Any

import jwt
import pytest

from tests.rehearsal.azure.stand_in import Document, StandIn, claims, role


def ask(stand_in: StandIn, tenant: str | None = None, version: str = "/v2.0", **form: Any) -> Document:
    """What the token endpoint says to the deployer's own form with some fields changed, or left out (None)."""
    endpoint = stand_in.endpoint
    whole = {
        "client_id": endpoint.client_id,
        "client_secret": endpoint.client_secret,
        "grant_type": "client_credentials",
        "scope": "https://graph.microsoft.com/.default",
        **form,
    }
    present = {name: value for name, value in whole.items() if value is not None}
    answer = stand_in.anonymous.post(f"/{tenant or endpoint.tenant_id}/oauth2{version}/token", data=present)
    return {"status": answer.status_code, **answer.json()}


def test_a_version_2_token_says_who_may_do_what_on_which_api(stand_in: StandIn) -> None:
    read, write = role("Things.Read.All"), role("Things.Write.All")
    api, caller = stand_in.api(read, write, version=2), stand_in.application()
    assert stand_in.assign(caller.principal_id, api.principal_id, read["id"]).status_code == 201
    said = caller.claims(api.scope)
    tenant = stand_in.endpoint.tenant_id
    assert said["aud"] == api.app_id
    assert said["iss"] == f"https://login.microsoftonline.com/{tenant}/v2.0"
    assert said["ver"] == "2.0"
    assert said["azp"] == caller.app_id
    assert said["azpacr"] == "1"
    assert said["oid"] == said["sub"] == caller.principal_id
    assert said["tid"] == tenant
    assert said["roles"] == ["Things.Read.All"]
    assert not {"appid", "idp", "scp", "idtyp"} & set(said)


@pytest.mark.parametrize("version", [1, None])
def test_a_version_1_token_has_the_resource_as_it_was_asked_for(stand_in: StandIn, version: int | None) -> None:
    api, caller = stand_in.api(role(), version=version, assignment_required=False), stand_in.application()
    said = caller.claims(api.scope)
    assert said["aud"] == api.uri
    assert said["iss"] == said["idp"] == f"https://sts.windows.net/{stand_in.endpoint.tenant_id}/"
    assert (said["ver"], said["appid"], said["appidacr"]) == ("1.0", caller.app_id, "1")
    assert caller.claims(f"{api.app_id}/.default")["aud"] == api.app_id


def test_the_api_decides_the_version_not_the_endpoint(stand_in: StandIn) -> None:
    api = stand_in.api(version=2, assignment_required=False)
    answer = ask(stand_in, version="", scope=None, resource=api.uri)
    assert claims(answer["access_token"])["ver"] == "2.0"
    assert answer["expires_in"] == "3599"
    assert answer["resource"] == api.uri


def test_a_token_says_idtyp_when_the_api_asked_for_it(stand_in: StandIn) -> None:
    api, caller = stand_in.api(assignment_required=False), stand_in.application()
    wanted = {"optionalClaims": {"accessToken": [{"name": "idtyp", "essential": False}]}}
    stand_in.made("PATCH", api.path(), wanted, 204)
    assert caller.claims(api.scope)["idtyp"] == "app"
    assert caller.claims("https://graph.microsoft.com/.default")["idtyp"] == "app"


def test_without_any_role_the_claim_is_absent(stand_in: StandIn) -> None:
    api, caller = stand_in.api(role(), assignment_required=False), stand_in.application()
    assert "roles" not in caller.claims(api.scope)


def test_a_revoked_role_is_out_of_the_next_token(stand_in: StandIn) -> None:
    read = role()
    api, caller = stand_in.api(read, assignment_required=False), stand_in.application()
    assignment = stand_in.assign(caller.principal_id, api.principal_id, read["id"]).json()
    assert caller.claims(api.scope)["roles"] == ["Things.Read.All"]
    stand_in.made("DELETE", api.principal_path(f"/appRoleAssignedTo/{assignment['id']}"), status=204)
    assert "roles" not in caller.claims(api.scope)


def test_a_disabled_role_stays_in_tokens_while_it_is_assigned(stand_in: StandIn) -> None:
    read = role()
    api, caller = stand_in.api(read), stand_in.application()
    stand_in.assign(caller.principal_id, api.principal_id, read["id"])
    stand_in.made("PATCH", api.path(), {"appRoles": [{**read, "isEnabled": False}]}, 204)
    assert caller.claims(api.scope)["roles"] == ["Things.Read.All"]


def test_an_api_that_demands_an_assignment_gives_strangers_no_token(stand_in: StandIn) -> None:
    api, caller = stand_in.api(role()), stand_in.application(displayName="stranger")
    answer = ask(stand_in, client_id=caller.app_id, client_secret=caller.secret, scope=api.scope)
    assert (answer["status"], answer["error"]) == (400, "invalid_grant")
    expected = f"AADSTS501051: Application '{caller.app_id}'(stranger) is not assigned to a role for the application"
    assert answer["error_description"].startswith(expected)


def test_a_role_on_another_api_is_none_on_this_one(stand_in: StandIn) -> None:
    read = role()
    other, api, caller = stand_in.api(read), stand_in.api(role()), stand_in.application()
    stand_in.assign(caller.principal_id, other.principal_id, read["id"])
    answer = ask(stand_in, client_id=caller.app_id, client_secret=caller.secret, scope=api.scope)
    assert answer["error_codes"] == [501051]


def test_published_apis_have_version_1_tokens(stand_in: StandIn) -> None:
    said = claims(stand_in.token("https://vault.azure.net/.default"))
    assert (said["aud"], said["ver"]) == ("https://vault.azure.net", "1.0")


@pytest.mark.parametrize(
    ("change", "status", "error", "number", "words"),
    [
        ({"grant_type": None}, 400, "invalid_request", 900144, "must contain the following parameter: 'grant_type'"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003, "unsupported grant type 'password'"),
        ({"client_id": None}, 400, "invalid_request", 900144, "must contain the following parameter: 'client_id'"),
        ({"client_id": "nobody"}, 400, "unauthorized_client", 700016, "Application with identifier 'nobody' was not"),
        ({"client_secret": None}, 401, "invalid_client", 7000216, "'client_assertion', 'client_secret' or 'request'"),
        ({"client_secret": "guess"}, 401, "invalid_client", 7000215, "Invalid client secret provided."),
        ({"scope": None}, 400, "invalid_request", 900144, "must contain the following parameter: 'scope'"),
        ({"scope": "api://x"}, 400, "invalid_scope", 1002012, "must have a scope value with /.default suffixed"),
        ({"scope": "a/.default b/.default"}, 400, "invalid_scope", 70011, "'scope' is not valid"),
        (
            {"scope": "api://x/.default"},
            400,
            "invalid_resource",
            500011,
            "The resource principal named api://x was not",
        ),
        ({"tenant": "contoso.example"}, 400, "invalid_tenant", 90002, "Tenant 'contoso.example' not found."),
        ({"tenant": "no~tenant"}, 400, "invalid_request", 900023, "neither a valid DNS name"),
        (
            {"client_secret": None, "client_assertion": "x", "client_assertion_type": "y"},
            400,
            "invalid_request",
            900144,
            "'client_assertion_type'",
        ),
    ],
)
def test_each_fault_has_its_own_number_and_words(
    stand_in: StandIn, change: dict[str, Any], status: int, error: str, number: int, words: str
) -> None:
    answer = ask(stand_in, **change)
    assert (answer["status"], answer["error"], answer["error_codes"]) == (status, error, [number])
    assert answer["error_description"].startswith(f"AADSTS{number}: ")
    assert words in answer["error_description"]
    assert answer["trace_id"] in answer["error_description"]


def test_an_error_repeats_the_clients_request_id(stand_in: StandIn) -> None:
    answer = stand_in.anonymous.post(
        f"/{stand_in.endpoint.tenant_id}/oauth2/v2.0/token", headers={"client-request-id": "from-the-client"}
    )
    assert answer.json()["correlation_id"] == "from-the-client"


def test_an_api_without_its_identifier_uri_is_not_found_by_it(stand_in: StandIn) -> None:
    api = stand_in.application()
    answer = ask(stand_in, scope=api.scope)
    assert answer["error_codes"] == [500011]
    assert claims(stand_in.token(f"{api.app_id}/.default"))["aud"] == api.app_id


def test_an_application_without_service_principal_cannot_sign_in(stand_in: StandIn) -> None:
    application = stand_in.application()
    stand_in.made("DELETE", application.principal_path(), status=204)
    answer = ask(stand_in, client_id=application.app_id, client_secret=application.secret)
    assert (answer["status"], answer["error_codes"]) == (401, [7000229])


def test_a_disabled_service_principal_cannot_sign_in(stand_in: StandIn) -> None:
    application = stand_in.application()
    stand_in.made("PATCH", application.principal_path(), {"accountEnabled": False}, 204)
    answer = ask(stand_in, client_id=application.app_id, client_secret=application.secret)
    assert answer["error_codes"] == [7000112]


def test_no_token_is_issued_for_a_disabled_api(stand_in: StandIn) -> None:
    api = stand_in.api(assignment_required=False)
    stand_in.made("PATCH", api.principal_path(), {"accountEnabled": False}, 204)
    assert ask(stand_in, scope=api.scope)["error_codes"] == [500014]


def test_an_expired_secret_is_told_from_a_wrong_one(stand_in: StandIn) -> None:
    application = stand_in.application()
    stand_in.control.post("/_rehearsal/clock", json={"advance": 3 * 365 * 86_400})
    answer = ask(stand_in, client_id=application.app_id, client_secret=application.secret)
    assert (answer["status"], answer["error_codes"]) == (401, [7000222])


def test_a_removed_secret_is_a_wrong_one(stand_in: StandIn) -> None:
    application = stand_in.application()
    [credential] = application.read()["passwordCredentials"]
    assert credential["secretText"] is None
    assert credential["hint"] == application.secret[:3]
    stand_in.made("POST", application.path("/removePassword"), {"keyId": credential["keyId"]}, 204)
    answer = ask(stand_in, client_id=application.app_id, client_secret=application.secret)
    assert answer["error_codes"] == [7000215]


def test_a_token_expires(stand_in: StandIn) -> None:
    assert stand_in.graph.get("/v1.0/applications").status_code == 200
    stand_in.control.post("/_rehearsal/clock", json={"advance": 3600})
    answer = stand_in.graph.get("/v1.0/applications")
    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "Lifetime validation failed, the token is expired."


def test_a_token_for_another_api_is_refused_by_graph_and_by_resource_manager(stand_in: StandIn) -> None:
    headers = {"Authorization": f"Bearer {stand_in.token('https://vault.azure.net/.default')}"}
    graph = stand_in.anonymous.get("/v1.0/applications", headers=headers)
    assert graph.status_code == 401
    assert graph.json()["error"]["message"] == "Access token validation failure. Invalid audience."
    path = f"/subscriptions/{stand_in.endpoint.subscription_id}"
    arm = stand_in.anonymous.get(path, params={"api-version": "2022-12-01"}, headers=headers)
    assert (arm.status_code, arm.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    assert "Bearer" in arm.headers["WWW-Authenticate"]


def test_every_token_is_its_own(stand_in: StandIn) -> None:
    scope = "https://vault.azure.net/.default"
    first, second = stand_in.token(scope), stand_in.token(scope)
    assert claims(first)["uti"] != claims(second)["uti"]
    assert jwt.get_unverified_header(first)["alg"] == "RS256"
