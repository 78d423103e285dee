"""The control routes: what the stand-in holds, its log, reset and snapshots, and who may ask."""

import pytest

from rehearsal.azure.routes import ROUTES
from rehearsal.azure.routing import Service
from tests.rehearsal.azure.stand_in import Document, StandIn, role


def contents(stand_in: StandIn) -> Document:
    return dict(stand_in.control.get("/_rehearsal/contents").json())


def test_only_health_needs_no_key(stand_in: StandIn) -> None:
    assert stand_in.anonymous.get("/_rehearsal/health").json() == {
        "status": "ok",
        "tenantId": stand_in.endpoint.tenant_id,
    }
    for route in ROUTES:
        if route.service is Service.CONTROL and route.needs_token:
            for client in (stand_in.anonymous, stand_in.graph):
                answer = client.request(
                    route.method, route.path.format(name="x", principal="x", subscription="x"), json={}
                )
                assert answer.status_code == 401, route
                assert "control key" in answer.json()["error"]


def test_an_empty_azure_shows_nothing(stand_in: StandIn) -> None:
    shown = contents(stand_in)
    assert set(shown) == {
        "applications",
        "servicePrincipals",
        "appRoleAssignments",
        "deletedApplications",
        "deletedServicePrincipals",
        "deletedVaults",
        "resources",
        "diagnosticSettings",
        "roleAssignments",
        "roleDefinitions",
    }
    assert not any(shown.values())


def test_the_contents_tell_by_name_and_id_what_a_deployment_made(stand_in: StandIn, site: Document) -> None:
    read = role("Things.Read.All")
    api = stand_in.api(read)
    stand_in.assign(site["principalId"], api.principal_id, read["id"])
    name = api.read()["displayName"]
    shown = contents(stand_in)
    assert [(item["id"], item["name"]) for item in shown["applications"]] == [(api.id, name)]
    assert {item["name"] for item in shown["servicePrincipals"]} == {name, "func-caller"}
    [assignment] = shown["appRoleAssignments"]
    assert assignment["name"] == f"func-caller may Things.Read.All on {name}"
    assert site["id"] in [item["id"] for item in shown["resources"]]
    stand_in.made("DELETE", api.path(), status=204)
    stand_in.arm.delete(site["id"], params={"api-version": "2024-04-01"})
    shown = contents(stand_in)
    assert [item["id"] for item in shown["deletedApplications"]] == [api.id]
    assert not shown["applications"] + shown["servicePrincipals"] + shown["appRoleAssignments"]


def test_a_sites_process_gets_its_settings_and_its_identity(stand_in: StandIn, site: Document) -> None:
    environment = site["environment"]
    assert environment["WEBSITE_SITE_NAME"] == "func-caller"
    assert environment["WEBSITE_HOSTNAME"].startswith("func-caller.")
    assert environment["IDENTITY_ENDPOINT"] == f"{stand_in.endpoint.http_url}/msi/token"
    assert environment["IDENTITY_HEADER"]


def test_a_site_or_an_identity_that_does_not_exist_is_named_with_those_that_do(
    stand_in: StandIn, site: Document
) -> None:
    answer = stand_in.control.get("/_rehearsal/sites/nope/environment")
    assert answer.status_code == 404
    assert answer.json()["error"] == "There is no site 'nope'. There are: func-caller."
    answer = stand_in.control.get("/_rehearsal/identities/nope")
    assert answer.status_code == 404
    assert "no managed identity with the principal id 'nope'" in answer.json()["error"]


@pytest.mark.parametrize(
    ("header", "parameters", "status", "words"),
    [
        ("wrong", {}, 403, "X-IDENTITY-HEADER"),
        (None, {"api-version": "2017-09-01"}, 400, "api-version must be 2019-08-01"),
        (None, {"resource": ""}, 400, "resource is missing"),
        (None, {"resource": "api://nope"}, 400, "AADSTS500011"),
    ],
)
def test_the_identity_endpoint_refuses_in_its_own_envelope(
    stand_in: StandIn, site: Document, header: str | None, parameters: dict[str, str], status: int, words: str
) -> None:
    answer = stand_in.anonymous.get(
        "/msi/token",
        params={"api-version": "2019-08-01", "resource": "https://vault.azure.net", **parameters},
        headers={"X-IDENTITY-HEADER": header or site["environment"]["IDENTITY_HEADER"]},
    )
    assert answer.status_code == answer.json()["statusCode"] == status
    assert words in answer.json()["message"]


