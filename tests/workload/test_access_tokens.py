"""Tokens kept, renewed and shared, by the real credential from a real identity endpoint, in virtual time."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import count

import pytest
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

from access_tokens import AccessTokens, process_credential
from call_failures import NotAssignedError, NoTokenError, UnknownApiError
from tests.workload.identity_endpoint import IdentityEndpoint

SCOPE = "api://things/.default"
HOUR = 3600


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let virtual time pass, for this code, MSAL and the identity endpoint alike."""
    passed = 0.0
    started = time.time()

    def let_pass(seconds: float) -> None:
        nonlocal passed
        passed += seconds

    monkeypatch.setattr(time, "time", lambda: started + passed)
    return let_pass


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityEndpoint]:
    """An identity endpoint whose tokens live an hour, and an environment as in App Service."""
    numbers = count(1)
    endpoint = IdentityEndpoint(lambda: f"secret-{next(numbers)}", life=HOUR)
    for name, value in endpoint.environment().items():
        monkeypatch.setenv(name, value)
    yield endpoint
    endpoint.close()


def with_tokens(story: Callable[[AccessTokens], Awaitable[object]]) -> None:
    """Run a story about the tokens of one process."""

    async def run() -> None:
        credential = process_credential()
        assert isinstance(credential, ManagedIdentityCredential)
        with credential:
            await story(AccessTokens(credential))

    asyncio.run(run())


async def renewed(tokens: AccessTokens) -> None:
    """Until no request is under way."""
    while tokens._requests:
        await asyncio.wait(tokens._requests.values())


def test_a_thousand_invocations_at_once_ask_once(endpoint: IdentityEndpoint) -> None:
    async def story(tokens: AccessTokens) -> None:
        endpoint.held.clear()
        waiting = [asyncio.create_task(tokens.token(SCOPE)) for _ in range(1000)]
        await asyncio.to_thread(endpoint.wait_for_requests, 1)
        endpoint.held.set()
        assert len({id(token) for token in await asyncio.gather(*waiting)}) == 1
        assert endpoint.resources == ["api://things"]

    with_tokens(story)


def test_each_scope_has_a_token_of_its_own(endpoint: IdentityEndpoint) -> None:
    async def story(tokens: AccessTokens) -> None:
        for _ in range(2):
            await asyncio.gather(*(tokens.token(f"api://{name}/.default") for name in "ab" for _ in range(10)))
        assert sorted(endpoint.resources) == ["api://a", "api://b"]

    with_tokens(story)


