"""Sites and what hangs on them, through azure-mgmt-web."""

import uuid
from typing import Any

import pytest

from tests.rehearsal.azure.arm.clients import (
    REGION,
    Azure,
    Group,
    function_app_config,
    new_name,
    refused,
    refused_by_web,
    site_body,
)


def site_path(group: Group, name: str) -> str:
    return f"/resourceGroups/{group.name}/providers/Microsoft.Web/sites/{name}"


def test_the_reply_to_the_put_holds_the_whole_site_with_its_principal(azure: Azure, group: Group) -> None:
    plan, name = group.plan(), new_name("func")
    answer = azure.put(site_path(group, name), site_body(plan.id, httpsOnly=True))
    assert answer.status_code == 200
    site = answer.json()
    assert site["identity"]["type"] == "SystemAssigned"
    assert site["identity"]["tenantId"] == azure.endpoint.tenant_id
    principal = azure.graph.get(f"/v1.0/servicePrincipals/{site['identity']['principalId']}").json()
    assert (principal["servicePrincipalType"], principal["displayName"]) == ("ManagedIdentity", name)
    properties = site["properties"]
    assert (properties["defaultHostName"], properties["httpsOnly"]) == (f"{name}.azurewebsites.net", True)
    assert (properties["serverFarmId"], properties["sku"], properties["reserved"]) == (plan.id, "FlexConsumption", True)
    assert azure.get(site_path(group, name)).json() == site


def test_a_site_is_shown_as_app_service_shows_it(azure: Azure, group: Group) -> None:
    site = group.site(siteConfig={"appSettings": [{"name": "SECRET", "value": "x"}]})
    answer = azure.get(site.id.removeprefix(azure.subscription))
    shown = answer.json()
    assert shown["location"] == "West Europe"
    assert shown["type"] == "Microsoft.Web/sites"
    assert "provisioningState" not in shown["properties"]
    assert shown["properties"]["siteConfig"]["appSettings"] is None
    assert "SECRET" not in answer.text
    config = shown["properties"]["functionAppConfig"]
    assert config["deployment"]["storage"]["type"] == "blobcontainer"
    assert config["deployment"]["storage"]["authentication"]["type"] == "systemassignedidentity"
    assert config["scaleAndConcurrency"] == {
        "alwaysReady": None,
        "maximumInstanceCount": 40,
        "instanceMemoryMB": 2048,
        "triggers": None,
    }


def test_deleting_a_site_deletes_its_principal_and_leaves_its_role_assignments(azure: Azure, group: Group) -> None:
    plan = group.plan()
    site = group.site(plan=plan.id)
    principal = site.identity.principal_id
    orphan = azure.assign(group.id, "Reader", principal)
    azure.assign(site.id, "Reader", principal)
    azure.web.web_apps.delete(group.name, site.name, delete_empty_server_farm=False)
    azure.web.web_apps.delete(group.name, site.name)
    assert azure.graph.get(f"/v1.0/servicePrincipals/{principal}").status_code == 404
    left = azure.authorization.role_assignments.list_for_scope(group.id, filter=f"principalId eq '{principal}'")
    assert [(one.id, one.principal_type) for one in left] == [(orphan.id, "ServicePrincipal")]
    assert azure.web.app_service_plans.get(group.name, plan.name).id == plan.id
    with refused(404, "ResourceNotFound"):
        azure.web.web_apps.get(group.name, site.name)


def test_deleting_a_site_takes_its_permissions_on_apis(azure: Azure, group: Group) -> None:
    site, role = group.site(), str(uuid.uuid4())
    roles = [
        {
            "id": role,
            "value": "Things.Read.All",
            "displayName": "Read things",
            "description": "Read every thing",
            "allowedMemberTypes": ["Application"],
            "isEnabled": True,
        }
    ]
    api = azure.graph.post("/v1.0/applications", json={"displayName": new_name("api"), "appRoles": roles}).json()
    resource = azure.graph.post("/v1.0/servicePrincipals", json={"appId": api["appId"]}).json()["id"]
    assigned = f"/v1.0/servicePrincipals/{resource}/appRoleAssignedTo"
    grant = {"principalId": site.identity.principal_id, "resourceId": resource, "appRoleId": role}
    assert azure.graph.post(assigned, json=grant).status_code == 201
    azure.web.web_apps.delete(group.name, site.name)
    assert azure.graph.get(assigned).json()["value"] == []


