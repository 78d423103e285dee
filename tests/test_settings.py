"""Reading the configuration of a stack: what is accepted, and what a person is told about the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from components.app_role import AppRole
from components.scale import Scale
from settings import Api, Caller, Grant, InvalidSettingsError, Settings
from tests.components.recording import SECRET, deploy

ROOT = Path(__file__).parent.parent
REGIONS = (
    "australiaeast, australiasoutheast, brazilsouth, canadacentral, centralindia, centralus, eastasia, eastus, "
    "eastus2, eastus2euap, francecentral, germanywestcentral, italynorth, japaneast, koreacentral, northcentralus, "
    "northeurope, norwayeast, southafricanorth, southcentralus, southeastasia, southindia, spaincentral, "
    "swedencentral, uaenorth, uksouth, ukwest, westcentralus, westeurope, westus, westus2, westus3"
)
ROLE_VALUE = (
    "1 to 120 characters of A-Z a-z 0-9 and : ! # $ % & ' ( ) * + , - . / ; < = > ? @ [ ] ^ _ ` { | } ~, "
    "not beginning with '.'"
)
URI = (
    "api://{clientId}, api://{tenantId}/NAME, api://NAME/{clientId}, or https:// or api:// with a verified domain of "
    "the tenant, such as https://contoso.com/NAME; no trailing slash"
)
API_NAME = "2 to 40 of a-z, 0-9 and '-', beginning with a letter and ending with a letter or a digit, not 'own'"
SET = "pulumi config set --stack dev"
NOT_BLANK = "a string with something in it"

VALID: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "keyless:api": {"name": "things", "roles": [{"value": "Things.Read.All", "description": "Read every thing"}]},
    "keyless:grants": [
        {"api": "own", "roles": ["Things.Read.All"]},
        {"api": "Microsoft Graph", "roles": ["User.Read.All"]},
    ],
    "keyless:appSettings": {"GREETING": "hello"},
    "keyless:scale": {"maximumInstanceCount": 100, "alwaysReady": 2},
    "keyless:allowedIpRanges": ["203.0.113.0/24"],
    "keyless:tags": {"owner": "somebody"},
    "keyless:protect": True,
    "keyless:developerClient": True,
}


def as_pulumi_gives_it(config: dict[str, Any]) -> dict[str, str]:
    """Returns a configuration file's content as the engine hands it to a program: each value a string."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}


def load(config: dict[str, Any], secret_keys: tuple[str, ...] = ()) -> Settings:
    loaded: list[Settings] = []
    deploy(lambda: loaded.append(Settings.load()), config=as_pulumi_gives_it(config), secret_keys=secret_keys)
    return loaded[0]


def with_(key: str, value: Any) -> dict[str, Any]:
    """Returns the valid configuration with another value at `key`, such as `keyless:api/roles/0/value`."""
    config: dict[str, Any] = json.loads(json.dumps(VALID))
    first, *rest = key.split("/")
    if not rest:
        config[first] = value
        return config
    place = config[first]
    for step in rest[:-1]:
        place = place[int(step) if step.isdecimal() else step]
    last = int(rest[-1]) if rest[-1].isdecimal() else rest[-1]
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    return config


MISSING = object()


def without(*keys: str) -> dict[str, Any]:
    return {name: value for name, value in VALID.items() if name not in keys}


def message_of(config: dict[str, Any], secret_keys: tuple[str, ...] = ()) -> str:
    with pytest.raises(InvalidSettingsError) as refused:
        load(config, secret_keys)
    return str(refused.value)


def one_fault(path: str, problem: str, allowed: str, remedy: str) -> str:
    head = "The configuration of stack 'dev' has 1 fault; nothing was changed."
    return f"{head}\n\n{path}: {problem}\n  Allowed: {allowed}.\n  {remedy}"


