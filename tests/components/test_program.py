"""The program as a whole: what stands in the graph of a stack, and in which order."""

from __future__ import annotations

import copy
import json
import runpy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.developer_client import secret_expiry
from components.granted_api import ImpossibleGrantsError
from settings import InvalidSettingsError
from tests.components.directory import GRAPH, MICROSOFT_GRAPH, TENANT, Directory
from tests.components.recording import CLIENT_SECRET, PRINCIPAL, SECRET, UNKNOWN, Deployment, deploy, guid_of

ROOT = Path(__file__).parents[2]
ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment"


def configuration(stack: str, **changes: Any) -> dict[str, str]:
    """Returns the configuration of a stack as the engine hands it over, with `keyless:` values changed."""
    file = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    file |= {f"keyless:{key}": value for key, value in changes.items()}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in file.items()}


def run(*, stack: str = "dev", preview: bool = False, into: Deployment | None = None, **changes: Any) -> Deployment:
    return deploy(
        lambda: runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__"),
        stack=stack,
        preview=preview,
        config=configuration(stack, **changes),
        answer=Directory(),
        into=into,
    )


def test_one_graph_holds_the_api_the_function_app_and_the_grants(preview: bool) -> None:
    deployment = run(preview=preview)
    components = sorted((each.type, each.name) for each in deployment.registrations if each.type.startswith("keyless:"))
    assert components == [
        ("keyless:compute:FunctionApp", "caller"),
        ("keyless:identity:AppRoleGrant", "caller-microsoft-graph-00000003"),
        ("keyless:identity:AppRoleGrant", "caller-own"),
        ("keyless:identity:ProtectedApi", "api"),
    ]


def test_the_identity_is_granted_its_roles(preview: bool) -> None:
    deployment = run(preview=preview)
    published, own = deployment.all(ASSIGNMENT)
    assert published.inputs == {
        "principalObjectId": UNKNOWN if preview else PRINCIPAL,
        "resourceObjectId": MICROSOFT_GRAPH["objectId"],
        "appRoleId": MICROSOFT_GRAPH["appRoles"][0]["id"],
    }
    (api,) = (each for each in deployment.registrations if each.name == "api-application")
    assert own.inputs["appRoleId"] == api.inputs["appRoles"][0]["id"]
    assert own.inputs["principalObjectId"] == (UNKNOWN if preview else PRINCIPAL)


def test_a_role_of_the_own_api_is_granted_only_after_the_application_has_it(preview: bool) -> None:
    deployment = run(preview=preview)
    (own,) = (each for each in deployment.all(ASSIGNMENT) if each.name == "caller-own-Things.Read.All")
    principal = deployment.one("azuread:index/servicePrincipal:ServicePrincipal")
    application = deployment.one("azuread:index/application:Application")
    assert principal.urn in own.request.dependencies
    assert application.urn in principal.request.dependencies


def test_what_the_identity_holds_depends_on_the_site_even_while_the_identity_is_unknown(preview: bool) -> None:
    deployment = run(preview=preview)
    site = deployment.one("azure-native:web:WebApp").urn
    for grant in deployment.all(ASSIGNMENT):
        assert list(grant.request.propertyDependencies["principalObjectId"].urns) == [site]
    for role in deployment.all("azure-native:authorization:RoleAssignment"):
        assert list(role.request.propertyDependencies["principalId"].urns) == [site]


def test_the_code_is_told_the_scope_of_the_api() -> None:
    deployment = run()
    settings = deployment.one("azure-native:web:WebAppApplicationSettings").inputs["properties"]
    assert settings["API_SCOPE"] == deployment.stack_outputs["scope"]
    assert settings["API_URL"] == "https://things-dev.example.com"


