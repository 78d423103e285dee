"""Identifier URIs: the forms that the policy of a tenant allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.identifier_uri import DEFAULT, needs_client_id, refusal, resolve

TENANT = "aaaabbbb-0000-4ccc-8111-dddd2222eeee"
CLIENT = "00001111-aaaa-4222-8bbb-3333cccc4444"


@pytest.mark.parametrize(
    "uri",
    [
        DEFAULT,
        "api://{clientId}/things",
        "api://{tenantId}/things",
        "api://{tenantId}/things/v2",
        "api://{tenantId}/{clientId}",
        "api://things/{clientId}",
        "api://things/{tenantId}",
        "api://things.contoso.com/v2",
        "https://contoso.onmicrosoft.com/things",
        "https://contoso.com/things",
        "https://things.contoso.com",
        "https://things.contoso.com/v2",
    ],
)
def test_a_form_that_the_policy_allows_is_accepted(uri: str) -> None:
    assert refusal(uri) is None


@pytest.mark.parametrize(
    ("uri", "problem", "instead"),
    [
        ("", "'' is empty.", None),
        (
            "api://things",
            "'api://things' contains no tenant id, application id or verified domain.",
            "api://{tenantId}/things",
        ),
        ("things", "'things' is not a URI that begins with api:// or https:// and has no empty part.", None),
        ("api://{clientId}/", "'api://{clientId}/' ends with a slash.", "api://{clientId}"),
        ("https://contoso.com/", "'https://contoso.com/' ends with a slash.", "https://contoso.com"),
        ("api://{clientid}", "'api://{clientid}' contains {clientid}, which stands for nothing.", "api://{clientId}"),
        ("api://{tenantId}", "'api://{tenantId}' has nothing after the tenant's id.", None),
        ("api://{tenantId}/a b", "'api://{tenantId}/a b' contains ' '.", None),
        ("api://{tenantId}/a*", "'api://{tenantId}/a*' contains '*'.", None),
        ("api://{tenantId}/a?b", "'api://{tenantId}/a?b' contains '?'.", None),
        (
            "api://{tenantId}//a",
            "'api://{tenantId}//a' is not a URI that begins with api:// or https:// and has no empty part.",
            None,
        ),
        (f"api://{CLIENT}", f"'api://{CLIENT}' contains the id {CLIENT} instead of a placeholder.", "api://{clientId}"),
        (
            f"api://{TENANT}/things",
            f"'api://{TENANT}/things' contains the id {TENANT} instead of a placeholder.",
            "api://{tenantId}/things",
        ),
        ("https://things", "'https://things' has no verified domain: 'things' is not a domain name.", None),
        (
            "https://contoso.onmicrosoft.com",
            "'https://contoso.onmicrosoft.com' has nothing after the tenant's initial domain.",
            None,
        ),
        (
            "http://contoso.com/things",
            "'http://contoso.com/things' is not a URI that begins with api:// or https:// and has no empty part.",
            None,
        ),
    ],
)
def test_a_form_that_the_policy_refuses_is_refused_with_what_is_wrong(
    uri: str, problem: str, instead: str | None
) -> None:
    refused = refusal(uri)
    assert refused is not None
    assert refused.problem == problem
    if instead is not None:
        assert refused.instead == instead


@given(st.text("abc{}clientIdtenantId://-.0123 *?") | st.text())
def test_what_is_accepted_ties_the_uri_to_the_tenant_and_has_no_trailing_slash(uri: str) -> None:
    if refusal(uri) is None:
        resolved = resolve(uri, tenant_id=TENANT, client_id=CLIENT)
        assert resolved.startswith(("api://", "https://"))
        assert not resolved.endswith("/")
        assert len(resolved) <= 255
        host = resolved.split("/")[2]
        assert TENANT in resolved or CLIENT in resolved or "." in host


@given(st.text("api:/{}clentIdt.-*? ", max_size=40) | st.text(max_size=40))
def test_what_is_suggested_would_be_accepted(uri: str) -> None:
    refused = refusal(uri)
    if refused is not None and refused.instead is not None:
        assert refusal(refused.instead) is None


def test_placeholders_stand_for_the_ids() -> None:
    resolved = resolve("api://{tenantId}/{clientId}", tenant_id=TENANT, client_id=CLIENT)
    assert resolved == f"api://{TENANT}/{CLIENT}"


@pytest.mark.parametrize(("uri", "needs"), [(DEFAULT, True), ("api://{tenantId}/things", False)])
def test_only_a_uri_with_the_client_id_has_to_wait_for_the_application(uri: str, needs: bool) -> None:
    assert needs_client_id(uri) is needs