def test_a_valid_configuration_becomes_settings() -> None:
    assert load(VALID) == Settings(
        location="westeurope",
        apis={
            "own": Api(
                name="things",
                identifier_uri="api://{clientId}",
                roles=(AppRole("Things.Read.All", "Read every thing", "Things.Read.All"),),
            )
        },
        callers=(
            Caller(
                name="caller",
                grants=(Grant("own", ("Things.Read.All",)), Grant("Microsoft Graph", ("User.Read.All",))),
                app_settings={"GREETING": "hello"},
                scale=Scale(maximum_instance_count=100, always_ready=2),
                allowed_ip_ranges=("203.0.113.0/24",),
            ),
        ),
        tags={"owner": "somebody"},
        protect=True,
        developer_client=True,
    )


def test_only_region_and_api_have_to_be_given() -> None:
    settings = load({key: VALID[key] for key in ("azure-native:location", "keyless:api")})
    assert settings.callers == (Caller("caller", (), {}, Scale(), ()),)
    assert (settings.tags, settings.protect, settings.developer_client) == ({}, False, False)


@pytest.mark.parametrize("spelling", ["westeurope", "West Europe", "WestEurope", "west europe"])
def test_a_region_may_be_spelt_as_the_portal_or_as_arm_spells_it(spelling: str) -> None:
    assert load(with_("azure-native:location", spelling)).location == "westeurope"


@pytest.mark.parametrize(
    "uri", ["api://{clientId}", "api://{tenantId}/things", "api://things/{clientId}", "https://contoso.com/things"]
)
def test_an_identifier_uri_may_be_configured(uri: str) -> None:
    assert load(with_("keyless:api/identifierUri", uri)).apis["own"].identifier_uri == uri


def test_what_a_role_is_called_may_be_configured() -> None:
    role = {"value": "Things.Read.All", "description": "Read every thing", "displayName": "Read things"}
    assert load(with_("keyless:api/roles/0", role)).apis["own"].roles == (
        AppRole("Things.Read.All", "Read every thing", "Read things"),
    )


@pytest.mark.parametrize("given", ["true", True])
def test_protect_is_true_however_pulumi_hands_it_over(given: Any) -> None:
    assert load(with_("keyless:protect", given)).protect is True


def test_app_settings_that_are_encrypted_stay_secret() -> None:
    deployment = deploy(
        lambda: pulumi.export("greeting", Settings.load().callers[0].app_settings["GREETING"]),
        config=as_pulumi_gives_it(VALID),
        secret_keys=["keyless:appSettings"],
    )
    assert deployment.stack_outputs["greeting"] == {**SECRET, "value": "hello"}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_configuration_of_each_environment_is_valid(stack: str) -> None:
    file = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())
    assert load(file["config"]).protect is (stack == "prod")


