"""App Service plans, through azure-mgmt-web."""

from typing import Any

import pytest

from tests.rehearsal.azure.arm.clients import REGION, Azure, Group, new_name, refused, refused_by_web


def test_a_flex_plan_is_ready_at_once_and_shows_its_region_in_words(azure: Azure, group: Group) -> None:
    plan = group.plan()
    assert plan.sku.as_dict() == {
        "name": "FC1",
        "tier": "FlexConsumption",
        "size": "FC1",
        "family": "FC",
        "capacity": 0,
    }
    found = azure.web.app_service_plans.get(group.name, plan.name.upper())
    assert (found.id, found.location) == (plan.id, "West Europe")
    assert found.id == f"{group.id}/providers/Microsoft.Web/serverfarms/{plan.name}"
    properties: Any = found.properties
    assert (properties.reserved, properties.number_of_sites, properties.provisioning_state) == (True, 0, "Succeeded")


def test_a_plan_put_is_never_answered_with_created(azure: Azure, group: Group) -> None:
    path = f"/resourceGroups/{group.name}/providers/Microsoft.Web/serverfarms/{new_name('plan')}"
    body = {"location": "West Europe", "sku": {"name": "B1"}}
    answer = azure.put(path, body)
    assert (answer.status_code, answer.json()["location"]) == (200, "West Europe")
    assert answer.json()["properties"]["sku"] == answer.json()["sku"]
    assert answer.json()["sku"]["tier"] == "Basic"


def test_plans_are_listed_by_group_and_subscription(azure: Azure, group: Group) -> None:
    plan = group.plan()
    assert [one.id for one in azure.web.app_service_plans.list_by_resource_group(group.name)] == [plan.id]
    assert plan.id in [one.id for one in azure.web.app_service_plans.list()]


def test_a_plan_counts_its_sites_and_lists_them(azure: Azure, group: Group) -> None:
    plan = group.plan()
    site = group.site(plan=plan.id)
    found: Any = azure.web.app_service_plans.get(group.name, plan.name)
    assert found.properties.number_of_sites == 1
    assert [one.name for one in azure.web.app_service_plans.list_web_apps(group.name, plan.name)] == [site.name]


def test_a_plan_with_sites_is_not_deleted(azure: Azure, group: Group) -> None:
    plan = group.plan()
    site = group.site(plan=plan.id)
    words = f"Server farm '{plan.name}' cannot be deleted because it has web app(s) {site.name} assigned to it."
    with refused_by_web(409, words):
        azure.web.app_service_plans.delete(group.name, plan.name)
    azure.web.web_apps.delete(group.name, site.name, delete_empty_server_farm=False)
    azure.web.app_service_plans.delete(group.name, plan.name)
    azure.web.app_service_plans.delete(group.name, plan.name)
    with refused(404, "ResourceNotFound"):
        azure.web.app_service_plans.get(group.name, plan.name)


def test_a_plan_with_sites_stays_what_it_is(azure: Azure, group: Group) -> None:
    plan = group.plan()
    group.site(plan=plan.id)
    path = plan.id.removeprefix(azure.subscription)
    answer = azure.put(path, {"location": REGION, "sku": {"name": "B1"}, "properties": {"reserved": True}})
    assert (answer.status_code, answer.json()["Code"]) == (409, "Conflict")


def test_a_patch_changes_what_it_names(azure: Azure, group: Group) -> None:
    plan = group.plan(sku="EP1")
    body: Any = {"properties": {"maximumElasticWorkerCount": 5}}
    changed: Any = azure.web.app_service_plans.update(group.name, plan.name, body)
    assert (changed.properties.maximum_elastic_worker_count, changed.properties.reserved) == (5, True)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("a.b", {}, "The parameter name has an invalid value."),
        ("plan", {"sku": {"name": "XXL9"}}, "The parameter sku has an invalid value."),
        ("plan", {"sku": {"name": 7}}, "The parameter sku has an invalid value."),
        ("plan", {"sku": {"name": "B1", "capacity": "all"}}, "The parameter sku has an invalid value."),
        ("plan", {"properties": {"reserved": "yes"}}, "The parameter reserved has an invalid value."),
        (
            "plan",
            {"properties": {}},
            "properties.reserved is invalid.  Flex Consumption plans are Linux plans: reserved must be true.",
        ),
    ],
)
def test_a_wrong_plan_is_refused_in_the_words_of_app_service(
    azure: Azure, group: Group, name: str, change: dict[str, Any], message: str
) -> None:
    body = {"location": REGION, "sku": {"name": "FC1"}, "properties": {"reserved": True}, **change}
    answer = azure.put(f"/resourceGroups/{group.name}/providers/Microsoft.Web/serverfarms/{name}", body)
    assert answer.status_code == 400
    assert answer.json()["Message"] == message


def test_what_is_not_modelled_is_refused_by_name(azure: Azure, group: Group) -> None:
    body = {"location": REGION, "sku": {"name": "B1"}, "properties": {"hostingEnvironmentProfile": {"id": "x"}}}
    answer = azure.put(f"/resourceGroups/{group.name}/providers/Microsoft.Web/serverfarms/plan", body)
    assert answer.status_code == 400
    assert "does not model the property 'hostingEnvironmentProfile'" in answer.json()["error"]["message"]
