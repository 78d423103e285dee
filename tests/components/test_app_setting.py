"""Names of app settings: what a person may set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.app_setting import REFUSED_BY_FLEX_CONSUMPTION, refusal_of_name


@pytest.mark.parametrize("name", ["GREETING", "API_URL", "Logging__Level", "a.b", "_x", "WEBSITE_OTHER"])
def test_a_setting_of_the_codes_own_may_be_set(name: str) -> None:
    assert refusal_of_name(name) is None


@pytest.mark.parametrize("name", sorted(REFUSED_BY_FLEX_CONSUMPTION))
@pytest.mark.parametrize("spell", [str, str.lower])
def test_what_flex_consumption_refuses_is_refused_in_whatever_case(name: str, spell: type[str]) -> None:
    refused = refusal_of_name(spell(name))
    assert refused is not None
    assert REFUSED_BY_FLEX_CONSUMPTION[name] in refused.problem


@pytest.mark.parametrize(
    "name",
    [
        "API_SCOPE",
        "AzureWebJobsStorage",
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__clientId",
        "IDENTITY_ENDPOINT",
        "IDENTITY_HEADER",
    ],
)
def test_what_the_program_or_the_platform_sets_is_refused(name: str) -> None:
    assert refusal_of_name(name) is not None


@given(st.text())
def test_a_suggested_name_is_a_name(name: str) -> None:
    refused = refusal_of_name(name)
    if refused is not None and refused.instead is not None:
        again = refusal_of_name(refused.instead)
        assert again is None or "cannot be set" in again.problem