def test_the_last_site_takes_its_plan_along_unless_told_otherwise(azure: Azure, group: Group) -> None:
    plan = group.plan(sku="B1")
    first = group.site(plan=plan.id, functionAppConfig=None)
    second = group.site(plan=plan.id, functionAppConfig=None)
    azure.web.web_apps.delete(group.name, first.name)
    assert azure.web.app_service_plans.get(group.name, plan.name).id == plan.id
    azure.web.web_apps.delete(group.name, second.name)
    with refused(404, "ResourceNotFound"):
        azure.web.app_service_plans.get(group.name, plan.name)


def test_a_recreated_site_has_a_new_principal(azure: Azure, group: Group) -> None:
    plan = group.plan()
    first = group.site("again-" + group.name, plan=plan.id)
    azure.web.web_apps.delete(group.name, first.name, delete_empty_server_farm=False)
    second = group.site(first.name, plan=plan.id)
    assert second.identity.principal_id != first.identity.principal_id


def test_an_update_keeps_principal_and_settings_that_it_does_not_name(azure: Azure, group: Group) -> None:
    site = group.site(siteConfig={"appSettings": [{"name": "A", "value": "1"}]}, httpsOnly=True)
    body = site_body(site.properties.server_farm_id)
    del body["identity"]
    changed: Any = azure.web.web_apps.begin_create_or_update(group.name, site.name, body).result()
    assert changed.identity.principal_id == site.identity.principal_id
    assert azure.web.web_apps.list_application_settings(group.name, site.name).properties == {"A": "1"}
    assert changed.properties.https_only is False


def test_an_identity_can_be_taken_away_and_comes_back_as_another_one(azure: Azure, group: Group) -> None:
    site = group.site()
    principal = site.identity.principal_id
    sites = azure.web.web_apps
    without: Any = sites.update(group.name, site.name, {"identity": {"type": "None"}})
    assert without.identity is None
    assert azure.graph.get(f"/v1.0/servicePrincipals/{principal}").status_code == 404
    again: Any = sites.update(group.name, site.name, {"identity": {"type": "SystemAssigned"}})
    assert again.identity.principal_id not in (None, principal)


def test_a_patch_changes_what_it_names_and_replaces_the_function_configuration(azure: Azure, group: Group) -> None:
    site = group.site(httpsOnly=True)
    config = function_app_config(scaleAndConcurrency={"maximumInstanceCount": 100, "instanceMemoryMB": 512})
    body: Any = {"properties": {"functionAppConfig": config, "siteConfig": {"healthCheckPath": "/health"}}}
    changed: Any = azure.web.web_apps.update(group.name, site.name, body)
    assert changed.properties.https_only is True
    assert changed.properties.function_app_config.scale_and_concurrency.maximum_instance_count == 100
    config_web: Any = azure.web.web_apps.get_configuration(group.name, site.name)
    assert config_web.properties.health_check_path == "/health"


def test_sites_are_listed_by_group_and_subscription(azure: Azure, group: Group) -> None:
    site = group.site()
    assert [one.id for one in azure.web.web_apps.list_by_resource_group(group.name)] == [site.id]
    assert site.id in [one.id for one in azure.web.web_apps.list()]


