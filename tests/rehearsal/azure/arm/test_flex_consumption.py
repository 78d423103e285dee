"""The rules of Flex Consumption, in the service's own words, through azure-mgmt-web."""

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError

from tests.rehearsal.azure.arm.clients import Azure, Group, function_app_config, refusal, refused_by_web

BAD_INSTANCES = (
    "Site.FunctionAppConfig.ScaleAndConcurrency is invalid.  InvalidMaximumInstanceCount - The specified value of "
    "maximumInstanceCount ({}) is not allowed, the allowed value range is [1, 1000]."
)


def test_a_flex_plan_takes_one_site_only(group: Group) -> None:
    plan = group.plan()
    group.site(plan=plan.id)
    words = (
        "properties.serverFarmId is invalid.  There is already a site linked to the specified Flex Consumption "
        f"serverfarm {plan.name}. There can only be one site per Flex Consumption serverfarm."
    )
    with refused_by_web(400, words):
        group.site(plan=plan.id)


def test_the_function_configuration_is_required_on_create_only(azure: Azure, group: Group) -> None:
    words = (
        "Site.FunctionAppConfig is invalid.  The FunctionAppConfig section was not specified in the request, which is "
        "required for Flex Consumption sites. To proceed, please add the FunctionAppConfig section in your request."
    )
    with refused_by_web(400, words) as caught:
        group.site(functionAppConfig=None)
    entity = refusal(caught.value)["Details"][2]["ErrorEntity"]
    assert (entity["ExtendedCode"], entity["MessageTemplate"]) == ("51021", "{0} is invalid.  {1}")
    assert entity["Parameters"][0] == "Site.FunctionAppConfig"
    site = group.site()
    changed: Any = azure.web.web_apps.update(group.name, site.name, {"properties": {"httpsOnly": True}})
    assert changed.properties.function_app_config.runtime.name == "python"


def test_another_plan_takes_no_function_configuration(group: Group) -> None:
    plan = group.plan(sku="B1")
    with refused_by_web(
        400,
        f"Site.FunctionAppConfig is invalid.  Only Flex Consumption plans take one; {plan.name} is Basic.",
    ):
        group.site(plan=plan.id)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"runtime": None},
            "Site.FunctionAppConfig.Runtime is invalid.  Runtime name and version must be provided.",
        ),
        (
            {"runtime": {"name": "python"}},
            "Site.FunctionAppConfig.Runtime is invalid.  Runtime name and version must be provided.",
        ),
        (
            {"runtime": {"name": "cobol", "version": "1"}},
            (
                "Site.FunctionAppConfig.Runtime.Name is invalid.  The specified value of runtime name 'cobol' is not "
                "supported. Please set it to one of the allowed values: dotnet-isolated, java, node, python, powershell"
            ),
        ),
        ({"scaleAndConcurrency": {}}, BAD_INSTANCES.format("")),
        ({"scaleAndConcurrency": {"maximumInstanceCount": 0}}, BAD_INSTANCES.format("0")),
        ({"scaleAndConcurrency": {"maximumInstanceCount": 1001}}, BAD_INSTANCES.format("1001")),
        ({"scaleAndConcurrency": {"maximumInstanceCount": 40.0}}, BAD_INSTANCES.format("40.0")),
        (
            {"scaleAndConcurrency": {"maximumInstanceCount": 40, "instanceMemoryMB": 1024}},
            (
                "Site.FunctionAppConfig.ScaleAndConcurrency is invalid.  InvalidInstanceMemoryMB - The specified value "
                "of instanceMemoryMB (1024) is not allowed, the allowed values are 512, 2048, 4096."
            ),
        ),
        (
            {"scaleAndConcurrency": {"maximumInstanceCount": 40, "alwaysReady": [{"name": "http"}]}},
            (
                "Site.FunctionAppConfig.ScaleAndConcurrency.AlwaysReady is invalid.  Each entry needs a name and an "
                "instanceCount that is an integer."
            ),
        ),
        (
            {"deployment": None},
            "Site.FunctionAppConfig.Deployment is invalid.  The section must be provided as an object.",
        ),
        (
            {"deployment": {"storage": {"type": "share"}}},
            (
                "Site.FunctionAppConfig.Deployment.Storage.Type is invalid.  The specified value of type 'share' is "
                "not supported. Allowed: blobContainer"
            ),
        ),
        (
            {"deployment": {"storage": {"type": "blobContainer", "value": "app-package"}}},
            (
                "Site.FunctionAppConfig.Deployment.Storage.Value is invalid.  "
                "The URL of a blob container must be provided."
            ),
        ),
    ],
)
def test_a_wrong_function_configuration_is_refused(group: Group, change: dict[str, Any], message: str) -> None:
    with refused_by_web(400, message):
        group.site(functionAppConfig=function_app_config(**change))


