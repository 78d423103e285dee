"""App roles: their ids, and the values that Microsoft Graph takes."""

import string
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.app_role import refusal_of_value, role_id

GRAPH_ALLOWS = string.ascii_letters + string.digits + ":!#$%&'()*+,-./;<=>?@[]^_`{|}~"


def test_the_id_of_a_role_never_changes() -> None:
    # Changing this value would replace every assignment of every role that was ever granted.
    assert role_id("things", "Things.Read.All") == "6de7d98b-ef9d-5c6e-bbca-cea3c9ab0be1"


@given(st.text(), st.text())
def test_the_id_of_a_role_is_a_name_based_uuid(api: str, value: str) -> None:
    assert uuid.UUID(role_id(api, value)).version == 5
    assert role_id(api, value) == role_id(api, value)


api_names = st.from_regex(r"[a-z][a-z0-9-]{1,10}", fullmatch=True)


@given(*[st.tuples(api_names, st.text(GRAPH_ALLOWS, min_size=1, max_size=20)) for _ in range(2)])
def test_different_roles_have_different_ids(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (role_id(*one) == role_id(*other)) == (one == other)


@given(st.text(GRAPH_ALLOWS, min_size=1, max_size=120).filter(lambda value: not value.startswith(".")))
def test_whatever_graph_allows_is_a_role_value(value: str) -> None:
    assert refusal_of_value(value) is None


@given(st.text())
def test_nothing_else_is_a_role_value(value: str) -> None:
    allowed = 1 <= len(value) <= 120 and set(value) <= set(GRAPH_ALLOWS) and not value.startswith(".")
    assert (refusal_of_value(value) is None) == allowed


@given(st.text(max_size=200))
def test_a_suggested_value_is_one_that_graph_takes(value: str) -> None:
    refused = refusal_of_value(value)
    if refused is not None and refused.instead is not None:
        assert refusal_of_value(refused.instead) is None


@pytest.mark.parametrize(("typed", "meant"), [("Read all", "Read.all"), ("..Read", "Read"), ('"Read"', "Read")])
def test_a_value_near_the_typed_one_is_suggested(typed: str, meant: str) -> None:
    refused = refusal_of_value(typed)
    assert refused is not None
    assert refused.instead == meant