@pytest.mark.parametrize(
    ("headers", "parameters", "error"),
    [
        ({}, {}, "bad_request_102"),
        ({"Metadata": "true"}, {"api-version": "1999-01-01"}, "bad_request_100"),
        ({"Metadata": "true"}, {"resource": ""}, "invalid_request"),
        ({"Metadata": "true"}, {"client_id": "somebody"}, "invalid_request"),
        ({"Metadata": "true"}, {"resource": "api://nope"}, "invalid_resource"),
    ],
)
def test_the_metadata_service_refuses_in_its_own_envelope(
    stand_in: StandIn, site: Document, headers: dict[str, str], parameters: dict[str, str], error: str
) -> None:
    imds = stand_in.control.get(f"/_rehearsal/identities/{site['principalId']}").json()["imds"]
    path = imds["AZURE_POD_IDENTITY_AUTHORITY_HOST"].removeprefix(stand_in.endpoint.http_url)
    query = {"api-version": "2018-02-01", "resource": "https://vault.azure.net", **parameters}
    answer = stand_in.anonymous.get(f"{path}/metadata/identity/oauth2/token", params=query, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_the_log_tells_every_request_and_no_secret(
    stand_in: StandIn, site: Document, caplog: pytest.LogCaptureFixture
) -> None:
    application = stand_in.application()
    imds = stand_in.control.get(f"/_rehearsal/identities/{site['principalId']}").json()["imds"]
    path = imds["AZURE_POD_IDENTITY_AUTHORITY_HOST"].removeprefix(stand_in.endpoint.http_url)
    stand_in.anonymous.get(f"{path}/metadata/identity/oauth2/token", headers={"Metadata": "true"})
    stand_in.anonymous.get(f"{path}/nowhere")
    stand_in.anonymous.get("/v1.0/applications", params={"client_secret": application.secret})
    token = application.token("https://vault.azure.net/.default")
    answer = stand_in.control.get("/_rehearsal/requests")
    requests = answer.json()["requests"]
    create = next(item for item in requests if item["route"] == "POST /v1.0/applications")
    assert (create["method"], create["path"], create["status"]) == ("POST", "/v1.0/applications", 201)
    assert create["host"] == stand_in.endpoint.https_url.removeprefix("https://")
    secrets = [
        token,
        application.secret,
        stand_in.endpoint.client_secret,
        stand_in.endpoint.control_key,
        site["environment"]["IDENTITY_HEADER"],
    ]
    for secret in secrets:
        assert secret not in answer.text
        assert secret not in caplog.text
    assert stand_in.control.delete("/_rehearsal/requests").status_code == 204
    assert len(stand_in.control.get("/_rehearsal/requests").json()["requests"]) == 1


def test_a_reset_empties_azure_and_keeps_the_deployer(stand_in: StandIn, site: Document) -> None:
    stand_in.application()
    assert stand_in.control.post("/_rehearsal/reset").status_code == 204
    assert not any(contents(stand_in).values())
    assert stand_in.graph.get("/v1.0/applications").status_code == 200
    assert stand_in.token("https://vault.azure.net/.default")


def test_a_snapshot_brings_everything_back(stand_in: StandIn, site: Document) -> None:
    application = stand_in.application()
    before = contents(stand_in)
    assert stand_in.control.put("/_rehearsal/snapshots/full").status_code == 204
    stand_in.control.post("/_rehearsal/reset")
    assert stand_in.control.post("/_rehearsal/snapshots/full/restore").status_code == 204
    assert contents(stand_in) == before
    assert application.token("https://vault.azure.net/.default")
    answer = stand_in.control.post("/_rehearsal/snapshots/nope/restore")
    assert (answer.status_code, answer.json()["error"]) == (404, "There is no snapshot 'nope'. There are: full.")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/_rehearsal/clock", {"advance": -1}),
        ("POST", "/_rehearsal/clock", {"advance": "soon"}),
        ("POST", "/_rehearsal/clock", []),
        ("PUT", "/_rehearsal/issuers", {"issuer": "https://ci.example"}),
        ("PUT", "/_rehearsal/issuers", {"issuer": "https://ci.example", "jwks": {"keys": []}}),
        ("PUT", "/_rehearsal/issuers", {"issuer": "https://ci.example", "jwks": {"keys": [{"kty": "oct", "k": "AA"}]}}),
    ],
)
def test_a_control_request_that_makes_no_sense_is_refused(
    stand_in: StandIn, method: str, path: str, body: object
) -> None:
    answer = stand_in.control.request(method, path, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
