"""Keys through rotation, and a key server that is slow, down or wrong. Time is virtual; the key server is not."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
import trustme

from tests.workload.conftest import settings_v1, settings_v2
from tests.workload.issuer import ISSUER_V1, ISSUER_V2, TENANT, Issuer, Key
from tests.workload.scripted_api import ScriptedApi
from tests.workload.server import served
from workload.api import keys as module
from workload.api.keys import SigningKeys
from workload.api.refusals import InvalidToken, KeysUnavailable
from workload.api.service import service
from workload.api.settings import Settings

DISCOVERY = f"/{TENANT}/v2.0/.well-known/openid-configuration"
KEY_SET = f"/{TENANT}/discovery/v2.0/keys"


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def with_keys(
    settings: Settings, story: Callable[[SigningKeys, Clock], Awaitable[None]], *, verify: bool = True
) -> None:
    """Run a story about the keys of one process."""

    async def run() -> None:
        clock = Clock()
        async with httpx.AsyncClient(verify=verify) as client:
            keys = SigningKeys(settings, client, clock)
            try:
                await story(keys, clock)
            finally:
                await keys.close()

    asyncio.run(run())


async def renewed(keys: SigningKeys) -> None:
    """Until the fetch in the background, if any, is over."""
    while keys._fetch:
        await asyncio.wait([keys._fetch])


def test_keys_are_fetched_once_and_kept(own_issuer: Issuer) -> None:
    async def story(keys: SigningKeys, clock: Clock) -> None:
        for _ in range(1000):
            assert (await keys.key("key-in-use")).key_id == "key-in-use"
        assert own_issuer.requests == [DISCOVERY, KEY_SET]

    with_keys(settings_v2(own_issuer), story)


def test_an_api_for_v1_tokens_reads_the_v1_document(own_issuer: Issuer) -> None:
    async def story(keys: SigningKeys, _: Clock) -> None:
        await keys.key("key-in-use")
        assert own_issuer.requests == [f"/{TENANT}/.well-known/openid-configuration", "/common/discovery/keys"]

    assert settings_v1(own_issuer).issuer == ISSUER_V1
    with_keys(settings_v1(own_issuer), story)


@pytest.mark.parametrize("warm", [False, True], ids=["at the start", "with keys held"])
def test_a_hundred_concurrent_requests_on_an_unknown_key_cause_one_fetch(own_issuer: Issuer, warm: bool) -> None:
    async def story(keys: SigningKeys, _: Clock) -> None:
        if warm:
            await keys.key("key-in-use")
        before = own_issuer.fetches
        new = Key("key-new")
        own_issuer.keys.insert(0, new)
        found = await asyncio.gather(*(keys.key("key-new") for _ in range(100)))
        assert {key.key_id for key in found} == {"key-new"}
        assert own_issuer.fetches == before + 1

    with_keys(settings_v2(own_issuer), story)


def test_made_up_key_ids_cause_one_fetch_a_minute(own_issuer: Issuer) -> None:
    async def story(keys: SigningKeys, clock: Clock) -> None:
        await keys.key("key-in-use")
        for minute in range(1, 4):
            for number in range(50):
                clock.now += 1
                with pytest.raises(InvalidToken, match="unknown key id"):
                    await keys.key(f"made-up-{minute}-{number}")
            clock.now += 10
        assert own_issuer.fetches == 1 + 3

    with_keys(settings_v2(own_issuer), story)


def test_rotation_with_overlap_is_not_noticed(own_issuer: Issuer) -> None:
    async def story(keys: SigningKeys, _: Clock) -> None:
        await keys.key("key-in-use")
        own_issuer.keys.insert(0, Key("key-new"))
        assert (await keys.key("key-new")).key_id == "key-new"
        assert (await keys.key("key-in-use")).key_id == "key-in-use"
        assert own_issuer.fetches == 2

    with_keys(settings_v2(own_issuer), story)


def test_rotation_without_overlap_ends_the_old_key_with_the_first_token_of_the_new_one(own_issuer: Issuer) -> None:
    async def story(keys: SigningKeys, _: Clock) -> None:
        await keys.key("key-in-use")
        own_issuer.keys[:] = [Key("key-new")]
        assert (await keys.key("key-in-use")).key_id == "key-in-use", "nothing has said so yet"
        assert (await keys.key("key-new")).key_id == "key-new"
        with pytest.raises(InvalidToken, match="unknown key id"):
            await keys.key("key-in-use")

    with_keys(settings_v2(own_issuer), story)


def test_a_key_that_was_withdrawn_is_forgotten_within_the_hour(own_issuer: Issuer) -> None:
    async def story(keys: SigningKeys, clock: Clock) -> None:
        await keys.key("key-to-come")
        del own_issuer.keys[1]
        clock.now += 3601
        assert await keys.key("key-to-come"), "the renewal is in the background; nobody waits for it"
        await renewed(keys)
        with pytest.raises(InvalidToken, match="unknown key id"):
            await keys.key("key-to-come")

    with_keys(settings_v2(own_issuer), story)


def test_a_new_key_under_an_old_id_is_taken_over(own_issuer: Issuer) -> None:
    async def story(keys: SigningKeys, clock: Clock) -> None:
        old = await keys.key("key-in-use")
        own_issuer.keys[0] = Key("key-in-use")
        clock.now += 3601
        await keys.key("key-in-use")
        await renewed(keys)
        new = await keys.key("key-in-use")
        assert new.key.public_numbers() != old.key.public_numbers()

    with_keys(settings_v2(own_issuer), story)


def test_while_the_key_server_is_slow_known_keys_are_given_at_once(own_issuer: Issuer) -> None:
    async def story(keys: SigningKeys, clock: Clock) -> None:
        await keys.key("key-in-use")
        own_issuer.held.clear()
        clock.now += 3601
        for _ in range(100):
            assert await keys.key("key-in-use")
        waiting = asyncio.gather(*(keys.key("key-new") for _ in range(100)))
        await asyncio.to_thread(own_issuer.wait_for_requests, 3)
        own_issuer.keys.append(Key("key-new"))
        own_issuer.held.set()
        assert len(await waiting) == 100
        assert own_issuer.fetches == 2

    with_keys(settings_v2(own_issuer), story)


def test_a_key_server_that_never_answers_is_given_up(own_issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FETCH_TIMEOUT", 0.05)

    async def story(keys: SigningKeys, _: Clock) -> None:
        own_issuer.held.clear()
        with pytest.raises(KeysUnavailable):
            await keys.key("key-in-use")

    with_keys(settings_v2(own_issuer), story)


def test_a_request_that_goes_away_does_not_end_the_fetch_for_the_others(own_issuer: Issuer) -> None:
    async def story(keys: SigningKeys, _: Clock) -> None:
        own_issuer.held.clear()
        requests = [asyncio.create_task(keys.key("key-in-use")) for _ in range(3)]
        await asyncio.to_thread(own_issuer.wait_for_requests, 1)
        requests[0].cancel()
        own_issuer.held.set()
        assert [(await request).key_id for request in requests[1:]] == ["key-in-use"] * 2
        assert requests[0].cancelled()
        assert own_issuer.fetches == 1

    with_keys(settings_v2(own_issuer), story)


def test_while_the_key_server_is_down_the_keys_held_stay_in_use(
    own_issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(keys: SigningKeys, clock: Clock) -> None:
        await keys.key("key-in-use")
        await asyncio.to_thread(own_issuer.stop)
        for _ in range(24):
            clock.now += 3601
            assert await keys.key("key-in-use")
            await renewed(keys)
        assert "The 2 keys held stay in use." in caplog.text
        with pytest.raises(KeysUnavailable) as unavailable:
            await keys.key("key-new")
        assert unavailable.value.headers == {"Retry-After": "60"}
        own_issuer.keys.append(Key("key-new"))
        own_issuer.start()
        clock.now += 60
        assert (await keys.key("key-new")).key_id == "key-new"

    with_keys(settings_v2(own_issuer), story)


def test_an_api_that_starts_while_the_key_server_is_down_recovers_with_it(own_issuer: Issuer) -> None:
    async def story(keys: SigningKeys, clock: Clock) -> None:
        with pytest.raises(KeysUnavailable) as unavailable:
            await keys.key("key-in-use")
        assert unavailable.value.headers == {"Retry-After": "5"}
        own_issuer.start()
        with pytest.raises(KeysUnavailable):
            await keys.key("key-in-use")
        assert own_issuer.requests == [], "it is not asked again at once"
        clock.now += 5
        assert await keys.key("key-in-use")

    own_issuer.stop()
    with_keys(settings_v2(own_issuer), story)


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


def test_an_api_without_keys_says_when_to_come_back_and_then_serves(
    own_issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_WITHOUT_KEYS", 0.0)
    own_issuer.stop()
    headers = {"Authorization": f"Bearer {own_issuer.token()}"}
    with served(service(settings_v2(own_issuer))) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        answer = client.get("/things", headers=headers)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "WWW-Authenticate" not in answer.headers, "the caller's token is not at fault, as far as anybody knows"
        assert client.get("/health").status_code == 200
        own_issuer.start()
        assert client.get("/things", headers=headers).status_code == 200


def test_a_hundred_requests_with_the_token_of_a_new_key_cause_one_fetch(own_issuer: Issuer) -> None:
    async def all_at_once(url: str, token: str) -> list[int]:
        async with httpx.AsyncClient() as client:
            headers = {"Authorization": f"Bearer {token}"}
            answers = await asyncio.gather(*(client.get(url, headers=headers) for _ in range(100)))
        return [answer.status_code for answer in answers]

    with served(service(settings_v2(own_issuer))) as port:
        url = f"http://127.0.0.1:{port}/things"
        assert asyncio.run(all_at_once(url, own_issuer.token())) == [200] * 100
        own_issuer.keys.insert(0, Key("key-new"))
        assert asyncio.run(all_at_once(url, own_issuer.token())) == [200] * 100
    assert own_issuer.fetches == 2