def test_dev_and_prod_differ_in_configuration_only() -> None:
    dev, prod = (yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"] for stack in ("dev", "prod"))
    different = {key for key in dev.keys() | prod.keys() if dev.get(key) != prod.get(key)}
    assert different == {"keyless:appSettings", "keyless:scale", "keyless:protect"}


def test_the_project_declares_each_key_that_is_read_and_no_other() -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    declared = {f"keyless:{key}" for key in project["config"]}
    assert declared == {*(key for key in VALID if key.startswith("keyless:")), "keyless:apis", "keyless:callers"}


def test_the_defaults_of_the_project_are_those_of_the_settings() -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    defaults = {f"keyless:{key}": content["default"] for key, content in project["config"].items() if key != "api"}
    given = {key: VALID[key] for key in ("azure-native:location", "keyless:api")}
    assert load({**given, **defaults}) == load(given)


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no region": (
        without("azure-native:location"),
        one_fault(
            "azure-native:location",
            "there is no value.",
            "a value such as westeurope",
            f"Set it: {SET} azure-native:location westeurope",
        ),
    ),
    "a region near one that hosts Flex Consumption": (
        with_("azure-native:location", "west eurpe"),
        one_fault(
            "azure-native:location",
            "'west eurpe' is not a region that hosts Flex Consumption.",
            REGIONS,
            f"Did you mean 'westeurope'? {SET} azure-native:location westeurope",
        ),
    ),
    "a region near none": (
        with_("azure-native:location", "moonbase"),
        one_fault(
            "azure-native:location",
            "'moonbase' is not a region that hosts Flex Consumption.",
            REGIONS,
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "no API": (
        {**without("keyless:api"), "keyless:grants": []},
        one_fault(
            "keyless:api",
            "there is no value.",
            "a value such as {name: things, roles: [{value: Things.Read.All}]}",
            "Write it into Pulumi.dev.yaml.",
        ),
    ),
    "no name": (
        with_("keyless:api/name", MISSING),
        one_fault(
            "keyless:api.name",
            "there is no value.",
            "a value such as things",
            f"Set it: {SET} --path keyless:api.name things",
        ),
    ),
    "an API name with capitals and spaces": (
        with_("keyless:api/name", "My Things"),
        one_fault(
            "keyless:api.name",
            "'My Things' is not a name for an API.",
            API_NAME,
            f"Did you mean 'my-things'? {SET} --path keyless:api.name my-things",
        ),
    ),
    "an API named own": (
        with_("keyless:api/name", "own"),
        one_fault(
            "keyless:api.name",
            "'own' already means the API of this stack, whatever its name.",
            API_NAME,
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "a blank API name": (
        with_("keyless:api/name", "  "),
        one_fault("keyless:api.name", "'  ' is blank.", NOT_BLANK, "Correct it in Pulumi.dev.yaml."),
    ),
    "a name that is a number": (
        with_("keyless:api/name", 7),
        one_fault("keyless:api.name", "7 is a number.", "a string", "Correct it in Pulumi.dev.yaml."),
    ),
    "an API that is a string": (
        {**with_("keyless:api", "things"), "keyless:grants": []},
        one_fault(
            "keyless:api",
            "'things' is a string.",
            "an object with name, roles, identifierUri, displayName and import",
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "an unknown key of the API": (
        with_("keyless:api/nmae", "things"),
        one_fault(
            "keyless:api.nmae",
            "'nmae' is not a known key.",
            "name, roles, identifierUri, displayName and import",
            "Did you mean 'name'? Rename it in Pulumi.dev.yaml.",
        ),
    ),
    "an unknown key of a role": (
        with_("keyless:api/roles/0/scope", "x"),
        one_fault(
            "keyless:api.roles[0].scope",
            "'scope' is not a known key.",
            "value, description and displayName",
            "Remove it from Pulumi.dev.yaml.",
        ),
    ),
    "no roles": (
        {**with_("keyless:api/roles", []), "keyless:grants": []},
        one_fault(
            "keyless:api.roles",
            "[] is empty.",
            "a list of roles, each with value and, if wanted, description and displayName, at least one",
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "a role without a value": (
        {**with_("keyless:api/roles/0/value", MISSING), "keyless:grants": []},
        one_fault(
            "keyless:api.roles[0].value",
            "there is no value.",
            "a value such as Things.Read.All",
            f"Set it: {SET} --path 'keyless:api.roles[0].value' Things.Read.All",
        ),
    ),
    "a role value with a space": (
        {**with_("keyless:api/roles/0/value", "Things Read.All"), "keyless:grants": []},
        one_fault(
            "keyless:api.roles[0].value",
            "'Things Read.All' contains ' '.",
            ROLE_VALUE,
            f"Did you mean 'Things.Read.All'? {SET} --path 'keyless:api.roles[0].value' Things.Read.All",
        ),
    ),
    "a role value that begins with a dot": (
        {**with_("keyless:api/roles/0/value", ".Read"), "keyless:grants": []},
        one_fault(
            "keyless:api.roles[0].value",
            "'.Read' begins with '.'.",
            ROLE_VALUE,
            f"Did you mean 'Read'? {SET} --path 'keyless:api.roles[0].value' Read",
        ),
    ),
    "a role value that is too long": (
        {**with_("keyless:api/roles/0/value", "x" * 121), "keyless:grants": []},
        one_fault(
            "keyless:api.roles[0].value",
            f"'{'x' * 121}' has 121 characters.",
            ROLE_VALUE,
            f"Did you mean '{'x' * 120}'? {SET} --path 'keyless:api.roles[0].value' {'x' * 120}",
        ),
    ),
    "a blank description": (
        with_("keyless:api/roles/0/description", ""),
        one_fault(
            "keyless:api.roles[0].description",
            "'' is blank.",
            NOT_BLANK,
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "a role twice": (
        with_("keyless:api/roles", [{"value": "Things.Read.All"}, {"value": "things.read.all"}]),
        one_fault(
            "keyless:api.roles[1].value",
            "'things.read.all' is the same role as keyless:api.roles[0].value.",
            "each role once",
            "Remove one of the two from Pulumi.dev.yaml.",
        ),
    ),
    "an identifier URI with a trailing slash": (
        with_("keyless:api/identifierUri", "api://{clientId}/"),
        one_fault(
            "keyless:api.identifierUri",
            "'api://{clientId}/' ends with a slash.",
            URI,
            "Did you mean 'api://{clientId}'? " + SET + " --path keyless:api.identifierUri 'api://{clientId}'",
        ),
    ),
    "an identifier URI without anything of the tenant": (
        with_("keyless:api/identifierUri", "api://things"),
        one_fault(
            "keyless:api.identifierUri",
            "'api://things' contains no tenant id, application id or verified domain.",
            URI,
            "Did you mean 'api://{tenantId}/things'? "
            + SET
            + " --path keyless:api.identifierUri 'api://{tenantId}/things'",
        ),
    ),
    "a grant without an API": (
        with_("keyless:grants/0/api", MISSING),
        one_fault(
            "keyless:grants[0].api",
            "there is no value.",
            "a value such as own",
            f"Set it: {SET} --path 'keyless:grants[0].api' own",
        ),
    ),
    "a grant without roles": (
        with_("keyless:grants/0/roles", MISSING),
        one_fault(
            "keyless:grants[0].roles",
            "there is no value.",
            "a value such as [Things.Read.All]",
            "Write it into Pulumi.dev.yaml.",
        ),
    ),
    "a grant of nothing": (
        with_("keyless:grants/0/roles", []),
        one_fault(
            "keyless:grants[0].roles",
            "[] is empty.",
            "a list of role values, at least one",
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "a grant of one role instead of a list": (
        with_("keyless:grants/1/roles", "User.Read.All"),
        one_fault(
            "keyless:grants[1].roles",
            "'User.Read.All' is a string.",
            "a list of role values",
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "a role left empty in a grant": (
        with_("keyless:grants/1/roles", ["User.Read.All", None]),
        one_fault("keyless:grants[1].roles[1]", "there is no value.", "role values", "Correct it in Pulumi.dev.yaml."),
    ),
    "grants that are no list": (
        with_("keyless:grants", {"api": "own"}),
        one_fault(
            "keyless:grants",
            '{"api": "own"} is an object.',
            "a list of grants, each with api and roles",
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "a grant of an own role that the API does not declare": (
        with_("keyless:grants/0/roles", ["Things.Raed.All"]),
        one_fault(
            "keyless:grants[0].roles[0]",
            "'Things.Raed.All' is not a role of the API of this stack.",
            "Things.Read.All, or another role once keyless:api.roles declares it",
            f"Did you mean 'Things.Read.All'? {SET} --path 'keyless:grants[0].roles[0]' Things.Read.All",
        ),
    ),
    "the own API by its name": (
        with_("keyless:grants/0/api", "things"),
        one_fault(
            "keyless:grants[0].api",
            "'things' is the API of this stack.",
            "own for the API of this stack",
            f"Did you mean 'own'? {SET} --path 'keyless:grants[0].api' own",
        ),
    ),
    "own with a capital": (
        with_("keyless:grants/0/api", "Own"),
        one_fault(
            "keyless:grants[0].api",
            "'Own' is the API of this stack.",
            "own for the API of this stack",
            f"Did you mean 'own'? {SET} --path 'keyless:grants[0].api' own",
        ),
    ),
    "a grant twice": (
        with_("keyless:grants/1", {"api": "own", "roles": ["Things.Read.All"]}),
        one_fault(
            "keyless:grants[1].roles[0]",
            "'Things.Read.All' is the same grant as keyless:grants[0].roles[0].",
            "each grant once",
            "Remove one of the two from Pulumi.dev.yaml.",
        ),
    ),
    "an unknown key of a grant": (
        with_("keyless:grants/0/role", "x"),
        one_fault(
            "keyless:grants[0].role",
            "'role' is not a known key.",
            "api, roles and import",
            "Did you mean 'roles'? Rename it in Pulumi.dev.yaml.",
        ),
    ),
    "an app setting that Flex Consumption refuses": (
        with_("keyless:appSettings/FUNCTIONS_WORKER_RUNTIME", "python"),
        one_fault(
            "keyless:appSettings.FUNCTIONS_WORKER_RUNTIME",
            "'FUNCTIONS_WORKER_RUNTIME' cannot be set: the runtime is part of the site (functionAppConfig.runtime).",
            "any other name",
            "Remove it from Pulumi.dev.yaml.",
        ),
    ),
    "an app setting that the program sets": (
        with_("keyless:appSettings/api_scope", "x"),
        one_fault(
            "keyless:appSettings.api_scope",
            "'api_scope' cannot be set: the program sets it to the scope of the API.",
            "any other name",
            "Remove it from Pulumi.dev.yaml.",
        ),
    ),
    "an app setting with a key in it": (
        with_("keyless:appSettings/AzureWebJobsStorage", "DefaultEndpointsProtocol=https"),
        one_fault(
            "keyless:appSettings.AzureWebJobsStorage",
            "'AzureWebJobsStorage' cannot be set: it would be a connection string with a key, and the storage account "
            "takes none.",
            "any other name",
            "Remove it from Pulumi.dev.yaml.",
        ),
    ),
    "an app setting that the platform sets": (
        with_("keyless:appSettings/IDENTITY_ENDPOINT", "http://evil.example"),
        one_fault(
            "keyless:appSettings.IDENTITY_ENDPOINT",
            "'IDENTITY_ENDPOINT' cannot be set: the platform sets it, and the code finds its identity by it.",
            "any other name",
            "Remove it from Pulumi.dev.yaml.",
        ),
    ),
    "an app setting whose name has a colon": (
        with_("keyless:appSettings/Logging:Level", "x"),
        one_fault(
            'keyless:appSettings["Logging:Level"]',
            "'Logging:Level' is not a name for an app setting.",
            "letters, digits, '_' and '.', not beginning with a digit or '.'",
            "Did you mean 'Logging__Level'? Rename it in Pulumi.dev.yaml.",
        ),
    ),
    "an app setting twice": (
        with_("keyless:appSettings/greeting", "x"),
        one_fault(
            "keyless:appSettings.greeting",
            "'greeting' is the same name as 'GREETING'.",
            "each name once, in whatever case",
            "Remove it from Pulumi.dev.yaml.",
        ),
    ),
    "an app setting that is a number": (
        with_("keyless:appSettings/RETRIES", 5),
        one_fault(
            "keyless:appSettings.RETRIES",
            "5 is a number.",
            "a string",
            'Write it in quotes in Pulumi.dev.yaml: RETRIES: "5"',
        ),
    ),
    "an app setting that is a boolean": (
        with_("keyless:appSettings/DEBUG", True),
        one_fault(
            "keyless:appSettings.DEBUG",
            "true is a boolean.",
            "a string",
            'Write it in quotes in Pulumi.dev.yaml: DEBUG: "true"',
        ),
    ),
    "an app setting without a value": (
        with_("keyless:appSettings/GREETING", None),
        one_fault(
            "keyless:appSettings.GREETING",
            "null is nothing.",
            "a string",
            f"Set it: {SET} --path keyless:appSettings.GREETING VALUE",
        ),
    ),
    "an app setting that is a list": (
        with_("keyless:appSettings/GREETING", ["hello"]),
        one_fault("keyless:appSettings.GREETING", '["hello"] is a list.', "a string", "Correct it in Pulumi.dev.yaml."),
    ),
    "app settings that are a list": (
        with_("keyless:appSettings", ["GREETING"]),
        one_fault(
            "keyless:appSettings",
            '["GREETING"] is a list.',
            "an object of app settings",
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "protect that is neither true nor false": (
        with_("keyless:protect", "yes"),
        one_fault(
            "keyless:protect", "'yes' is neither true nor false.", "true or false", "Correct it in Pulumi.dev.yaml."
        ),
    ),
    "an unknown key near a known one": (
        with_("keyless:grant", []),
        one_fault(
            "keyless:grant",
            "'grant' is not a known key.",
            "apis, callers, api, grants, appSettings, scale, allowedIpRanges, tags, protect and developerClient",
            "Did you mean 'grants'? Rename it in Pulumi.dev.yaml.",
        ),
    ),
    "an unknown key near none": (
        with_("keyless:colour", "red"),
        one_fault(
            "keyless:colour",
            "'colour' is not a known key.",
            "apis, callers, api, grants, appSettings, scale, allowedIpRanges, tags, protect and developerClient",
            "Remove it from Pulumi.dev.yaml.",
        ),
    ),
    "too many instances": (
        with_("keyless:scale/maximumInstanceCount", 2000),
        one_fault(
            "keyless:scale.maximumInstanceCount",
            "2000 is no possible number of instances.",
            "1 to 1000",
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "a size that no instance has": (
        with_("keyless:scale/instanceMemoryMB", 1024),
        one_fault(
            "keyless:scale.instanceMemoryMB",
            "1024 MB is no instance size.",
            "512, 2048, 4096",
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "more instances always ready than there may be": (
        with_("keyless:scale/alwaysReady", 101),
        one_fault(
            "keyless:scale.alwaysReady",
            "101 instances cannot always be ready.",
            "0 to 100, which is the maximum",
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "a scale that is no number": (
        with_("keyless:scale/alwaysReady", "two"),
        one_fault(
            "keyless:scale.alwaysReady", "'two' is a string.", "a whole number", "Correct it in Pulumi.dev.yaml."
        ),
    ),
    "a development client that is neither wanted nor not": (
        with_("keyless:developerClient", {"secret": True}),
        one_fault(
            "keyless:developerClient",
            '{"secret": true} is neither true nor false.',
            "true or false",
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "a range of addresses that does not begin at its first": (
        with_("keyless:allowedIpRanges/0", "203.0.113.7/24"),
        one_fault(
            "keyless:allowedIpRanges[0]",
            "'203.0.113.7/24' is not how a range is written.",
            "CIDR notation of its first address",
            f"Did you mean '203.0.113.0/24'? {SET} --path 'keyless:allowedIpRanges[0]' 203.0.113.0/24",
        ),
    ),
    "no range of addresses": (
        with_("keyless:allowedIpRanges/0", "everybody"),
        one_fault(
            "keyless:allowedIpRanges[0]",
            "'everybody' is not a range of IP addresses.",
            "CIDR notation, such as 203.0.113.0/24",
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "a tag that the program sets": (
        with_("keyless:tags/Stack", "mine"),
        one_fault(
            "keyless:tags.Stack",
            "the tag 'Stack' cannot be set: the program sets it.",
            "any other name",
            "Correct it in Pulumi.dev.yaml.",
        ),
    ),
    "a grant for one caller beside several callers": (
        {
            **without("keyless:appSettings", "keyless:scale", "keyless:allowedIpRanges"),
            "keyless:callers": [{"name": "reader"}],
        },
        one_fault(
            "keyless:grants",
            "'grants' stands beside 'keyless:callers'.",
            "either grants or callers",
            "Move it into keyless:callers.",
        ),
    ),
    "the API of a stack that has several": (
        {
            **without("keyless:api"),
            "keyless:apis": [VALID["keyless:api"], {"name": "orders", "roles": [{"value": "Orders.Read.All"}]}],
            "keyless:grants": [{"api": "orders", "roles": ["Orders.Read.All"]}],
        },
        one_fault(
            "keyless:grants[0].api",
            "'orders' is none of the APIs of this stack.",
            "own:things and own:orders",
            f"Did you mean 'own:orders'? {SET} --path 'keyless:grants[0].api' own:orders",
        ),
    ),
}


@pytest.mark.parametrize(("config", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_reported_word_for_word(config: dict[str, Any], message: str) -> None:
    assert message_of(config) == message


def test_all_faults_are_reported_at_once_in_the_order_of_the_file() -> None:
    message = message_of(
        {
            "azure-native:location": "moonbase",
            "keyless:api": {"name": "Things!", "roles": [{"value": "a b"}, {"vale": "x"}]},
            "keyless:grants": [{"api": "own"}, 5],
            "keyless:appSettings": {"TZ": "UTC", "N": 1},
            "keyless:protect": "perhaps",
            "keyless:extra": "x",
        }
    )
    assert message.startswith("The configuration of stack 'dev' has 11 faults; nothing was changed.\n\n")
    assert [fault.partition(": ")[0] for fault in message.split("\n\n")[1:]] == [
        "keyless:extra",
        "azure-native:location",
        "keyless:api.name",
        "keyless:api.roles[0].value",
        "keyless:api.roles[1].vale",
        "keyless:api.roles[1].value",
        "keyless:grants[0].roles",
        "keyless:grants[1]",
        "keyless:appSettings.TZ",
        "keyless:appSettings.N",
        "keyless:protect",
    ]


@pytest.mark.parametrize("stack", ["dev", "dev-alice"])
def test_a_development_stack_may_have_a_client_for_laptops(stack: str) -> None:
    loaded: list[Settings] = []
    deploy(lambda: loaded.append(Settings.load()), stack=stack, config=as_pulumi_gives_it(VALID))
    assert loaded[0].developer_client


@pytest.mark.parametrize("stack", ["prod", "pr-12", "my-dev", "Dev"])
def test_no_other_stack_may(stack: str) -> None:
    with pytest.raises(InvalidSettingsError) as refused:
        deploy(Settings.load, stack=stack, config=as_pulumi_gives_it(VALID))
    assert str(refused.value) == (
        f"The configuration of stack '{stack}' has 1 fault; nothing was changed.\n\n"
        f"keyless:developerClient: a development client has a client secret, and in the stack '{stack}' somebody would "
        "hold a key.\n"
        "  Allowed: true on development stacks only, which are called dev or dev-NAME.\n"
        f"  Remove it: pulumi config rm --stack {stack} keyless:developerClient"
    )
    deploy(Settings.load, stack=stack, config=as_pulumi_gives_it(with_("keyless:developerClient", False)))


def test_a_message_names_the_file_and_the_commands_of_its_own_stack() -> None:
    config = {**without("keyless:developerClient"), "azure-native:location": "moonbase"}
    with pytest.raises(InvalidSettingsError) as refused:
        deploy(Settings.load, stack="prod", config=as_pulumi_gives_it(config))
    assert "stack 'prod'" in str(refused.value)
    assert "Correct it in Pulumi.prod.yaml." in str(refused.value)


def test_a_secret_is_in_no_message() -> None:
    for secret in ("hunter2-hunter2", ["hunter2-hunter2"], {"deep": "hunter2-hunter2"}):
        message = message_of(with_("keyless:appSettings/TZ", secret), ("keyless:appSettings",))
        assert "TZ" in message
        assert "hunter2" not in message
    message = message_of({**with_("keyless:api/name", "hunter2 hunter2"), "keyless:grants": []}, ("keyless:api",))
    assert "keyless:api.name: the value, a secret, cannot be used." in message
    assert "hunter2" not in message


def test_a_faulty_configuration_ends_the_program_without_a_traceback() -> None:
    assert issubclass(InvalidSettingsError, pulumi.RunError)


APPLICATION_ID = "/applications/11111111-2222-4333-8444-555555555555"
ASSIGNMENT_ID = "/servicePrincipals/11111111-2222-4333-8444-555555555555/appRoleAssignedTo/A0jyOssrSxmFGHkKJEUkLg"


def test_import_ids_are_read_in_the_forms_of_the_provider() -> None:
    config = with_("keyless:api/import", {"application": APPLICATION_ID})
    config["keyless:grants"][0]["import"] = {"Things.Read.All": ASSIGNMENT_ID}
    settings = load(config)
    assert settings.apis["own"].imports.application == APPLICATION_ID
    assert settings.callers[0].grants[0].imports == {"Things.Read.All": ASSIGNMENT_ID}


def test_import_ids_of_several_apis_and_callers_are_read_in_their_places() -> None:
    settings = load(several())
    assert settings.apis["own:things"].imports.application is None
    assert settings.apis["own:orders"].imports.application == APPLICATION_ID
    assert [grant.imports for caller in settings.callers for grant in caller.grants] == [
        {},
        {"Orders.Read.All": ASSIGNMENT_ID},
    ]


def test_every_import_id_of_several_that_is_none_is_told_with_its_place() -> None:
    config = several()
    config["keyless:apis"][1]["import"] = {"application": "x"}
    config["keyless:callers"][1]["grants"][0]["import"] = {"Orders.Read.All": "x", "Orders.Write.All": ASSIGNMENT_ID}
    with pytest.raises(InvalidSettingsError) as refused:
        load(config)
    assert [fault.path for fault in refused.value.faults] == [
        "keyless:apis[1].import.application",
        'keyless:callers[1].grants[0].import["Orders.Read.All"]',
        'keyless:callers[1].grants[0].import["Orders.Write.All"]',
    ]


def several() -> dict[str, Any]:
    """Two APIs and two callers, of which one of each takes over what exists already."""
    grant = {"api": "own:orders", "roles": ["Orders.Read.All"], "import": {"Orders.Read.All": ASSIGNMENT_ID}}
    return {
        "azure-native:location": "westeurope",
        "keyless:apis": [
            {"name": "things", "roles": [{"value": "Things.Read.All"}]},
            {"name": "orders", "roles": [{"value": "Orders.Read.All"}], "import": {"application": APPLICATION_ID}},
        ],
        "keyless:callers": [
            {"name": "reader", "grants": [{"api": "own:things", "roles": ["Things.Read.All"]}]},
            {"name": "writer", "grants": [grant]},
        ],
    }


def test_every_import_id_that_is_none_is_told_with_its_form() -> None:
    config = with_(
        "keyless:api/import", {"application": APPLICATION_ID.removeprefix("/applications/"), "servicePrincipal": "x"}
    )
    config["keyless:grants"][0]["import"] = {"Things.Read.All": "x", "Things.Write.All": ASSIGNMENT_ID}
    with pytest.raises(InvalidSettingsError) as refused:
        load(config)
    assert [fault.path for fault in refused.value.faults] == [
        "keyless:api.import.application",
        "keyless:api.import.servicePrincipal",
        'keyless:grants[0].import["Things.Read.All"]',
        'keyless:grants[0].import["Things.Write.All"]',
    ]
    message = str(refused.value)
    assert f"Did you mean '{APPLICATION_ID}'?" in message
    assert "Allowed: /servicePrincipals/{object id of the API}/appRoleAssignedTo/{assignment id}." in message
    assert "'Things.Write.All' is not among the roles of this grant." in message