def test_the_outputs_are_what_both_sides_of_the_call_and_a_reviewer_need() -> None:
    deployment = run()
    client_id = deployment.stack_outputs["apiClientId"]
    name = deployment.one("azure-native:web:WebApp").inputs["name"]
    assert deployment.stack_outputs == {
        "functionAppName": name,
        "functionAppHostName": f"{name}.azurewebsites.net",
        "principalId": PRINCIPAL,
        "tenantId": TENANT,
        "apiClientId": client_id,
        "identifierUri": f"api://{client_id}",
        "scope": f"api://{client_id}/.default",
        "audience": client_id,
        "issuer": f"https://login.microsoftonline.com/{TENANT}/v2.0",
        "grantedRoles": [
            {"api": "own", "role": "Things.Read.All"},
            {"api": "Microsoft Graph", "role": "User.Read.All"},
        ],
    }


def test_each_published_api_is_looked_up_once_before_anything_is_registered() -> None:
    grants = [{"api": "Microsoft Graph", "roles": [role]} for role in ("User.Read.All", "Mail.Send")]
    deployment = run(grants=grants)
    assert deployment.invokes == [("getClientConfig", {}), ("getServicePrincipal", {"displayName": "Microsoft Graph"})]
    assert [each.name for each in deployment.all(ASSIGNMENT)] == [
        "caller-microsoft-graph-00000003-Mail.Send",
        "caller-microsoft-graph-00000003-User.Read.All",
    ]


def test_a_grant_by_client_id_is_the_same_resource_as_by_name() -> None:
    by_name = run(grants=[{"api": "Microsoft Graph", "roles": ["Mail.Send"]}])
    by_id = run(grants=[{"api": GRAPH, "roles": ["Mail.Send"]}])
    assert by_name.one(ASSIGNMENT).urn == by_id.one(ASSIGNMENT).urn


def test_without_grants_nothing_is_looked_up_and_nothing_granted() -> None:
    deployment = run(grants=[])
    assert deployment.invokes == [("getClientConfig", {})]
    assert deployment.all(ASSIGNMENT) == []
    assert deployment.stack_outputs["grantedRoles"] == []


def test_a_wrong_role_creates_nothing() -> None:
    recorded = Deployment()
    with pytest.raises(ImpossibleGrantsError, match=r"Did you mean 'User\.Read\.All'\?"):
        run(into=recorded, grants=[{"api": "Microsoft Graph", "roles": ["User.Raed.All"]}])
    assert [each.type for each in recorded.registrations] == ["pulumi:pulumi:Stack"]


def test_a_wrong_configuration_creates_nothing_and_asks_nobody() -> None:
    recorded = Deployment()
    with pytest.raises(InvalidSettingsError):
        run(into=recorded, api={})
    assert [each.type for each in recorded.registrations] == ["pulumi:pulumi:Stack"]
    assert recorded.invokes == []


def test_prod_protects_the_identity_and_the_registration_and_dev_protects_nothing(preview: bool) -> None:
    dev, prod = (
        [each.type for each in run(stack=stack, preview=preview).registrations if each.request.protect]
        for stack in ("dev", "prod")
    )
    assert dev == []
    assert sorted(prod) == ["azure-native:web:WebApp", "azuread:index/application:Application"]


def test_dev_and_prod_share_no_name() -> None:
    names = [
        {
            value
            for each in run(stack=stack).registrations
            if each.request.custom
            for key, value in each.inputs.items()
            if key in ("name", "resourceGroupName", "accountName", "displayName", "identifierUri")
        }
        for stack in ("dev", "prod")
    ]
    assert not names[0] & names[1]
    assert all(names)


SEVERAL: dict[str, Any] = {
    "api": {},
    "apis": [
        {"name": "things", "roles": [{"value": "Things.Read.All"}]},
        {"name": "orders", "roles": [{"value": "Orders.Read.All"}, {"value": "Orders.Write.All"}]},
    ],
    "grants": [],
    "appSettings": {},
    "callers": [
        {
            "name": "reader",
            "grants": [
                {"api": "own:things", "roles": ["Things.Read.All"]},
                {"api": "own:orders", "roles": ["Orders.Read.All"]},
            ],
        },
        {
            "name": "writer",
            "grants": [
                {"api": "own:orders", "roles": ["Orders.Write.All"]},
                {"api": "Microsoft Graph", "roles": ["User.Read.All"]},
            ],
            "appSettings": {"GREETING": "hello"},
        },
    ],
}


