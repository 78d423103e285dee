"""What Resource Manager checks of every request before the resource's own rules."""

from typing import Any

import httpx
import pytest

from rehearsal.azure.server import Endpoint
from tests.rehearsal.azure.arm.clients import REGION, Azure, Group, account_body, new_name, refused, tls

SITES = "/resourceGroups/{}/providers/Microsoft.Web/sites/x"


def error_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"].startswith("application/json")
    error: dict[str, Any] = answer.json()["error"]
    return error


def test_the_api_version_is_required(azure: Azure) -> None:
    answer = azure.http.get(f"{azure.subscription}/resourcegroups")
    assert answer.status_code == 400
    assert error_of(answer) == {
        "code": "MissingApiVersionParameter",
        "message": "The api-version query parameter (?api-version=) is required for all requests.",
    }


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/resourcegroups", "MissingApiVersionParameter"),
        ("/nothing/known", "MissingApiVersionParameter"),
        ("9/resourcegroups?api-version=2022-09-01", "SubscriptionNotFound"),
        ("9/nothing/known?api-version=2022-09-01", "SubscriptionNotFound"),
    ],
)
def test_api_version_and_subscription_are_looked_at_before_the_token(endpoint: Endpoint, path: str, code: str) -> None:
    url = f"{endpoint.https_url}/subscriptions/{endpoint.subscription_id}{path}"
    assert error_of(httpx.get(url, verify=tls(endpoint)))["code"] == code


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/providers/Microsoft.Compute/virtualMachines", "InvalidResourceNamespace"),
        ("/providers/Microsoft.Web/staticSites", "InvalidResourceType"),
        ("/somethingElse", "NotFound"),
    ],
)
def test_what_is_not_modelled_is_refused_in_resource_managers_words_and_logged(
    azure: Azure, path: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = azure.get(path, "2022-09-01")
    assert (answer.status_code, error_of(answer)["code"]) == (404, code)
    assert "stand-in models" in error_of(answer)["message"]
    assert (
        f"not modelled: GET {answer.url.scheme}://{answer.url.netloc.decode()}{azure.subscription}{path}" in caplog.text
    )


def test_an_unknown_subscription_is_named(azure: Azure) -> None:
    unknown = "00000000-0000-0000-0000-000000000009"
    answer = azure.http.get(f"/subscriptions/{unknown}/resourcegroups", params={"api-version": "2022-09-01"})
    assert answer.status_code == 404
    assert error_of(answer)["code"] == "SubscriptionNotFound"
    assert error_of(answer)["message"] == f"The subscription '{unknown}' could not be found."


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic x"}])
def test_without_a_token_of_the_tenant_nothing_is_answered(endpoint: Endpoint, header: dict[str, str]) -> None:
    url = f"{endpoint.https_url}/subscriptions/{endpoint.subscription_id}/resourcegroups?api-version=2022-09-01"
    answer = httpx.get(url, headers=header, verify=tls(endpoint))
    assert answer.status_code == 401
    assert error_of(answer)["code"] in ("AuthenticationFailed", "InvalidAuthenticationToken")
    assert answer.headers["www-authenticate"].startswith("Bearer authorization_uri=")


def test_a_token_for_graph_is_refused(azure: Azure) -> None:
    answer = azure.graph.get(f"{azure.subscription}/resourcegroups", params={"api-version": "2022-09-01"})
    assert (answer.status_code, error_of(answer)["code"]) == (401, "InvalidAuthenticationToken")


def test_an_api_version_that_resource_manager_does_not_have_is_refused(azure: Azure) -> None:
    answer = azure.get("/resourcegroups", "1999-01-01")
    assert (answer.status_code, error_of(answer)["code"]) == (400, "InvalidApiVersionParameter")
    assert "The api-version '1999-01-01' is invalid. The supported versions are '2025-04-01," in answer.text


def test_an_api_version_that_a_provider_does_not_have_is_refused_with_regions_when_one_is_given(
    azure: Azure, group: Group
) -> None:
    path = f"/resourceGroups/{group.name}/providers/Microsoft.Storage/storageAccounts/{new_name('st')}"
    answer = azure.put(path, account_body(), "1999-01-01")
    assert (answer.status_code, error_of(answer)["code"]) == (400, "NoRegisteredProviderFound")
    words = (
        "location 'westeurope' and API version '1999-01-01' for type 'storageAccounts'. The supported api-versions are"
    )
    assert words in error_of(answer)["message"]
    answer = azure.get(path, "1999-01-01")
    assert (answer.status_code, error_of(answer)["code"]) == (404, "InvalidResourceType")
    answer = azure.get(path, "latest")
    assert (answer.status_code, error_of(answer)["code"]) == (400, "InvalidApiVersionParameter")


@pytest.mark.parametrize("version", ["2025-05-01", "2023-12-01", "2016-08-01"])
def test_clients_of_many_years_are_answered(azure: Azure, group: Group, version: str) -> None:
    answer = azure.get(SITES.format(group.name), version)
    assert (answer.status_code, error_of(answer)["code"]) == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    "path",
    [
        "/resourcegroups/{}/PROVIDERS/microsoft.WEB/SITES/x",
        "/RESOURCEGROUPS/{}/providers/Microsoft.Storage/storageaccounts/x",
        "/resourceGroups/{}/providers/microsoft.web/serverFarms/x",
    ],
)
def test_paths_are_read_without_regard_to_case(azure: Azure, group: Group, path: str) -> None:
    answer = azure.get(path.format(group.name.upper()), "2023-01-01")
    assert error_of(answer)["code"] == "ResourceNotFound"


