"""The registration of an API: what callers are let in by, and what stays shut."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from components.app_role import role_id
from components.protected_api import ProtectedApi
from tests.components.directory import DEPLOYER, TENANT
from tests.components.examples import API
from tests.components.recording import UNKNOWN, Deployment, deploy, guid_of

APPLICATION = "azuread:index/application:Application"
URI = "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri"
PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
CLIENT_ID = guid_of("api-application")


def declared(*, preview: bool, **changes: Any) -> Deployment:
    return deploy(lambda: ProtectedApi("api", replace(API, **changes)), preview=preview)


def outputs(deployment: Deployment) -> dict[str, Any]:
    return deployment.outputs[deployment.one("keyless:identity:ProtectedApi").urn]


def test_the_application_is_of_one_tenant_and_its_tokens_are_version_2(preview: bool) -> None:
    application = declared(preview=preview).one(APPLICATION)
    assert application.inputs == {
        "displayName": "things-dev",
        "signInAudience": "AzureADMyOrg",
        "api": {"requestedAccessTokenVersion": 2},
        "appRoles": [
            {
                "id": role_id("things", "Things.Read.All"),
                "value": "Things.Read.All",
                "displayName": "Read things",
                "description": "Read every thing",
                "allowedMemberTypes": ["Application"],
                "enabled": True,
            }
        ],
        "owners": [DEPLOYER],
    }


def test_no_role_is_for_users(preview: bool) -> None:
    roles = declared(preview=preview).one(APPLICATION).inputs["appRoles"]
    assert [role["allowedMemberTypes"] for role in roles] == [["Application"]]


def test_nobody_gets_a_token_without_a_role(preview: bool) -> None:
    principal = declared(preview=preview).one(PRINCIPAL)
    assert principal.inputs["appRoleAssignmentRequired"] is True


def test_the_deployer_stays_among_the_owners_of_both(preview: bool) -> None:
    deployment = declared(preview=preview)
    assert deployment.one(APPLICATION).inputs["owners"] == [DEPLOYER]
    assert deployment.one(PRINCIPAL).inputs["owners"] == [DEPLOYER]


def test_whoever_deploys_or_previews_later_changes_no_owner(preview: bool) -> None:
    deployment = declared(preview=preview)
    assert "owners" in deployment.one(APPLICATION).request.ignoreChanges
    assert deployment.one(PRINCIPAL).request.ignoreChanges == ["owners"]


def test_the_application_leaves_its_identifier_uri_to_a_resource_of_its_own(preview: bool) -> None:
    deployment = declared(preview=preview)
    assert "identifierUris" in deployment.one(APPLICATION).request.ignoreChanges
    assert "identifierUris" not in deployment.one(APPLICATION).inputs
    assert deployment.one(URI).inputs["applicationId"] == (UNKNOWN if preview else f"/{CLIENT_ID}")


def test_the_default_identifier_uri_is_the_client_id(preview: bool) -> None:
    uri = declared(preview=preview).one(URI)
    assert uri.inputs["identifierUri"] == (UNKNOWN if preview else f"api://{CLIENT_ID}")


def test_an_identifier_uri_without_the_client_id_is_known_in_a_preview(preview: bool) -> None:
    uri = declared(preview=preview, identifier_uri="api://{tenantId}/things").one(URI)
    assert uri.inputs["identifierUri"] == f"api://{TENANT}/things"


def test_role_ids_are_known_before_anything_exists() -> None:
    deployment = declared(preview=True)
    assert outputs(deployment)["roleIds"] == {"Things.Read.All": role_id("things", "Things.Read.All")}


def test_what_both_sides_of_a_call_have_to_agree_on_is_an_output() -> None:
    told = outputs(declared(preview=False))
    assert told["audience"] == told["clientId"] == CLIENT_ID
    assert told["identifierUri"] == f"api://{CLIENT_ID}"
    assert told["scope"] == f"api://{CLIENT_ID}/.default"
    assert told["issuer"] == f"https://login.microsoftonline.com/{TENANT}/v2.0"


@pytest.mark.parametrize("protect", [True, False])
def test_the_registration_is_protected_if_asked(preview: bool, protect: bool) -> None:
    assert declared(preview=preview, protect=protect).one(APPLICATION).request.protect is protect


def test_the_provider_has_time_to_wait_for_the_directory_wherever_it_does(preview: bool) -> None:
    deployment = declared(preview=preview)
    timeouts = {
        each.type: (
            each.request.customTimeouts.create,
            each.request.customTimeouts.update,
            each.request.customTimeouts.delete,
        )
        for each in map(deployment.one, (APPLICATION, PRINCIPAL, URI))
    }
    assert timeouts == {APPLICATION: ("15m", "15m", "15m"), PRINCIPAL: ("15m", "", "15m"), URI: ("", "", "")}


def test_the_identifier_uri_waits_for_the_application_since_the_provider_does_not(preview: bool) -> None:
    deployment = declared(preview=preview)
    assert deployment.one(APPLICATION).urn in deployment.one(URI).request.dependencies


def test_the_api_has_no_secret(preview: bool) -> None:
    types = {each.type for each in declared(preview=preview).registrations}
    assert types == {"pulumi:pulumi:Stack", "keyless:identity:ProtectedApi", APPLICATION, URI, PRINCIPAL}
    assert not {"passwords", "password"} & declared(preview=preview).one(APPLICATION).inputs.keys()