def test_callers_with_different_roles_on_several_apis_stand_in_one_stack(preview: bool) -> None:
    deployment = run(preview=preview, **SEVERAL)
    assert sorted(each.name for each in deployment.all(ASSIGNMENT)) == [
        "reader-own-orders-Orders.Read.All",
        "reader-own-things-Things.Read.All",
        "writer-microsoft-graph-00000003-User.Read.All",
        "writer-own-orders-Orders.Write.All",
    ]
    applications = deployment.all("azuread:index/application:Application")
    assert [each.inputs["displayName"] for each in applications] == ["orders-dev", "things-dev"]
    sites = [each.inputs["name"] for each in deployment.all("azure-native:web:WebApp")]
    assert len(set(sites)) == 2


def test_each_of_several_callers_is_told_the_scopes_of_the_apis_it_may_call() -> None:
    deployment = run(**SEVERAL)
    reader, writer = (
        each.inputs["properties"] for each in deployment.all("azure-native:web:WebAppApplicationSettings")
    )
    scopes = {name: api["scope"] for name, api in deployment.stack_outputs["apis"].items()}
    assert {name: value for name, value in reader.items() if name.startswith("API_SCOPE")} == {
        "API_SCOPE": scopes["things"],
        "API_SCOPE_THINGS": scopes["things"],
        "API_SCOPE_ORDERS": scopes["orders"],
    }
    assert writer["API_SCOPE"] == scopes["orders"]
    assert writer["GREETING"] == "hello"


def test_what_exists_already_is_taken_over_by_the_api_and_the_caller_that_name_it() -> None:
    taken = {
        "api-application": "/applications/11111111-2222-4333-8444-555555555555",
        "Orders.Read.All": "/servicePrincipals/11111111-2222-4333-8444-555555555555/appRoleAssignedTo/orders",
        "User.Read.All": "/servicePrincipals/11111111-2222-4333-8444-555555555555/appRoleAssignedTo/users",
    }
    several = copy.deepcopy(SEVERAL)
    several["apis"][1]["import"] = {"application": taken["api-application"]}
    for place, role in ((0, "Orders.Read.All"), (1, "User.Read.All")):
        several["callers"][place]["grants"][1]["import"] = {role: taken[role]}
    imported = {each.name: each.request.importId for each in run(**several).registrations if each.request.importId}
    assert imported == {
        "orders-api-application": taken["api-application"],
        "reader-own-orders-Orders.Read.All": taken["Orders.Read.All"],
        "writer-microsoft-graph-00000003-User.Read.All": taken["User.Read.All"],
    }


def test_the_outputs_of_several_are_by_name() -> None:
    outputs = run(**SEVERAL).stack_outputs
    assert set(outputs) == {"tenantId", "apis", "callers"}
    assert outputs["callers"]["writer"]["grantedRoles"] == [
        {"api": "own:orders", "role": "Orders.Write.All"},
        {"api": "Microsoft Graph", "role": "User.Read.All"},
    ]


def test_code_comes_after_the_grants_the_settings_and_the_roles_of_the_host(preview: bool) -> None:
    deployment = run(preview=preview)
    code = deployment.one("pulumi-python:dynamic/keyless:Code")
    first = [
        *deployment.all(ASSIGNMENT),
        *deployment.all("azure-native:authorization:RoleAssignment"),
        deployment.one("azure-native:web:WebAppApplicationSettings"),
    ]
    assert {each.urn for each in first} <= set(code.request.dependencies)
    assert code.request.deletedWith == deployment.one("azure-native:web:WebApp").urn


