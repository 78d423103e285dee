"""Queries in Graph: the filters that real clients send, selection, paging, counting, sorting."""

import itertools

import pytest

from tests.rehearsal.azure.stand_in import StandIn, code, message

EVENTUAL = {"ConsistencyLevel": "eventual"}


@pytest.fixture
def three(stand_in: StandIn) -> dict[str, str]:
    """Three applications by name, with their application ids."""
    made = {}
    for name, uri in (("alpha", "one"), ("it's beta", "two"), ("Gamma", None)):
        uris = [f"api://{stand_in.endpoint.tenant_id}/{uri}"] if uri else []
        body = {
            "displayName": name,
            "identifierUris": uris,
            "tags": [name, "all"],
            "isFallbackPublicClient": uri is None,
        }
        made[name] = str(stand_in.made("POST", "/v1.0/applications", body)["appId"])
    return made


def names(stand_in: StandIn, text: str, **parameters: str) -> list[str]:
    answer = stand_in.graph.get(
        "/v1.0/applications", params={"$filter": text, **parameters}, headers=EVENTUAL if parameters else {}
    )
    assert answer.status_code == 200, answer.text
    return [item["displayName"] for item in answer.json()["value"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("appId eq '{alpha}'", ["alpha"]),
        ("displayName eq 'alpha'", ["alpha"]),
        ("displayName eq 'GAMMA'", ["Gamma"]),
        ("displayName eq 'it''s beta'", ["it's beta"]),
        ("displayName eq 'nobody'", []),
        ("identifierUris/any(uri:uri eq 'api://{tenant}/two')", ["it's beta"]),
        ("identifierUris/any(x: startswith(x, 'api://{tenant}'))", ["alpha", "it's beta"]),
        ("tags/any(t:t eq 'all') and displayName eq 'Gamma'", ["Gamma"]),
        ("startswith(displayName,'al')", ["alpha"]),
        ("displayName in ('alpha', 'Gamma')", ["alpha", "Gamma"]),
        ("displayName eq 'alpha' or (displayName eq 'Gamma' and appId eq '{Gamma}')", ["alpha", "Gamma"]),
        ("isFallbackPublicClient eq true", ["Gamma"]),
        ("applicationTemplateId eq null and displayName eq 'alpha'", ["alpha"]),
        ("createdDateTime le 2026-01-01T10:30:00Z", []),
        ("displayName eq 'alpha' and createdDateTime ge 2026-01-01", ["alpha"]),
        ("web/homePageUrl eq 'x'", []),
    ],
)
def test_a_filter_finds_what_it_describes(
    stand_in: StandIn, three: dict[str, str], text: str, found: list[str]
) -> None:
    assert names(stand_in, text.format(tenant=stand_in.endpoint.tenant_id, **three)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("displayName ne 'alpha' and tags/any(t:t eq 'all')", ["it's beta", "Gamma"]),
        ("not startswith(displayName, 'al') and tags/any(t:t eq 'all')", ["it's beta", "Gamma"]),
        ("endswith(displayName, 'ta')", ["it's beta"]),
        ("not(displayName eq 'alpha') and tags/any(t:t eq 'all')", ["it's beta", "Gamma"]),
    ],
)
def test_an_advanced_filter_takes_eventual_consistency_and_a_count(
    stand_in: StandIn, three: dict[str, str], text: str, found: list[str]
) -> None:
    assert names(stand_in, text, **{"$count": "true"}) == found
    refused = stand_in.graph.get("/v1.0/applications", params={"$filter": text})
    assert (refused.status_code, code(refused)) == (400, "Request_UnsupportedQuery")
    assert "ConsistencyLevel:eventual" in message(refused)


def test_service_principals_are_found_by_name_and_id_with_all_they_have(stand_in: StandIn) -> None:
    api = stand_in.api()
    for text in (
        f"appId eq '{api.app_id}'",
        f"servicePrincipalNames/any(n:n eq '{api.uri}')",
        f"id eq '{api.principal_id}'",
    ):
        answer = stand_in.graph.get("/v1.0/servicePrincipals", params={"$filter": text})
        [found] = answer.json()["value"]
        assert found == {
            name: value
            for name, value in stand_in.made("GET", api.principal_path(), status=200).items()
            if name != "@odata.context"
        }


def test_a_selection_has_the_named_properties_only(stand_in: StandIn, three: dict[str, str]) -> None:
    answer = stand_in.graph.get(
        "/v1.0/applications", params={"$select": "id, displayName", "$filter": "displayName eq 'alpha'"}
    )
    [item] = answer.json()["value"]
    assert set(item) == {"id", "displayName"}


def test_pages_are_followed_to_the_end_and_miss_nothing(stand_in: StandIn) -> None:
    wanted = [f"application {number}" for number in range(7)]
    for name in wanted:
        stand_in.made("POST", "/v1.0/applications", {"displayName": name})
    path: str | None = "/v1.0/applications?$top=3&$filter=startswith(displayName,'application')&$select=displayName"
    seen = []
    for number in itertools.count():
        if path is None:
            break
        page = stand_in.made("GET", path, status=200)
        seen += [item["displayName"] for item in page["value"]]
        path = page.get("@odata.nextLink")
        assert path is None or path.startswith(f"{stand_in.endpoint.https_url}/v1.0/applications?")
        assert number < 3
    assert seen == wanted


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("$top", "0", "Request_UnsupportedQuery"),
        ("$top", "1000", "Request_UnsupportedQuery"),
        ("$top", "many", "BadRequest"),
        ("$skiptoken", "nonsense", "Directory_ExpiredPageToken"),
        ("$select", "nope", "BadRequest"),
        ("$orderby", "nope", "BadRequest"),
        ("$orderby", "displayName", "Request_UnsupportedQuery"),
        ("$search", "things", "BadRequest"),
        ("$expand", "owners", "BadRequest"),
    ],
)
def test_an_option_that_is_wrong_or_not_modelled_is_refused(
    stand_in: StandIn, option: str, value: str, expected: str
) -> None:
    answer = stand_in.graph.get("/v1.0/applications", params={option: value})
    assert (answer.status_code, code(answer)) == (400, expected)


def test_sorting_and_counting_are_advanced_queries(stand_in: StandIn, three: dict[str, str]) -> None:
    parameters = {"$orderby": "displayName desc", "$count": "true", "$filter": "tags/any(t:t eq 'all')"}
    answer = stand_in.graph.get("/v1.0/applications", params=parameters, headers=EVENTUAL).json()
    assert [item["displayName"] for item in answer["value"]] == ["it's beta", "Gamma", "alpha"]
    assert answer["@odata.count"] == 3
    total = stand_in.graph.get("/v1.0/applications/$count", headers=EVENTUAL)
    # The deployer's own application is there, too.
    assert (total.status_code, total.json()) == (200, 4)
    assert stand_in.graph.get("/v1.0/applications/$count").status_code == 400
