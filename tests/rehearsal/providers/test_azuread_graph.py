"""How the azuread provider talks to Microsoft Graph: what it repeats, what it waits for, what it says of refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.azuread.entitlements import APP_ROLES, disable_changed
from rehearsal.providers.azuread.graph import SEEN, Graph, GraphError, Identity, pause, quoted
from rehearsal.providers.credentials import Credential, TokenSource
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline, Http, Reply
from tests.rehearsal.providers.scripted import Answer, scripted

_T = TypeVar("_T")
NOT_FOUND = Answer(404, {"error": {"code": "Request_ResourceNotFound", "message": "Resource 'x' does not exist."}})
AT_ONCE = {"Retry-After": "0"}
IDENTITY = Identity("tenant", "client", "caller")


def asked(url: str, question: Callable[[Graph], Awaitable[_T]]) -> _T:
    """What a signed-in client of a Graph at that URL gets."""

    async def ask() -> _T:
        http = Http({}, "tests")
        try:
            token = TokenSource(http, url, Credential("tenant", "client", client_secret="secret"), url)
            return await question(Graph(http, url, token, IDENTITY))
        finally:
            await http.close()

    return asyncio.run(ask())


@pytest.mark.parametrize("status", [408, 424, 429, 500, 502, 503])
def test_a_busy_graph_is_asked_again_whatever_the_request(status: int) -> None:
    answers = [Answer(status, headers=AT_ONCE), Answer(status, headers=AT_ONCE), Answer(201, {"id": "made"})]
    with scripted(answers) as script:
        made = asked(script.url, lambda graph: graph.post("/applications", {"displayName": "it"}, Deadline(60)))
    assert made == {"id": "made"}
    assert script.asked == [("POST", "/v1.0/applications", {"displayName": "it"})] * 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 501])
def test_a_refusal_is_not_repeated(status: int) -> None:
    refusal = Answer(status, {"error": {"code": "Code", "message": "No."}}, AT_ONCE)
    with (
        scripted([refusal]) as script,
        pytest.raises(GraphError, match=rf"^unexpected status {status} \({status} .*\) with error: Code: No\.$"),
    ):
        asked(script.url, lambda graph: graph.get("/applications/x", Deadline(60)))
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Answer(403, "no JSON"), "unexpected status 403 (403 Forbidden) with response: no JSON"),
        (Answer(403), "unexpected status 403 (403 Forbidden) received with no body"),
        (Answer(403, {"error": {"message": "No."}}), "unexpected status 403 (403 Forbidden) with error: No."),
    ],
    ids=["text", "nothing", "no code"],
)
def test_any_refusal_is_put_in_words(answer: Answer, text: str) -> None:
    with scripted([answer]) as script, pytest.raises(GraphError) as refused:
        asked(script.url, lambda graph: graph.get("/me", Deadline(60)))
    assert str(refused.value) == text


@given(st.integers(0, 20), st.sampled_from([429, 500, 503]))
def test_the_waits_double_up_to_a_minute(repeated: int, status: int) -> None:
    waits = [1, 2, 4, 8, 16, 32, 61]
    assert pause(Reply(status, None, ""), repeated) == waits[min(repeated, 6)]
    assert pause(Reply(status, None, "", {"retry-after": "7"}), repeated) == 7
    assert pause(Reply(404, None, ""), repeated) is None
    assert pause(Reply(404, None, ""), repeated, lambda reply: reply.status == 404) is not None


def test_a_wait_beyond_the_time_limit_ends_with_the_last_answer() -> None:
    with scripted([Answer(503, "later", {"Retry-After": "100"})]) as script, pytest.raises(GraphError, match="later"):
        asked(script.url, lambda graph: graph.get("/me", Deadline(5)))
    assert len(script.asked) == 1


def test_pages_are_followed_to_the_last() -> None:
    pages = [
        Answer(200, {"value": [{"id": "1"}], "@odata.nextLink": "https://any/v1.0/owners?$skiptoken=2"}),
        Answer(200, {"value": [{"id": "2"}]}),
    ]
    with scripted(pages) as script:
        found = asked(script.url, lambda graph: graph.all("/owners", Deadline(60), filtered="id eq '1'"))
    assert [each["id"] for each in found] == ["1", "2"]
    assert [path for _, path, _ in script.asked] == [
        "/v1.0/owners?%24filter=id+eq+%271%27",
        "/v1.0/owners?$skiptoken=2",
    ]


def test_something_is_gone_when_it_was_not_found_five_times_in_a_row() -> None:
    # One replica has forgotten it, another still knows it.
    with scripted([NOT_FOUND, Answer(200, {"id": "x"}), *[NOT_FOUND] * SEEN]) as script:
        asked(script.url, lambda graph: graph.wait_until_gone("/applications/x", Deadline(60)))
    assert len(script.asked) == 2 + SEEN == 7


def test_waiting_for_a_deletion_ends_with_its_time() -> None:
    with scripted([Answer(200, {"id": "x"})]) as script, pytest.raises(ProviderError) as late:
        asked(script.url, lambda graph: graph.wait_until_gone("/applications/x", Deadline(0.05)))
    assert str(late.value) == "timeout while waiting for state to become 'Deleted' (last state: 'Waiting')"


def test_an_error_while_waiting_for_a_deletion_is_an_error() -> None:
    with scripted([NOT_FOUND, Answer(403, {"error": {"code": "No", "message": "No."}})]) as script:
        with pytest.raises(GraphError, match="unexpected status 403"):
            asked(script.url, lambda graph: graph.wait_until_gone("/applications/x", Deadline(60)))
        assert len(script.asked) == 2


def test_a_connection_that_breaks_is_an_error_without_what_was_sent() -> None:
    with pytest.raises(ProviderError) as broken:
        asked("http://127.0.0.1:1", lambda graph: graph.post("/x", {"secret": "hush"}, Deadline(60)))
    assert "connect: connection refused" in str(broken.value)
    assert "hush" not in str(broken.value)


def test_roles_that_change_or_go_are_disabled_first_and_waited_for() -> None:
    kept, changed, gone = (dict[str, Any](id=name, value=name, isEnabled=True) for name in ("kept", "changed", "gone"))
    wanted: list[dict[str, Any]] = [kept, {**changed, "description": "another"}]
    off = {"isEnabled": False}
    answers = [
        Answer(200, {"id": "x", "appRoles": [{**role, "origin": "Application"} for role in (kept, changed, gone)]}),
        Answer(204),
        Answer(200, {"appRoles": [kept, changed, {**gone, **off}]}),
        Answer(200, {"appRoles": [kept, {**changed, **off}, {**gone, **off}]}),
    ]
    with scripted(answers) as script:
        asked(script.url, lambda graph: disable_changed(graph, "x", APP_ROLES, wanted, Deadline(60)))
    assert [method for method, _, _ in script.asked] == ["GET", "PATCH", "GET", "GET"]
    assert script.asked[1][2] == {
        "@odata.type": "#microsoft.graph.application",
        "id": "x",
        "appRoles": [kept, {**changed, **off}, {**gone, **off}],
    }


def test_nothing_is_disabled_when_nothing_changes() -> None:
    role = {"id": "kept", "value": None, "isEnabled": True}
    with scripted([Answer(200, {"id": "x", "appRoles": [role]})]) as script:
        same: list[dict[str, Any]] = [{**role, "value": ""}, {"id": "new", "value": "new", "isEnabled": True}]
        asked(script.url, lambda graph: disable_changed(graph, "x", APP_ROLES, same, Deadline(60)))
    assert len(script.asked) == 1


@given(st.text())
def test_a_quoted_value_never_ends_a_filter_early(value: str) -> None:
    assert quoted(value)[1:-1].replace("''", "").count("'") == 0
    assert quoted(value)[1:-1].replace("''", "'") == value
