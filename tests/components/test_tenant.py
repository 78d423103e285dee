"""Asking a tenant: who deploys, and which published APIs it knows."""

from __future__ import annotations

from typing import Any

import pytest

from components.published_api import AmbiguousApiError, NoSuchApiError, PublishedApi, PublishedApiError
from components.tenant import Tenant, TenantUnreachableError
from tests.components.directory import DEPLOYER, GRAPH, MICROSOFT_GRAPH, TENANT, Directory, principal
from tests.components.recording import Answer, AnswerError, Deployment, deploy

Found = dict[str, PublishedApi | PublishedApiError]


def look_up(*apis: str, in_: Answer) -> tuple[Found, Deployment]:
    found: Found = {}
    deployment = deploy(lambda: found.update(Tenant(TENANT, DEPLOYER).published_apis(apis)), answer=in_)
    return found, deployment


def test_the_tenant_says_who_deploys() -> None:
    tenants: list[Tenant] = []
    deploy(lambda: tenants.append(Tenant.signed_in()), answer=Directory())
    assert tenants == [Tenant(id=TENANT, deployer_object_id=DEPLOYER)]


def test_a_provider_that_is_not_signed_in_is_an_error_that_says_what_to_do() -> None:
    def refuse(_function: str, _args: dict[str, Any]) -> dict[str, Any]:
        raise AnswerError("no Authorizer could be configured, please check your configuration")

    with pytest.raises(TenantUnreachableError) as refused:
        deploy(Tenant.signed_in, answer=refuse)
    assert str(refused.value) == (
        "Microsoft Entra ID could not be asked who deploys: invoke of azuread:index/getClientConfig:getClientConfig "
        "failed: no Authorizer could be configured, please check your configuration\n"
        "Sign in with az login or the ARM_* environment variables, as an identity that may read applications "
        "(Application.Read.All)."
    )


@pytest.mark.parametrize("name", ["Microsoft Graph", GRAPH, GRAPH.upper()])
def test_an_api_is_found_by_its_exact_name_or_client_id(name: str) -> None:
    found, _ = look_up(name, in_=Directory())
    api = found[name]
    assert isinstance(api, PublishedApi)
    assert (api.display_name, api.client_id, api.object_id) == ("Microsoft Graph", GRAPH, MICROSOFT_GRAPH["objectId"])
    assert [(role.value, role.for_applications, role.enabled) for role in api.roles] == [
        ("User.Read.All", True, True),
        ("Mail.Send", True, True),
        ("User.Invite", False, True),
    ]


def test_an_api_is_looked_up_once_however_many_grants_name_it() -> None:
    _, deployment = look_up("Microsoft Graph", "Microsoft Graph", "Microsoft Graph", in_=Directory())
    assert deployment.invokes == [("getServicePrincipal", {"displayName": "Microsoft Graph"})]


@pytest.mark.parametrize("name", ["Ordres", "11111111-2222-4333-8444-555555555555"])
def test_an_api_that_the_tenant_does_not_know_is_not_found(name: str) -> None:
    found, _ = look_up(name, in_=Directory())
    assert isinstance(found[name], NoSuchApiError)


def test_a_name_in_other_case_is_not_found_but_suggested() -> None:
    found, _ = look_up("microsoft graph", in_=Directory())
    assert "Did you mean 'Microsoft Graph'?" in str(found["microsoft graph"])


def test_namesakes_are_ambiguous_and_all_their_client_ids_are_named() -> None:
    orders = tuple(principal("Orders", f"1111111{n}-2222-4333-8444-555555555555") for n in range(3))
    found, _ = look_up("Orders", in_=Directory((MICROSOFT_GRAPH, *orders)))
    assert isinstance(found["Orders"], AmbiguousApiError)
    assert all(each["clientId"] in str(found["Orders"]) for each in orders)


def test_namesakes_in_a_tenant_too_big_to_list_are_ambiguous_all_the_same() -> None:
    orders = tuple(principal("Orders", f"1111111{n}-2222-4333-8444-555555555555") for n in range(2))
    found, _ = look_up("Orders", in_=Directory(orders, listable=False))
    assert "az ad sp list --filter \"displayName eq 'Orders'\"" in str(found["Orders"])


def test_among_namesakes_in_other_case_and_identities_the_api_is_still_found() -> None:
    client_id = "11111111-2222-4333-8444-555555555555"
    others = (
        principal("orders", "22222222-2222-4333-8444-555555555555"),
        principal("Orders", "33333333-2222-4333-8444-555555555555", type="ManagedIdentity"),
    )
    found, _ = look_up("Orders", in_=Directory((*others, principal("Orders", client_id, applications=("Read",)))))
    api = found["Orders"]
    assert isinstance(api, PublishedApi)
    assert (api.client_id, [role.value for role in api.roles]) == (client_id, ["Read"])


def test_a_role_without_a_value_cannot_be_named_and_is_left_out() -> None:
    nameless = principal("Orders", "11111111-2222-4333-8444-555555555555", applications=("",))
    found, _ = look_up("Orders", in_=Directory((nameless,)))
    api = found["Orders"]
    assert isinstance(api, PublishedApi)
    assert api.roles == ()


def test_an_answer_that_means_neither_is_shown_as_it_is() -> None:
    def forbid(_function: str, _args: dict[str, Any]) -> dict[str, Any]:
        raise AnswerError("Authorization_RequestDenied: Insufficient privileges to complete the operation.")

    with pytest.raises(TenantUnreachableError, match=r"for the API 'Orders': .*Insufficient privileges"):
        look_up("Orders", in_=forbid)
