"""Regions that host Flex Consumption."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.region import FLEX_CONSUMPTION, canonical, refusal


@pytest.mark.parametrize("spelling", ["westeurope", "West Europe", "WESTEUROPE", " west europe "])
def test_the_portals_spelling_and_arms_are_the_same_region(spelling: str) -> None:
    assert canonical(spelling) == "westeurope"
    assert refusal(spelling) is None


@given(st.text())
def test_a_region_is_accepted_exactly_if_it_is_listed(name: str) -> None:
    assert (refusal(name) is None) == (canonical(name) in FLEX_CONSUMPTION)


@pytest.mark.parametrize(("typed", "meant"), [("westeurop", "westeurope"), ("eastus 3", "eastus"), ("xyz", None)])
def test_a_region_near_the_typed_one_is_suggested(typed: str, meant: str | None) -> None:
    refused = refusal(typed)
    assert refused is not None
    assert refused.instead == meant
