"""Property values on the wire and in plain Python: unknowns and secrets at any depth."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import rpc

from rehearsal.providers.values import (
    UNKNOWN,
    UNKNOWN_MARKERS,
    UNKNOWN_STRING,
    decode_map,
    encode,
    encode_map,
    is_known,
    plain,
    plain_map,
    property_map,
    property_value,
)

ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text()
    | st.just(UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text().filter(lambda key: key != rpc._special_sig_key), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text().filter(lambda key: key != rpc._special_sig_key), ANYTHING, max_size=5))
def test_what_goes_out_comes_back(values: dict[str, Any]) -> None:
    wire = encode_map(property_map(values))
    again = struct_pb2.Struct.FromString(wire.SerializeToString())
    assert plain_map(decode_map(again)) == values


@given(ANYTHING)
def test_only_a_value_without_unknowns_is_known(value: Any) -> None:
    marked = encode(property_value(value)).SerializeToString()
    assert is_known(value) == (UNKNOWN_STRING.encode() not in marked)


@pytest.mark.parametrize("marker", sorted(UNKNOWN_MARKERS))
def test_every_marker_of_an_unknown_is_one(marker: str) -> None:
    wire = struct_pb2.Struct()
    wire.update({"nested": [{"value": marker}]})
    assert plain_map(decode_map(wire)) == {"nested": [{"value": UNKNOWN}]}


def test_secrets_lose_their_mark_on_the_way_in_and_keep_it_on_the_way_out() -> None:
    wire = struct_pb2.Struct()
    wire.update({"password": {rpc._special_sig_key: rpc._special_secret_sig, "value": {"text": "hush"}}})
    decoded = decode_map(wire)
    assert decoded["password"].is_secret
    assert plain_map(decoded) == {"password": {"text": "hush"}}
    assert encode_map(decoded) == wire


def test_an_output_without_a_value_is_unknown() -> None:
    wire = struct_pb2.Struct()
    signature = {rpc._special_sig_key: rpc._special_output_value_sig}
    wire.update({"pending": signature, "secret": {**signature, "secret": True, "value": "hush"}})
    decoded = decode_map(wire)
    assert plain_map(decoded) == {"pending": UNKNOWN, "secret": "hush"}
    assert decoded["secret"].is_secret


def test_whole_numbers_are_integers_as_json_wants_them() -> None:
    assert [repr(plain(PropertyValue(number))) for number in (2.0, 2.5, -0.0)] == ["2", "2.5", "0"]


def test_an_asset_is_refused() -> None:
    with pytest.raises(ValueError, match="a property of type StringAsset is not accepted here"):
        plain(PropertyValue(pulumi.StringAsset("content")))


def test_there_is_one_unknown() -> None:
    assert repr(UNKNOWN) == "UNKNOWN"
    assert type(UNKNOWN)() is UNKNOWN
