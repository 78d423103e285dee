"""Tokens that hypothesis makes up: mutations of a good one, and anything at all in claims that the issuer signed."""

from typing import Any

import httpx
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.workload.issuer import Issuer, claims_v2

# What a header value may hold on the wire (RFC 9110, section 5.5), without blanks at its ends, which parsers remove.
VISIBLE = st.integers(0x21, 0x7E) | st.integers(0x80, 0xFF)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
TEXTS = st.sampled_from(["Things.Read.All", "app", "1.0", "2.0", "https://sts.windows.net/"]) | st.text()

many = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def is_harmless(name: str, value: Any) -> bool:
    """Whether a good token with this claim instead of its own is still one."""
    good = claims_v2()
    if type(value) is not type(good[name]):
        return False
    match name:
        case "iat" | "nbf":
            return bool(value <= good[name])
        case "exp":
            return bool(value >= good[name])
        case "azp":
            return True
        case _:
            return bool(value == good[name])


def status(api: httpx.Client, token: bytes) -> int:
    return api.get("/things", headers=[(b"Authorization", b"Bearer " + token)]).status_code


@many
@given(data=st.data())
def test_a_token_changed_anywhere_is_refused(api: httpx.Client, issuer: Issuer, data: st.DataObject) -> None:
    good = issuer.token().encode()
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 3)))
    changed = good[:start] + bytes(data.draw(st.lists(VISIBLE, max_size=3))) + good[end:]
    assert status(api, changed) == (200 if changed == good else 401)


@many
@given(data=st.data())
def test_segments_in_another_order_are_refused(api: httpx.Client, issuer: Issuer, data: st.DataObject) -> None:
    good = issuer.token().encode()
    segments = data.draw(st.lists(st.sampled_from([*good.split(b"."), b""]), min_size=1, max_size=6))
    shuffled = b".".join(segments)
    assume(shuffled)
    assert status(api, shuffled) == (200 if shuffled == good else 401)


@many
@given(
    header=st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "x5t", "crit", "b64", "jku"]) | st.text(), JSON | TEXTS
    )
)
def test_whatever_a_header_says_the_answer_is_a_refusal(
    api: httpx.Client, issuer: Issuer, header: dict[str, Any]
) -> None:
    assert status(api, issuer.keys[0].sign(header, claims_v2()).encode()) == 401


@many
@given(
    name=st.sampled_from(["aud", "exp", "iat", "iss", "nbf", "oid", "sub", "tid", "ver", "azp", "roles"]),
    value=JSON | TEXTS,
)
def test_whatever_one_claim_says_no_other_principal_time_or_api_gets_in(
    api: httpx.Client, issuer: Issuer, name: str, value: Any
) -> None:
    answered = status(api, issuer.token(**{name: value}).encode())
    if is_harmless(name, value):
        assert answered == 200
    elif name in ("roles", "oid", "sub"):
        assert answered in (401, 403)
    else:
        assert answered == 401


@many
@given(roles=st.lists(st.text() | st.sampled_from(["Things.Read.All", "things.read.all", "Things.Read"])))
def test_only_the_very_role_opens_the_door(api: httpx.Client, issuer: Issuer, roles: list[str]) -> None:
    assert status(api, issuer.token(roles=roles).encode()) == (200 if "Things.Read.All" in roles else 403)