def test_settings_are_replaced_as_a_whole_and_read_by_a_post_only(azure: Azure, group: Group) -> None:
    site = group.site(siteConfig={"appSettings": [{"name": "A", "value": "1"}, {"name": "B", "value": True}]})
    sites = azure.web.web_apps
    assert sites.list_application_settings(group.name, site.name).properties == {"A": "1", "B": "true"}
    written = sites.update_application_settings(group.name, site.name, {"properties": {"C": "3"}})
    assert written.id == f"{site.id}/config/appsettings"
    assert (written.name, written.type) == ("appsettings", "Microsoft.Web/sites/config")
    assert sites.list_application_settings(group.name, site.name).properties == {"C": "3"}
    answer = azure.get(f"{site_path(group, site.name)}/config/appsettings")
    assert answer.status_code == 405
    azure.put(f"{site_path(group, site.name)}/config/appsettings", {"properties": {}})
    assert sites.list_application_settings(group.name, site.name).properties == {}


def test_config_web_is_the_complete_site_configuration(azure: Azure, group: Group) -> None:
    site = group.site(siteConfig={"minTlsVersion": "1.3"})
    sites = azure.web.web_apps
    config: Any = sites.get_configuration(group.name, site.name)
    assert (config.id, config.name) == (f"{site.id}/config/web", site.name)
    assert (config.properties.min_tls_version, config.properties.scm_type) == ("1.3", "None")
    assert config.properties.ip_security_restrictions[0].ip_address == "Any"
    body: Any = {"properties": {"http20Enabled": True}}
    patched: Any = sites.update_configuration(group.name, site.name, body)
    assert (patched.properties.http20_enabled, patched.properties.min_tls_version) == (True, "1.3")
    replaced: Any = sites.create_or_update_configuration(group.name, site.name, body)
    assert (replaced.properties.http20_enabled, replaced.properties.min_tls_version) == (True, "1.2")
    assert len(list(sites.list_configurations(group.name, site.name))) == 1


def test_basic_authentication_can_be_forbidden_for_each_way_of_publishing(azure: Azure, group: Group) -> None:
    site = group.site()
    sites = azure.web.web_apps
    assert {
        one.name: one.properties.allow
        for one in sites.list_basic_publishing_credentials_policies(group.name, site.name)
    } == {"ftp": True, "scm": True}
    ftp: Any = sites.update_ftp_allowed(group.name, site.name, {"properties": {"allow": False}})
    assert (ftp.id, ftp.properties.allow) == (f"{site.id}/basicPublishingCredentialsPolicies/ftp", False)
    scm: Any = sites.get_scm_allowed(group.name, site.name)
    assert scm.properties.allow is True
    answer = azure.put(f"{site_path(group, site.name)}/basicPublishingCredentialsPolicies/ftp", {"properties": {}})
    assert (answer.status_code, answer.json()["Message"]) == (400, "The parameter allow has an invalid value.")
    assert azure.get(f"{site_path(group, site.name)}/basicPublishingCredentialsPolicies/mail").status_code == 404


def test_names_of_sites_are_global(azure: Azure, group: Group) -> None:
    site = group.site()
    other = new_name("rg")
    azure.resources.resource_groups.create_or_update(other, {"location": REGION})
    plan = Group(azure, other).plan()
    with refused_by_web(409, f"Website with given name {site.name} already exists."):
        Group(azure, other).site(site.name, plan=plan.id)
    azure.resources.resource_groups.begin_delete(other).result()


@pytest.mark.parametrize("kind", ["Microsoft.Web/sites", "Site"])
def test_the_name_check_knows_which_sites_exist(azure: Azure, group: Group, kind: str) -> None:
    taken = group.site().name
    check: Any = azure.web.check_name_availability({"name": taken, "type": kind})
    assert (check.name_available, check.reason) == (False, "AlreadyExists")
    assert check.message == f"Hostname '{taken}' already exists. Please select a different name."
    free: Any = azure.web.check_name_availability({"name": "free-to-take", "type": kind})
    assert free.name_available is True


