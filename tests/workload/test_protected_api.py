"""Calls of the API: what is repeated, when, and what each answer is taken to mean."""

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Self

import pytest
from azure.core.credentials import AccessTokenInfo

import protected_api
from access_tokens import AccessTokens
from app_settings import AppSettings
from call_failures import (
    CallFailedError,
    RoleMissingError,
    TokenRefusedError,
    UnavailableError,
    UnexpectedAnswerError,
)
from protected_api import Answer, ProtectedApi, pooled_client
from tests.workload.scripted_api import Reply, ScriptedApi

SCOPE = "api://things/.default"
GOOD: Reply = (200, {"Content-Type": "application/json"}, b'{"things": []}')


class OneToken:
    """A credential with one token for ever; the ways of real ones are in test_access_tokens."""

    def get_token_info(self, *_: str, **__: Any) -> AccessTokenInfo:
        return AccessTokenInfo("secret", 4_102_444_800)

    def close(self) -> None:
        """Nothing to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the caller would have waited."""
    waited: list[float] = []
    pause = asyncio.sleep

    async def note(seconds: float) -> None:
        if threading.current_thread() is threading.main_thread():
            waited.append(seconds)
            seconds = 0
        await pause(seconds)  # a server in another thread sleeps as it always does

    monkeypatch.setattr(asyncio, "sleep", note)
    monkeypatch.setattr(random, "uniform", lambda *_: 1.0)
    return waited


@pytest.fixture
def script() -> Iterator[Callable[..., ScriptedApi]]:
    """Make an API of replies."""
    apis: list[ScriptedApi] = []

    def make(*replies: Reply | None) -> ScriptedApi:
        apis.append(ScriptedApi(*replies))
        return apis[-1]

    yield make
    for api in apis:
        api.close()


def called(url: str, method: str = "GET", content: Any = None) -> Answer:
    """The answer to one call of `/things`, by a process that makes just this one."""

    async def run() -> Answer:
        async with pooled_client() as client:
            api = ProtectedApi(AppSettings(url, SCOPE), AccessTokens(OneToken()), client)
            return await api.call(method, "/things", content)

    return asyncio.run(run())


def reply(status: int, body: bytes = b"{}", **headers: str) -> Reply:
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, body


def test_an_answer_is_its_status_and_json(script: Callable[..., ScriptedApi], waits: list[float]) -> None:
    api = script(GOOD)
    assert called(api.url) == Answer(200, {"things": []})
    assert api.requests == [("GET", "/things", b"")]
    assert api.authorizations == ["Bearer secret"]


def test_content_is_sent_as_json(script: Callable[..., ScriptedApi]) -> None:
    api = script(reply(201, b'{"id": "1"}'))
    assert called(api.url, "POST", {"name": "x"}) == Answer(201, {"id": "1"})
    assert api.requests == [("POST", "/things", b'{"name":"x"}')]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_passes_is_tried_three_times_at_growing_intervals(
    script: Callable[..., ScriptedApi], waits: list[float], status: int
) -> None:
    api = script(reply(status), reply(status), GOOD)
    assert called(api.url).status == 200
    assert waits == [0.5, 1.0]


def test_what_does_not_pass_is_given_up_after_three_attempts(
    script: Callable[..., ScriptedApi], waits: list[float]
) -> None:
    api = script(reply(503, Retry_After="3"))
    with pytest.raises(UnavailableError) as failure:
        called(api.url)
    assert len(api.requests) == 3
    assert waits == [3, 3]
    assert (failure.value.retry_after, failure.value.status) == (3, 503)
    assert str(failure.value) == f"The API is not available at the moment. GET {api.url}/things: 503."


def in_seconds(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [
        ("0", 0),
        ("7", 7),
        (" 7 ", 7),
        ("10", 10),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Sun, 06 Nov 1994 08:49:37", 0),
        ("soon", 0.5),
        ("-1", 0.5),
        ("1.5", 0.5),
        ("", 0.5),
    ],
)
def test_the_api_says_how_long_to_wait(
    script: Callable[..., ScriptedApi], waits: list[float], retry_after: str, expected: float
) -> None:
    assert called(script(reply(429, Retry_After=retry_after), GOOD).url).status == 200
    assert waits == [expected]


def test_the_api_may_give_a_date_to_wait_for(script: Callable[..., ScriptedApi], waits: list[float]) -> None:
    assert called(script(reply(503, Retry_After=in_seconds(6)), GOOD).url).status == 200
    assert 4 <= waits[0] <= 6