def test_always_ready_instances_and_an_unknown_runtime_version_are_accepted(group: Group) -> None:
    scale = {"maximumInstanceCount": 40, "alwaysReady": [{"name": "http", "instanceCount": 2}]}
    config = function_app_config(scaleAndConcurrency=scale, runtime={"name": "Python", "version": "99"})
    shown = group.site(functionAppConfig=config).properties.function_app_config
    assert shown.scale_and_concurrency.always_ready[0].as_dict() == {"name": "http", "instanceCount": 2}
    assert (shown.runtime.name, shown.runtime.version) == ("python", "99")


def test_a_connection_string_for_deployment_has_a_default_name(group: Group) -> None:
    storage = {
        "type": "blobContainer",
        "value": "https://stx.blob.core.windows.net/app",
        "authentication": {"type": "StorageAccountConnectionString"},
    }
    site = group.site(functionAppConfig=function_app_config(deployment={"storage": storage}))
    shown = site.properties.function_app_config.deployment.storage.authentication
    assert shown.storage_account_connection_string_name == "DEPLOYMENT_STORAGE_CONNECTION_STRING"


RUNTIME = (
    "The following app setting (Site.SiteConfig.AppSettings.FUNCTIONS_WORKER_RUNTIME) for Flex Consumption sites is "
    "invalid.  Please remove or rename it before retrying."
)


@pytest.mark.parametrize("name", ["FUNCTIONS_WORKER_RUNTIME", "ServiceBus:Connection"])
def test_forbidden_settings_are_refused_wherever_they_come(azure: Azure, group: Group, name: str) -> None:
    with refused_by_web(400, RUNTIME):
        group.site(siteConfig={"appSettings": [{"name": name, "value": "python"}]})
    site = group.site()
    sites = azure.web.web_apps
    with refused_by_web(400, RUNTIME):
        sites.update_application_settings(group.name, site.name, {"properties": {name: "x"}})
    assert sites.list_application_settings(group.name, site.name).properties == {}


@pytest.mark.parametrize("value", ["PYTHON|3.12", None])
def test_a_forbidden_property_is_refused_even_as_null(azure: Azure, group: Group, value: str | None) -> None:
    words = (
        "The following site configuration property (Site.SiteConfig.LinuxFxVersion) for Flex Consumption sites is "
        "invalid.  Please remove or rename it before retrying."
    )
    with refused_by_web(400, words):
        group.site(siteConfig={"linuxFxVersion": value})
    site = group.site()
    path = f"{site.id.removeprefix(azure.subscription)}/config/web"
    answer = azure.put(path, {"properties": {"linuxFxVersion": value}})
    assert (answer.status_code, answer.json()["Message"]) == (400, words)


def test_several_forbidden_properties_are_named_together(group: Group) -> None:
    words = (
        "The following list of 2 site configuration properties (Site.SiteConfig.FtpsState, "
        "Site.SiteConfig.NetFrameworkVersion) for Flex Consumption sites is invalid.  "
        "Please remove or rename them before retrying."
    )
    with refused_by_web(400, words):
        group.site(siteConfig={"ftpsState": "Disabled", "netFrameworkVersion": "v4.6"})


def test_other_plans_allow_what_flex_consumption_forbids(azure: Azure, group: Group) -> None:
    config = {"ftpsState": "Disabled", "appSettings": [{"name": "FUNCTIONS_WORKER_RUNTIME", "value": "python"}]}
    site = group.site(plan=group.plan(sku="B1").id, functionAppConfig=None, siteConfig=config)
    shown: Any = azure.web.web_apps.get_configuration(group.name, site.name)
    assert shown.properties.ftps_state == "Disabled"


def test_a_windows_plan_cannot_be_flex(azure: Azure, group: Group) -> None:
    body: Any = {"location": "westeurope", "sku": {"name": "FC1"}}
    with pytest.raises(HttpResponseError) as caught:
        azure.web.app_service_plans.begin_create_or_update(group.name, "plan", body)
    assert refusal(caught.value)["Details"][2]["ErrorEntity"]["ExtendedCode"] == "51021"
