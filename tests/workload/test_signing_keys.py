"""Keys kept, renewed and rotated, and a key server that is slow or down."""

import asyncio

import httpx
import pytest

from tests.workload.conftest import settings_v1, settings_v2
from tests.workload.issuer import ISSUER_V1, TENANT, Issuer, Key
from tests.workload.key_story import Clock, renewed, with_keys
from tests.workload.server import served
from workload.api import keys as module
from workload.api.keys import SigningKeys
from workload.api.refusals import InvalidToken, KeysUnavailable
from workload.api.service import service

DISCOVERY = f"/{TENANT}/v2.0/.well-known/openid-configuration"
KEY_SET = f"/{TENANT}/discovery/v2.0/keys"


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
