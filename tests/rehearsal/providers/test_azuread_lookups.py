"""What the azuread look-ups find, and the words they fail with: those of terraform-provider-azuread, bridged."""

from __future__ import annotations

import pytest

from tests.rehearsal.azure.stand_in import StandIn
from tests.rehearsal.providers.caller import Caller, Document, Refused

CLIENT_CONFIG = "azuread:index/getClientConfig:getClientConfig"
ONE = "azuread:index/getServicePrincipal:getServicePrincipal"
MANY = "azuread:index/getServicePrincipals:getServicePrincipals"
GRAPH = "00000003-0000-0000-c000-000000000000"
NOBODY = "b7d3c0de-0000-4000-8000-000000000000"


def found(caller: Caller, token: str, **arguments: object) -> Document:
    result, faults = caller.invoke(token, arguments)
    assert faults == []
    return result


def test_the_caller_is_told_who_it_is(azuread: Caller, stand_in: StandIn) -> None:
    config = found(azuread, CLIENT_CONFIG)
    endpoint = stand_in.endpoint
    assert (config["tenantId"], config["clientId"]) == (endpoint.tenant_id, endpoint.client_id)
    assert config["id"] == f"{config['tenantId']}-{config['clientId']}-{config['objectId']}"
    own = found(azuread, ONE, clientId=endpoint.client_id)
    assert config["objectId"] == own["objectId"]


@pytest.mark.parametrize("by", ["clientId", "displayName", "objectId"])
def test_a_published_api_is_found_by_any_of_its_names(azuread: Caller, by: str) -> None:
    graph = found(azuread, ONE, clientId=GRAPH)
    assert graph["displayName"] == "Microsoft Graph"
    assert graph["id"] == f"/servicePrincipals/{graph['objectId']}"
    assert graph["appRoleIds"]["User.Read.All"] == "df021288-bdef-4463-88db-98f22de89214"
    assert {role["value"] for role in graph["appRoles"]} >= {"User.Read.All"}
    assert found(azuread, ONE, **{by: graph[by]}) == graph


@pytest.mark.parametrize(
    ("token", "arguments", "text"),
    [
        (ONE, {"clientId": NOBODY}, "No service principal found: no service principal found"),
        (
            ONE,
            {"displayName": "It's nobody"},
            (
                "Service principal not found: no service principals found matching filter: "
                "\"displayName eq 'It''s nobody'\""
            ),
        ),
        (
            ONE,
            {"objectId": NOBODY},
            f'[object_id] Service Principal (Service Principal: "{NOBODY}") was not found',
        ),
        (
            MANY,
            {"displayNames": ["Microsoft Graph", "Nobody"]},
            '[display_names] No service principals with display name "Nobody" were found',
        ),
        (
            MANY,
            {"clientIds": [NOBODY]},
            f'[mail_nicknames] Service principal not found with application ID: "{NOBODY}"',
        ),
        (MANY, {"objectIds": [NOBODY]}, f'[object_id] Service principal not found with object ID: "{NOBODY}"'),
    ],
)
def test_nobody_found_is_said_in_the_real_providers_words(
    azuread: Caller, token: str, arguments: Document, text: str
) -> None:
    with pytest.raises(Refused) as refused:
        azuread.invoke(token, arguments)
    assert str(refused.value) == f"invoking {token}: 1 error occurred:\n\t* {text}\n\n"


def test_two_of_one_name_are_an_error_and_not_the_first_of_them(azuread: Caller, stand_in: StandIn) -> None:
    for _ in range(2):
        stand_in.application(displayName="Twins")
    with pytest.raises(Refused) as refused:
        azuread.invoke(ONE, {"displayName": "Twins"})
    assert str(refused.value) == (
        f"invoking {ONE}: 1 error occurred:\n\t* Multiple service principals found: found multiple service principals "
        "matching filter: \"displayName eq 'Twins'\"\n\n"
    )
    with pytest.raises(Refused, match="more than one service principal returned with this display name"):
        azuread.invoke(MANY, {"displayNames": ["Twins"]})


def test_all_of_a_tenant_are_found_page_by_page(azuread: Caller, stand_in: StandIn) -> None:
    own = [stand_in.application(displayName=f"App {number}") for number in range(120)]
    everybody = found(azuread, MANY, returnAll=True)
    assert {application.principal_id for application in own} <= set(everybody["objectIds"])
    assert len(everybody["objectIds"]) == len(everybody["servicePrincipals"]) == len(set(everybody["objectIds"]))
    assert (everybody["returnAll"], everybody["ignoreMissing"]) == (True, False)


def test_missing_ones_may_be_left_out(azuread: Caller) -> None:
    some = found(azuread, MANY, displayNames=["Microsoft Graph", "Nobody"], ignoreMissing=True)
    assert some["displayNames"] == ["Microsoft Graph"]
    assert some["clientIds"] == [GRAPH]
    assert some["servicePrincipals"][0]["displayName"] == "Microsoft Graph"
    none = found(azuread, MANY, displayNames=["Nobody"], ignoreMissing=True)
    assert none["servicePrincipals"] == []
    assert none["id"] == "serviceprincipals#2jmj7l5rSw0yVb_vlWAYkK_YBwk=", "named by a digest of nothing"


@pytest.mark.parametrize(
    ("token", "arguments", "faults"),
    [
        (
            ONE,
            {},
            [
                f'[{name}] Invalid combination of arguments: "{name}": one of `client_id,display_name,object_id` '
                "must be specified"
                for name in ("client_id", "display_name", "object_id")
            ],
        ),
        (
            ONE,
            {"clientId": GRAPH, "displayName": "Microsoft Graph"},
            [
                f'[{name}] Invalid combination of arguments: "{name}": only one of `client_id,display_name,object_id` '
                "can be specified, but `client_id,display_name` were specified."
                for name in ("client_id", "display_name", "object_id")
            ],
        ),
        (ONE, {"clientId": "graph"}, ['[client_id] expected "client_id" to be a valid UUID, got graph']),
        (
            MANY,
            {"returnAll": True, "ignoreMissing": True},
            [
                '[ignore_missing] Conflicting configuration arguments: "ignore_missing": conflicts with return_all',
                '[return_all] Conflicting configuration arguments: "return_all": conflicts with ignore_missing',
            ],
        ),
        (CLIENT_CONFIG, {"tenant": "mine"}, ["[tenant] Invalid or unknown key"]),
    ],
)
def test_wrong_arguments_are_named(azuread: Caller, token: str, arguments: Document, faults: list[str]) -> None:
    assert azuread.invoke(token, arguments) == ({}, faults)


def test_an_unknown_look_up_is_named(azuread: Caller) -> None:
    with pytest.raises(Refused) as refused:
        azuread.invoke("azuread:index/getUser:getUser")
    assert str(refused.value) == "unrecognized data function (Invoke): azuread:index/getUser:getUser"
