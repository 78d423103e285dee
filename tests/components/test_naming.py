"""Names of Azure resources: within the limits, stable, and nobody else's."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.naming import Names, application, refusal_of_api_name, slug

TENANT = "aaaabbbb-0000-4ccc-8111-dddd2222eeee"
# Pulumi's own rule for project and stack names.
pulumi_names = st.from_regex(r"[A-Za-z0-9_.-]{1,100}", fullmatch=True)
names = st.builds(Names, st.uuids().map(str), pulumi_names, pulumi_names, st.sampled_from(["caller", "worker"]))


@given(names)
def test_a_site_name_is_within_azures_limits_whatever_the_stack(given_names: Names) -> None:
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])", given_names.site)


@given(names)
def test_a_storage_account_name_is_within_azures_limits_whatever_the_stack(given_names: Names) -> None:
    assert re.fullmatch(r"[a-z0-9]{3,24}", given_names.storage_account)


def test_the_names_of_a_stack_never_change() -> None:
    # Other names would replace the site, and its identity with it.
    dev = Names(TENANT, "keyless", "dev", "caller")
    assert (dev.site, dev.storage_account) == ("keyless-dev-caller-uw5jazk5fs", "keylessdevcalluw5jazk5fs")


@given(names, names)
def test_two_stacks_share_no_name(one: Names, other: Names) -> None:
    assert (one.site == other.site) == (one == other)
    assert (one.storage_account == other.storage_account) == (one == other)


@pytest.mark.parametrize("stack", ["dev.1", "dev-1", "dev_1", "DEV-1"])
def test_stacks_whose_names_look_alike_in_azure_share_no_name(stack: str) -> None:
    assert Names(TENANT, "keyless", stack, "caller").site != Names(TENANT, "keyless", "dev1", "caller").site


def test_a_tenants_id_is_the_same_in_whatever_case() -> None:
    assert Names(TENANT.upper(), "keyless", "dev", "caller").site == Names(TENANT, "keyless", "dev", "caller").site


@given(st.from_regex(r"[a-z][a-z0-9-]{0,38}[a-z0-9]", fullmatch=True), pulumi_names)
def test_a_registration_is_named_after_api_and_stack(api: str, stack: str) -> None:
    assert application(api, stack) == f"{api}-{stack}"
    assert len(application(api, stack)) <= 256


@pytest.mark.parametrize("name", ["things", "a1", "my-things", "a" * 40])
def test_an_api_may_have_a_short_plain_name(name: str) -> None:
    assert refusal_of_api_name(name) is None


@pytest.mark.parametrize("name", ["", "a", "1a", "-a", "a-", "Things", "my things", "a" * 41, "own", "dinge\n"])
def test_any_other_name_is_refused(name: str) -> None:
    assert refusal_of_api_name(name) is not None


@given(st.text())
def test_a_suggested_api_name_would_be_accepted(name: str) -> None:
    refused = refusal_of_api_name(name)
    if refused is not None and refused.instead is not None:
        assert refusal_of_api_name(refused.instead) is None


@given(st.text())
def test_a_slug_holds_small_letters_digits_and_dashes_only(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]*", slug(text))
