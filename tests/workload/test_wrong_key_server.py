"""A key server that answers what no issuer of ours would."""

import json
import logging
from typing import Any

import pytest
import trustme

from tests.workload.conftest import settings_v2
from tests.workload.issuer import ISSUER_V1, ISSUER_V2, TENANT, Issuer, Key
from tests.workload.key_story import Clock, renewed, with_keys
from tests.workload.scripted_api import ScriptedApi
from workload.api.keys import SigningKeys
from workload.api.refusals import InvalidToken, KeysUnavailable

DISCOVERY = f"/{TENANT}/v2.0/.well-known/openid-configuration"
KEY_SET = f"/{TENANT}/discovery/v2.0/keys"


def as_json(content: Any) -> tuple[int, bytes]:
    return 200, json.dumps(content).encode()


SMALL = Key("key-in-use", bits=1024)
PRIVATE = Key("key-in-use")
NUMBERS = PRIVATE.private.private_numbers()
WRONG: dict[str, tuple[str, tuple[int, bytes]]] = {
    "discovery answers 500": (DISCOVERY, (500, b"{}")),
    "discovery answers 404": (DISCOVERY, (404, b"{}")),
    "discovery answers a redirect": (DISCOVERY, (302, b"")),
    "discovery answers HTML": (DISCOVERY, (200, b"<html>Sign in to the hotel's network</html>")),
    "discovery answers nothing": (DISCOVERY, (200, b"")),
    "discovery answers a list": (DISCOVERY, as_json([])),
    "discovery answers null": (DISCOVERY, as_json(None)),
    "keys answer 503": (KEY_SET, (503, b"")),
    "keys are no JSON": (KEY_SET, (200, b"\xff\xfe")),
    "keys are a list": (KEY_SET, as_json([{"kid": "key-in-use"}])),
    "keys are missing": (KEY_SET, as_json({})),
    "keys are none": (KEY_SET, as_json({"keys": []})),
    "keys are an object": (KEY_SET, as_json({"keys": {"key-in-use": {}}})),
    "keys are not objects": (KEY_SET, as_json({"keys": ["key-in-use", 1, None]})),
    "the key is too small": (KEY_SET, as_json({"keys": [SMALL.entry()]})),
    "the key is for encryption": (KEY_SET, as_json({"keys": [PRIVATE.entry(use="enc")]})),
    "the key is for another algorithm": (KEY_SET, as_json({"keys": [PRIVATE.entry(alg="RS512")]})),
    "the key is a secret": (KEY_SET, as_json({"keys": [{"kty": "oct", "kid": "key-in-use", "k": "c2VjcmV0"}]})),
    "the key has no id": (KEY_SET, as_json({"keys": [PRIVATE.entry(kid=...)]})),
    "the key's id is a number": (KEY_SET, as_json({"keys": [PRIVATE.entry(kid=1)]})),
    "the key has no modulus": (KEY_SET, as_json({"keys": [PRIVATE.entry(n=...)]})),
    "the key's modulus is a number": (KEY_SET, as_json({"keys": [PRIVATE.entry(n=1)]})),
    "the key's modulus is no base64": (KEY_SET, as_json({"keys": [PRIVATE.entry(n="?")]})),
    "the key's exponent is even": (KEY_SET, as_json({"keys": [PRIVATE.entry(e="Ag")]})),
}


@pytest.mark.parametrize(("path", "answer"), [pytest.param(*case, id=name) for name, case in WRONG.items()])
def test_a_wrong_key_server_neither_opens_the_door_nor_takes_the_keys_held(
    own_issuer: Issuer, caplog: pytest.LogCaptureFixture, path: str, answer: tuple[int, bytes]
) -> None:
    async def story(keys: SigningKeys, clock: Clock) -> None:
        own_issuer.answers[path] = answer
        with pytest.raises(KeysUnavailable):
            await keys.key("key-in-use")
        own_issuer.answers.clear()
        clock.now += 5
        held = await keys.key("key-in-use")
        own_issuer.answers[path] = answer
        clock.now += 3601
        await keys.key("key-in-use")
        await renewed(keys)
        assert await keys.key("key-in-use") is held

    caplog.set_level(logging.ERROR)
    with_keys(settings_v2(own_issuer), story)
    assert [record.message.split(": ")[0] for record in caplog.records] == [
        f"No keys from {own_issuer.authority}{DISCOVERY}"
    ] * 2


def test_one_bad_entry_among_the_keys_does_not_spoil_the_others(own_issuer: Issuer) -> None:
    async def story(keys: SigningKeys, _: Clock) -> None:
        entries = [None, SMALL.entry(kid="small"), own_issuer.keys[0].entry(), PRIVATE.entry(kid="x", use="enc")]
        own_issuer.answers[KEY_SET] = as_json({"keys": entries})
        assert await keys.key("key-in-use")
        with pytest.raises(InvalidToken):
            await keys.key("small")

    with_keys(settings_v2(own_issuer), story)


def refuses(own_issuer: Issuer, document: dict[str, Any]) -> None:
    """No key is had by way of this discovery document."""

    async def story(keys: SigningKeys, _: Clock) -> None:
        own_issuer.answers[DISCOVERY] = as_json(document)
        with pytest.raises(KeysUnavailable):
            await keys.key("key-in-use")

    with_keys(settings_v2(own_issuer), story)


@pytest.mark.parametrize("issuer", [ISSUER_V1, f"{ISSUER_V2}/", ISSUER_V2.replace(TENANT, "{tenantid}"), "", None])
def test_good_keys_of_another_issuer_are_not_taken(own_issuer: Issuer, issuer: str | None) -> None:
    refuses(own_issuer, {"issuer": issuer, "jwks_uri": f"{own_issuer.authority}{KEY_SET}"})
    assert own_issuer.fetches == 0


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://x/keys", "//x/keys", "", None, 1])
def test_keys_are_fetched_over_https_only(own_issuer: Issuer, location: object) -> None:
    refuses(own_issuer, {"issuer": ISSUER_V2, "jwks_uri": location})


def test_good_keys_in_clear_are_not_taken(own_issuer: Issuer) -> None:
    in_clear = ScriptedApi((200, {}, as_json({"keys": [key.entry() for key in own_issuer.keys]})[1]))
    try:
        refuses(own_issuer, {"issuer": ISSUER_V2, "jwks_uri": f"{in_clear.url}/keys"})
    finally:
        in_clear.close()
    assert in_clear.requests == []


def test_a_key_server_with_a_certificate_nobody_vouches_for_is_not_believed() -> None:
    impostor = Issuer(trustme.CA())

    async def story(keys: SigningKeys, _: Clock) -> None:
        with pytest.raises(KeysUnavailable):
            await keys.key("key-in-use")
        assert impostor.requests == []

    try:
        with_keys(settings_v2(impostor), story)
    finally:
        impostor.stop()