def held(deployment: Deployment, name: str) -> list[tuple[str, str]]:
    """Role and API of each assignment of this name, whoever holds it."""
    grants = (each for each in deployment.all(ASSIGNMENT) if each.name.startswith(name))
    return [(grant.inputs["appRoleId"], grant.inputs["resourceObjectId"]) for grant in grants]


def test_there_is_no_development_client_unless_the_stack_asks_for_one() -> None:
    deployment = run()
    assert deployment.all("azuread:index/applicationPassword:ApplicationPassword") == []
    assert "developerClient" not in deployment.stack_outputs


def test_a_development_client_holds_the_roles_of_its_caller_and_no_others(preview: bool) -> None:
    deployment = run(preview=preview, developerClient=True)
    mine = held(deployment, "caller-developer-")
    assert len(mine) == 2
    assert mine == held(deployment, "caller-microsoft") + held(deployment, "caller-own")
    principals = {
        each.inputs["principalObjectId"]
        for each in deployment.all(ASSIGNMENT)
        if each.name.startswith("caller-developer-")
    }
    assert principals == {UNKNOWN if preview else guid_of("caller-developer-service-principal")}


def test_what_is_imported_for_a_caller_is_not_imported_for_its_development_client() -> None:
    identifier = "/servicePrincipals/11111111-2222-4333-8444-555555555555/appRoleAssignedTo/A0jyOssrSxmFGHkKJEUkLg"
    grants = [{"api": "own", "roles": ["Things.Read.All"], "import": {"Things.Read.All": identifier}}]
    deployment = run(grants=grants, developerClient=True)
    imports = {each.name: each.request.importId for each in deployment.all(ASSIGNMENT)}
    assert imports == {"caller-own-Things.Read.All": identifier, "caller-developer-own-Things.Read.All": ""}


def test_what_a_development_client_holds_goes_with_its_registration(preview: bool) -> None:
    deployment = run(preview=preview, developerClient=True)
    [application] = (each for each in deployment.registrations if each.name == "caller-developer-application")
    grants = [each for each in deployment.all(ASSIGNMENT) if each.name.startswith("caller-developer-")]
    assert {each.request.deletedWith for each in grants} == {application.urn}


def test_the_output_of_a_development_client_keeps_its_secret_secret(preview: bool) -> None:
    before = secret_expiry(datetime.now(UTC))
    deployment = run(preview=preview, developerClient=True)
    assert deployment.stack_outputs["developerClient"] == {
        "clientId": UNKNOWN if preview else guid_of("caller-developer-application"),
        "clientSecret": {**SECRET, "value": UNKNOWN if preview else CLIENT_SECRET},
        "expires": before,
    }
    everything = [deployment.outputs, [each.inputs for each in deployment.registrations]]
    assert CLIENT_SECRET not in json.dumps(unmarked(everything)), "wherever it is, it is marked"


def unmarked(value: Any) -> Any:
    """Returns a value without what is marked as secret in it."""
    if isinstance(value, dict):
        return {} if value.keys() >= SECRET.keys() else {key: unmarked(each) for key, each in value.items()}
    return [unmarked(each) for each in value] if isinstance(value, list) else value


def test_production_refuses_a_development_client_before_it_registers_anything() -> None:
    recorded = Deployment()
    with pytest.raises(InvalidSettingsError, match="in the stack 'prod' somebody would hold a key"):
        run(stack="prod", into=recorded, developerClient=True)
    assert [each.type for each in recorded.registrations] == ["pulumi:pulumi:Stack"]


def test_each_of_several_callers_has_a_development_client_of_its_own(preview: bool) -> None:
    deployment = run(preview=preview, developerClient=True, **SEVERAL)
    for caller in ("reader", "writer"):
        assert held(deployment, f"{caller}-developer-") == held(deployment, f"{caller}-m") + held(
            deployment, f"{caller}-o"
        )
    urns = [each.urn for each in deployment.registrations]
    assert len(urns) == len(set(urns))
    for outputs in deployment.stack_outputs["callers"].values():
        assert outputs["developerClient"]["clientSecret"].keys() == {*SECRET, "value"}