def test_through_three_hours_no_invocation_gets_a_token_that_is_about_to_expire(
    endpoint: IdentityEndpoint, clock: Callable[[float], None]
) -> None:
    async def story(tokens: AccessTokens) -> None:
        for _ in range(3 * HOUR // 10):
            token = await tokens.token(SCOPE)
            await renewed(tokens)
            left = token.expires_on - time.time()
            assert left > HOUR / 60, f"{left} s left at request {len(endpoint.resources)}"
            clock(10)
        assert len(endpoint.resources) == 4, "one at the start, and one shortly before each hour's end"

    with_tokens(story)


def test_a_process_that_slept_beyond_the_token_waits_for_a_new_one(
    endpoint: IdentityEndpoint, clock: Callable[[float], None]
) -> None:
    async def story(tokens: AccessTokens) -> None:
        first = await tokens.token(SCOPE)
        clock(HOUR - 20)
        second = await tokens.token(SCOPE)
        assert second.expires_on > first.expires_on
        assert len(endpoint.resources) == 2

    with_tokens(story)


def test_nobody_waits_for_a_renewal(endpoint: IdentityEndpoint, clock: Callable[[float], None]) -> None:
    async def story(tokens: AccessTokens) -> None:
        first = await tokens.token(SCOPE)
        endpoint.held.clear()
        clock(HOUR - 200)
        held = await asyncio.gather(*(tokens.token(SCOPE) for _ in range(1000)))
        assert {id(token) for token in held} == {id(first)}
        await asyncio.to_thread(endpoint.wait_for_requests, 2)
        endpoint.held.set()
        await renewed(tokens)
        assert await tokens.token(SCOPE) is not first
        assert len(endpoint.resources) == 2

    with_tokens(story)


def test_while_renewals_fail_the_token_is_used_and_the_endpoint_left_in_peace(
    endpoint: IdentityEndpoint, clock: Callable[[float], None], caplog: pytest.LogCaptureFixture
) -> None:
    async def story(tokens: AccessTokens) -> None:
        first = await tokens.token(SCOPE)
        clock(HOUR - 299)
        endpoint.refuse(400, "Not now.")
        for _ in range(26):
            assert await tokens.token(SCOPE) is first
            await renewed(tokens)
            clock(10)
        assert len(endpoint.resources) == 1 + 9, "every half minute"
        assert "The token held stays in use, because it could not be renewed." in caplog.text
        clock(10)
        with pytest.raises(NoTokenError):
            await tokens.token(SCOPE)
        endpoint.failure = None
        assert (await tokens.token(SCOPE)).expires_on > first.expires_on

    with_tokens(story)


def test_a_platform_that_gives_its_cached_token_again_is_not_asked_at_every_call(
    endpoint: IdentityEndpoint, clock: Callable[[float], None]
) -> None:
    async def story(tokens: AccessTokens) -> None:
        first = await tokens.token(SCOPE)
        clock(HOUR - 290)
        endpoint.life = 290
        for _ in range(20):
            assert (await tokens.token(SCOPE)).expires_on == first.expires_on
            await renewed(tokens)
            clock(1)
            endpoint.life -= 1
        assert len(endpoint.resources) == 2

    with_tokens(story)


def test_an_invocation_that_goes_away_does_not_end_the_request_for_the_others(endpoint: IdentityEndpoint) -> None:
    async def story(tokens: AccessTokens) -> None:
        endpoint.held.clear()
        waiting = [asyncio.create_task(tokens.token(SCOPE)) for _ in range(3)]
        await asyncio.to_thread(endpoint.wait_for_requests, 1)
        waiting[0].cancel()
        endpoint.held.set()
        assert await waiting[1] is await waiting[2]
        assert waiting[0].cancelled()
        assert len(endpoint.resources) == 1

    with_tokens(story)


def test_a_failure_is_told_to_all_who_wait_and_not_remembered(endpoint: IdentityEndpoint) -> None:
    async def story(tokens: AccessTokens) -> None:
        endpoint.refuse(400, "Not now.")
        outcomes = await asyncio.gather(*(tokens.token(SCOPE) for _ in range(100)), return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {NoTokenError}
        assert len(endpoint.resources) == 1
        endpoint.failure = None
        assert await tokens.token(SCOPE)

    with_tokens(story)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            "AADSTS501051: Application '5c5c'(caller) is not assigned to a role for the application 'api://things'.",
            NotAssignedError,
        ),
        (
            "AADSTS500011: The resource principal named api://things was not found in the tenant named contoso.",
            UnknownApiError,
        ),
        ("AADSTS50001: The application named api://things was not found in the tenant.", UnknownApiError),
        ("AADSTS90033: A transient error has occurred. Please try again.", NoTokenError),
        ("No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId.", NoTokenError),
    ],
)
def test_what_entra_refuses_is_said_as_what_it_means(
    endpoint: IdentityEndpoint, message: str, expected: type[NoTokenError]
) -> None:
    async def story(tokens: AccessTokens) -> None:
        endpoint.refuse(400, message)
        with pytest.raises(NoTokenError) as refused:
            await tokens.token(SCOPE)
        assert type(refused.value) is expected
        assert message in str(refused.value), "the log quotes it"
        assert SCOPE in str(refused.value)
        assert message not in refused.value.detail, "the answer does not"
        assert "keyless:grants" in refused.value.detail or "API_SCOPE" in refused.value.detail

    with_tokens(story)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b"{}",
        b'{"access_token": "secret-x"}',
        b'{"access_token": "secret-x", "expires',
        b"\xff",
    ],
)
def test_an_endpoint_that_answers_nonsense_gives_no_token_and_no_other_failure(
    endpoint: IdentityEndpoint, body: bytes
) -> None:
    async def story(tokens: AccessTokens) -> None:
        endpoint.failure = 200, body
        with pytest.raises(NoTokenError):
            await tokens.token(SCOPE)

    with_tokens(story)


def test_in_azure_the_identity_is_asked_even_if_someone_left_a_secret_in_the_settings(
    endpoint: IdentityEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID"):
        monkeypatch.setenv(name, "left-over")
    with_tokens(lambda tokens: tokens.token(SCOPE))
    assert endpoint.resources == ["api://things"]


def test_on_a_laptop_azure_identitys_chain_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IDENTITY_ENDPOINT", raising=False)
    credential = process_credential()
    assert isinstance(credential, DefaultAzureCredential)
    credential.close()


@pytest.mark.parametrize("library", ["azure.identity", "azure.core.pipeline", "msal", "httpx", "httpcore", "urllib3"])
def test_the_libraries_that_see_tokens_do_not_log_what_they_see(library: str) -> None:
    assert not logging.getLogger(f"{library}.some.module").isEnabledFor(logging.ERROR)


def test_a_token_in_what_a_library_says_of_its_failure_is_left_out() -> None:
    failure = NoTokenError.of(SCOPE, 'Cannot use {"token": "eyJ0eXAi.eyJhdWQi.c2ln", "type": "Bearer"}')
    assert str(failure).endswith('Cannot use {"token": "(a token)", "type": "Bearer"}')