def test_what_lies_in_a_group_that_does_not_exist_is_not_looked_for(azure: Azure) -> None:
    answer = azure.get(SITES.format("nobody"))
    assert answer.status_code == 404
    assert error_of(answer) == {
        "code": "ResourceGroupNotFound",
        "message": "Resource group 'nobody' could not be found.",
    }
    answer = azure.http.delete(azure.subscription + SITES.format("nobody"), params={"api-version": "2025-05-01"})
    assert (answer.status_code, error_of(answer)["code"]) == (404, "ResourceGroupNotFound")


def test_a_namespace_has_to_be_registered_for_writes(azure: Azure, group: Group) -> None:
    providers = azure.resources.providers
    assert providers.get("microsoft.storage").registration_state == "Registered"
    assert providers.unregister("Microsoft.Storage").registration_state == "NotRegistered"
    path = f"/resourceGroups/{group.name}/providers/Microsoft.Storage/storageAccounts/{new_name('st')}"
    answer = azure.put(path, account_body(), "2024-01-01")
    text = (
        "The subscription is not registered to use namespace 'Microsoft.Storage'. "
        "See https://aka.ms/rps-not-found for how to register subscriptions."
    )
    assert answer.status_code == 409
    assert error_of(answer)["code"] == "MissingSubscriptionRegistration"
    assert error_of(answer)["details"] == [
        {"code": "MissingSubscriptionRegistration", "message": text, "target": "Microsoft.Storage"}
    ]
    assert providers.register("Microsoft.Storage").registration_state == "Registered"
    assert azure.put(path, account_body(), "2024-01-01").status_code == 202


def test_providers_show_types_versions_and_regions(azure: Azure) -> None:
    listed = {provider.namespace: provider for provider in azure.resources.providers.list()}
    assert set(listed) == {
        "Microsoft.Authorization",
        "Microsoft.Insights",
        "Microsoft.KeyVault",
        "Microsoft.OperationalInsights",
        "Microsoft.Resources",
        "Microsoft.Storage",
        "Microsoft.Web",
    }
    [sites] = [kind for kind in listed["Microsoft.Web"].resource_types if kind.resource_type == "sites"]
    assert "2025-05-01" in sites.api_versions
    assert "West Europe" in sites.locations
    with refused(404, "InvalidResourceNamespace"):
        azure.resources.providers.get("Microsoft.Compute")


def test_regions_and_subscription_are_shown(azure: Azure) -> None:
    subscription = azure.subscriptions.subscriptions.get(azure.endpoint.subscription_id)
    assert (subscription.tenant_id, subscription.state) == (azure.endpoint.tenant_id, "Enabled")
    regions = azure.subscriptions.subscriptions.list_locations(azure.endpoint.subscription_id)
    assert ("westeurope", "West Europe") in [(region.name, region.display_name) for region in regions]


def test_what_is_not_modelled_is_said_to_be_so(azure: Azure, group: Group) -> None:
    for path in (
        "/resourceGroups/{}/providers/Microsoft.Compute/virtualMachines/x",
        "/resourceGroups/{}/providers/Microsoft.Web/staticSites/x",
    ):
        answer = azure.get(path.format(group.name))
        assert answer.status_code == 404
        assert "The stand-in" in error_of(answer)["message"]


@pytest.mark.parametrize("name", ["$top", "$skiptoken"])
@pytest.mark.parametrize("value", ["0", "-1", "x", "9" * 12])
def test_a_page_has_a_number(azure: Azure, name: str, value: str) -> None:
    answer = azure.http.get(f"{azure.subscription}/resourcegroups", params={"api-version": "2022-09-01", name: value})
    assert (answer.status_code, error_of(answer)["code"]) == (400, "InvalidQueryParameterValue")


def test_the_region_is_one_however_it_is_written(azure: Azure, group: Group) -> None:
    name = new_name("st")
    path = f"/resourceGroups/{group.name}/providers/Microsoft.Storage/storageAccounts/{name}"
    azure.put(path, {**account_body(), "location": "West Europe"}, "2024-01-01")
    assert azure.get(path, "2024-01-01").json()["location"] == REGION
    assert azure.put(path, account_body(), "2024-01-01").status_code == 200