@pytest.mark.parametrize("retry_after", ["11", "86400", "999999999", "Tue, 31 Dec 2999 23:59:59 GMT"])
def test_an_api_that_asks_for_long_is_reported_instead_of_waited_for(
    script: Callable[..., ScriptedApi], waits: list[float], retry_after: str
) -> None:
    api = script(reply(429, Retry_After=retry_after))
    with pytest.raises(UnavailableError) as failure:
        called(api.url)
    assert len(api.requests) == 1
    assert waits == []
    assert failure.value.retry_after is not None
    assert failure.value.retry_after > 10


@pytest.mark.parametrize(("method", "attempts"), [("GET", 3), ("POST", 1)])
@pytest.mark.parametrize("lost", [None, reply(502), reply(504)], ids=["connection lost", "502", "504"])
def test_what_may_have_been_done_is_repeated_only_if_that_is_harmless(
    script: Callable[..., ScriptedApi], waits: list[float], method: str, attempts: int, lost: Reply | None
) -> None:
    api = script(lost)
    with pytest.raises(UnavailableError):
        called(api.url, method)
    assert len(api.requests) == attempts


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_was_certainly_not_done_is_repeated(
    script: Callable[..., ScriptedApi], waits: list[float], method: str
) -> None:
    assert called(script(reply(503), reply(429), GOOD).url, method).status == 200
    with pytest.raises(UnavailableError, match="ConnectError"):
        called("http://127.0.0.1:1", method)
    assert len(waits) == 4


def test_an_api_that_never_answers_is_given_up(
    script: Callable[..., ScriptedApi], waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protected_api, "ATTEMPT_TIMEOUT", 0.05)
    listening = script(GOOD)
    listening._lock.acquire()
    with pytest.raises(UnavailableError, match="Timeout"):
        called(listening.url)
    listening._lock.release()
    assert len(waits) == 2


def test_401_means_that_api_and_app_are_not_of_one_stack(script: Callable[..., ScriptedApi]) -> None:
    api = script(reply(401, WWW_Authenticate='Bearer error="invalid_token"'))
    with pytest.raises(TokenRefusedError) as failure:
        called(api.url)
    assert len(api.requests) == 1
    assert str(failure.value) == (
        "The API does not accept the tokens of this app. API_AUDIENCE, API_ISSUER and API_TENANT_ID of the API and "
        f"API_SCOPE of this app must be outputs of the same stack. GET {api.url}/things answered 401 to a token for "
        f"{SCOPE}."
    )


@pytest.mark.parametrize(
    ("challenge", "said"),
    [
        ('Bearer realm="x", error="insufficient_scope", scope="Things.Write.All"', "role Things.Write.All"),
        ('Bearer scope="Things.Read.All Things.Write.All"', "role Things.Read.All or Things.Write.All"),
        ('Bearer error="insufficient_scope"', "role that the API demands"),
        ('Bearer scope="<script>"', "role that the API demands"),
        ('Bearer scope=""', "role that the API demands"),
        ("", "role that the API demands"),
    ],
)
def test_403_means_a_missing_role_and_says_which_and_what_to_do(
    script: Callable[..., ScriptedApi], challenge: str, said: str
) -> None:
    with pytest.raises(RoleMissingError) as failure:
        called(script(reply(403, WWW_Authenticate=challenge)).url)
    assert failure.value.detail == (
        f"The identity of this app has no {said}; grant it under keyless:grants in Pulumi.<stack>.yaml and run `pulumi "
        "up`. The platform caches tokens for about a day, so one from before the grant may be in use."
    )


@pytest.mark.parametrize("status", [400, 404, 405, 410, 500, 501])
def test_any_other_status_is_no_answer_to_this_call(script: Callable[..., ScriptedApi], status: int) -> None:
    api = script(reply(status))
    with pytest.raises(UnexpectedAnswerError) as failure:
        called(api.url)
    assert len(api.requests) == 1
    assert failure.value.api_status == status


@pytest.mark.parametrize("body", [b"", b"<html>Welcome</html>", b"\xff\xfe", b'{"things": ', b"[" * 100_000])
def test_a_success_without_json_is_no_answer_to_this_call(script: Callable[..., ScriptedApi], body: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError, match="answered 200, which has no JSON"):
        called(script(reply(200, body)).url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_token_does_not_follow_a_redirect(script: Callable[..., ScriptedApi], status: int) -> None:
    elsewhere = script(GOOD)
    api = script(reply(status, Location=f"{elsewhere.url}/things"))
    with pytest.raises(UnexpectedAnswerError):
        called(api.url)
    assert elsewhere.requests == []


def test_every_failure_has_a_kind_and_a_status_of_its_own_place() -> None:
    def descendants(kind: type[CallFailedError]) -> Iterator[type[CallFailedError]]:
        for each in kind.__subclasses__():
            yield each
            yield from descendants(each)

    failures = list(descendants(CallFailedError))
    assert len({failure.kind for failure in failures}) == len(failures) == 8
    assert {failure.status for failure in failures} == {500, 502, 503}