@pytest.mark.parametrize("name", ["a", "-a-", "a.b", "x" * 61])
def test_a_name_that_cannot_be_a_host_name_is_refused(azure: Azure, group: Group, name: str) -> None:
    answer = azure.put(site_path(group, name), site_body(group.plan().id))
    assert answer.status_code == 400
    assert answer.json()["Message"] == f"The host name {name}.azurewebsites.net is invalid."


def test_an_unknown_plan_is_named(azure: Azure, group: Group) -> None:
    missing = f"{group.id}/providers/Microsoft.Web/serverfarms/missing"
    with refused_by_web(404, "Cannot find ServerFarm with name missing."):
        group.site(plan=missing)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"httpsOnly": "yes"}, "The parameter httpsOnly has an invalid value."),
        ({"clientCertMode": "Maybe"}, "The parameter clientCertMode has an invalid value."),
        ({"serverFarmId": 1}, "The parameter serverFarmId has an invalid value."),
        ({"serverFarmId": "plan1"}, "The parameter serverFarmId has an invalid value."),
        ({"siteConfig": []}, "The parameter siteConfig has an invalid value."),
        ({"siteConfig": {"minTlsVersion": "0.9"}}, "The parameter minTlsVersion has an invalid value."),
        ({"siteConfig": {"numberOfWorkers": True}}, "The parameter numberOfWorkers has an invalid value."),
        ({"siteConfig": {"appSettings": {"A": "1"}}}, "The parameter appSettings has an invalid value."),
        ({"siteConfig": {"appSettings": [{"value": "1"}]}}, "The parameter appSettings has an invalid value."),
    ],
)
def test_a_wrong_value_is_refused_with_its_parameter(
    azure: Azure, group: Group, change: dict[str, Any], message: str
) -> None:
    answer = azure.put(site_path(group, new_name("func")), site_body(group.plan().id, **change))
    assert answer.status_code == 400
    assert answer.json()["Message"] == message
    assert list(azure.web.web_apps.list_by_resource_group(group.name)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"properties": {"virtualNetworkSubnetId": "/x"}}, "does not model the property 'virtualNetworkSubnetId'"),
        ({"properties": {"cloningInfo": {}}}, "does not model the property 'cloningInfo'"),
        (
            {"identity": {"type": "UserAssigned", "userAssignedIdentities": {}}},
            "The identity type 'UserAssigned' is not modelled by the stand-in. Allowed: SystemAssigned, None.",
        ),
    ],
)
def test_what_is_not_modelled_is_refused_by_name(
    azure: Azure, group: Group, change: dict[str, Any], words: str
) -> None:
    body = site_body(group.plan().id)
    body["properties"] |= change.pop("properties", {})
    answer = azure.put(site_path(group, new_name("func")), {**body, **change})
    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


def test_a_refused_site_leaves_no_principal_behind(azure: Azure, group: Group) -> None:
    name = new_name("func")
    body = site_body(group.plan().id)
    assert azure.put(site_path(group, name), {**body, "tags": {"a": 1}}).status_code == 400
    config = {"appSettings": [{"name": "FUNCTIONS_WORKER_RUNTIME", "value": "python"}]}
    body["properties"]["siteConfig"] = config
    assert azure.put(site_path(group, name), body).status_code == 400
    found = azure.graph.get("/v1.0/servicePrincipals", params={"$filter": f"displayName eq '{name}'"})
    assert found.json()["value"] == []


def test_a_site_never_moves_to_another_region(azure: Azure, group: Group) -> None:
    site = group.site()
    body = {**site_body(site.properties.server_farm_id), "location": "North Europe"}
    with refused(409, "InvalidResourceLocation") as caught:
        azure.web.web_apps.begin_create_or_update(group.name, site.name, body)
    assert f"already exists in location 'westeurope' in resource group '{group.name}'" in str(caught.value)


def test_the_regions_of_a_sku_are_listed(azure: Azure) -> None:
    regions = azure.web.list_geo_regions(sku="FlexConsumption")
    assert "West Europe" in [region.name for region in regions]
