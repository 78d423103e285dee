"""How the azure-native provider waits for Resource Manager, repeats requests, and records what failed half way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from rehearsal.providers.azure_native.resource import Resource
from rehearsal.providers.azure_native.resource_manager import RequestError, ResourceManager
from rehearsal.providers.azure_native.types import TYPES
from rehearsal.providers.credentials import Credential, TokenSource
from rehearsal.providers.errors import PartlyCreatedError, ProviderError
from rehearsal.providers.http import Deadline, Http
from tests.rehearsal.providers.scripted import Answer, scripted

_T = TypeVar("_T")
ACCOUNT = TYPES["azure-native:storage:StorageAccount"]
SETTINGS = TYPES["azure-native:web:WebAppApplicationSettings"]
INPUTS = {
    "resourceGroupName": "rg",
    "accountName": "stx",
    "location": "westeurope",
    "kind": "StorageV2",
    "sku": {"name": "S"},
}
PATH = "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stx"
VERSION = "?api-version=2024-01-01"
MISSING = Answer(404, {"error": {"code": "ResourceNotFound", "message": "Not here."}})
MADE = {"id": f"{PATH}-as-azure-writes-it", "name": "stx", "properties": {"provisioningState": "Succeeded"}}
SOON = {"Retry-After": "0"}


def managed(url: str, work: Callable[[ResourceManager], Awaitable[_T]]) -> _T:
    """What comes of some work with the Resource Manager at that URL."""

    async def run() -> _T:
        http = Http({}, "tests")
        try:
            token = TokenSource(http, url, Credential("tenant", "client", client_secret="secret"), url)
            return await work(ResourceManager(http, url, token, "sub"))
        finally:
            await http.close()

    return asyncio.run(run())


def created(url: str, deadline: float = 60) -> tuple[str, dict[str, object]]:
    return managed(url, lambda azure: Resource(ACCOUNT, PATH, azure).create(dict(INPUTS), Deadline(deadline)))


def requests(asked: list[tuple[str, str, object]]) -> list[str]:
    return [f"{method} {path}" for method, path, _ in asked]


def test_a_creation_looks_writes_waits_and_reads() -> None:
    operation = "{url}/operations/1?api-version=2024-01-01"
    answers = [
        MISSING,
        Answer(
            201, {**MADE, "properties": {"provisioningState": "Creating"}}, {"Azure-AsyncOperation": operation, **SOON}
        ),
        Answer(200, {"status": "InProgress"}, SOON),
        Answer(200, {"status": "Succeeded"}),
        Answer(200, MADE),
    ]
    with scripted(answers) as script:
        resource_id, outputs = created(script.url)
    assert resource_id == MADE["id"], "the id is what Azure answers"
    assert outputs == {"name": "stx", "provisioningState": "Succeeded", "azureApiVersion": "2024-01-01"}
    assert requests(script.asked) == [
        f"GET {PATH}{VERSION}",
        f"PUT {PATH}{VERSION}",
        f"GET /operations/1{VERSION}",
        f"GET /operations/1{VERSION}",
        f"GET {PATH}{VERSION}",
    ]
    assert script.asked[1][2] == {
        "kind": "StorageV2",
        "location": "westeurope",
        "properties": {},
        "sku": {"name": "S"},
    }


def test_a_creation_may_be_followed_by_its_location_or_by_its_state() -> None:
    by_location = [
        MISSING,
        Answer(202, None, {"Location": "/operations/1", **SOON}),
        Answer(202, None, SOON),
        Answer(200, MADE),
        Answer(200, MADE),
    ]
    with scripted(by_location) as script:
        created(script.url)
    assert requests(script.asked)[2:4] == [f"GET /operations/1{VERSION}"] * 2, "a bare path gets host and version"
    creating = {**MADE, "properties": {"provisioningState": "Creating"}}
    by_state = [MISSING, Answer(200, creating, SOON), Answer(200, creating, SOON), Answer(200, MADE)]
    with scripted(by_state) as script:
        created(script.url)
    assert requests(script.asked)[2:] == [f"GET {PATH}{VERSION}"] * 3


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Answer(200, MADE), f"cannot create already existing resource '{PATH}'"),
        (
            Answer(403, "Not JSON."),
            f"cannot check existence of resource '{PATH}': status code 403, Not JSON.",
        ),
    ],
)
def test_nothing_is_written_where_something_is_or_may_be(answer: Answer, text: str) -> None:
    with scripted([answer]) as script, pytest.raises(ProviderError) as refused:
        created(script.url)
    assert str(refused.value) == text
    assert len(script.asked) == 1


def test_an_empty_answer_is_nothing_that_exists() -> None:
    with scripted([Answer(200), Answer(200, MADE), Answer(200, MADE)]) as script:
        assert created(script.url)[0] == MADE["id"]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            Answer(409, {"error": {"code": "StorageAccountAlreadyTaken", "message": "Taken."}}),
            'Status=409 Code="StorageAccountAlreadyTaken" Message="Taken."',
        ),
        (Answer(400, {"Code": "BadRequest", "Message": "x"}), 'Status=400 Code="BadRequest" Message="'),
        (Answer(400, "not JSON"), "unexpected response from Azure: 'not JSON', HTTP status: 400 Bad Request"),
    ],
)
def test_a_write_refused_at_once_leaves_nothing_behind(answer: Answer, text: str) -> None:
    with scripted([MISSING, answer]) as script, pytest.raises(RequestError) as refused:
        created(script.url)
    assert str(refused.value).startswith(text)
    assert not isinstance(refused.value, PartlyCreatedError)


def test_a_write_that_fails_after_it_was_accepted_is_recorded_with_what_is_there() -> None:
    failed = {"status": "Failed", "error": {"code": "Conflict", "message": "It went wrong."}}
    answers = [
        MISSING,
        Answer(202, MADE, {"Azure-AsyncOperation": "{url}/operations/1?api-version=1", **SOON}),
        Answer(200, failed),
        Answer(200, {**MADE, "properties": {"provisioningState": "Failed"}}),
    ]
    with scripted(answers) as script, pytest.raises(PartlyCreatedError) as left:
        created(script.url)
    assert left.value.resource_id == MADE["id"]
    assert left.value.properties["provisioningState"] == "Failed"
    assert left.value.reasons == ['Status=200 Code="Conflict" Message="It went wrong."']
    assert left.value.inputs == INPUTS


def test_a_resource_that_cannot_be_read_either_says_both() -> None:
    answers = [
        MISSING,
        Answer(202, MADE, {"Azure-AsyncOperation": "{url}/operations/1?api-version=1", **SOON}),
        Answer(200, {"status": "Canceled"}),
        Answer(403, {"error": {"code": "AuthorizationFailed", "message": "No."}}),
    ]
    with scripted(answers) as script, pytest.raises(PartlyCreatedError) as left:
        created(script.url)
    assert left.value.properties == {}
    (reason,) = left.value.reasons
    assert reason.startswith('resource created but read failed Status=403 Code="AuthorizationFailed" Message="No.": ')


def test_a_read_that_fails_after_a_write_is_only_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    refusal = Answer(403, {"error": {"code": "AuthorizationFailed", "message": "No."}})
    with scripted([MISSING, Answer(200, MADE), refusal]) as script:
        resource_id, outputs = created(script.url)
    assert (resource_id, outputs["name"]) == (MADE["id"], "stx")
    assert "Failed to read resource after it was written" in caplog.text


def test_an_operation_that_takes_too_long_times_out_and_is_recorded() -> None:
    endless = Answer(202, MADE, {"Azure-AsyncOperation": "{url}/operations/1?api-version=1", "Retry-After": "100"})
    with scripted([MISSING, endless, Answer(200, MADE)]) as script, pytest.raises(PartlyCreatedError) as late:
        created(script.url, deadline=5)
    assert late.value.reasons == ["operation timed out"]


def test_what_the_engine_stops_is_recorded_as_it_is_then() -> None:
    answers = [
        MISSING,
        Answer(202, MADE, {"Azure-AsyncOperation": "{url}/operations/1?api-version=1", "Retry-After": "600"}),
        Answer(200, MADE),
    ]

    async def stopped(azure: ResourceManager) -> PartlyCreatedError:
        cancelled = asyncio.Event()
        creation = asyncio.ensure_future(Resource(ACCOUNT, PATH, azure).create(dict(INPUTS), Deadline(7200, cancelled)))
        while len(script.asked) < 2:
            await asyncio.sleep(0)
        cancelled.set()
        with pytest.raises(PartlyCreatedError) as left:
            await creation
        return left.value

    with scripted(answers) as script:
        left = managed(script.url, stopped)
    assert (left.resource_id, left.reasons) == (MADE["id"], ["operation canceled"])


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_manager_is_asked_again(status: int) -> None:
    with scripted([Answer(status, headers=SOON), Answer(200, MADE)]) as script:
        found = managed(script.url, lambda azure: Resource(ACCOUNT, PATH, azure).read(Deadline(60)))
    assert found is not None
    assert len(script.asked) == 2


def test_it_is_asked_four_times_at_most() -> None:
    with scripted([Answer(503, "busy", SOON)]) as script, pytest.raises(RequestError, match="503 Service Unavailable"):
        managed(script.url, lambda azure: Resource(ACCOUNT, PATH, azure).read(Deadline(60)))
    assert len(script.asked) == 4


def test_another_operation_in_progress_is_waited_for_and_other_conflicts_are_not() -> None:
    busy = Answer(409, {"error": {"code": "AnotherOperationInProgress", "message": "Wait."}}, SOON)
    with scripted([MISSING, busy, Answer(200, MADE)]) as script:
        created(script.url)
    assert [method for method, _, _ in script.asked] == ["GET", "PUT", "PUT", "GET"]


@pytest.mark.parametrize(
    "answers",
    [
        [Answer(200)],
        [Answer(204)],
        [MISSING],
        [Answer(202, None, {"Location": "/operations/1", **SOON}), Answer(202, None, SOON), Answer(200)],
        [Answer(202, None, {"Location": "/operations/1", **SOON}), MISSING],
    ],
    ids=["done", "nothing left", "not there", "followed", "gone while followed"],
)
def test_a_deletion_ends_when_nothing_is_left(answers: list[Answer]) -> None:
    with scripted(answers) as script:
        managed(script.url, lambda azure: Resource(ACCOUNT, PATH, azure).delete(Deadline(60)))
    assert script.asked[0][0] == "DELETE"


def test_a_deletion_that_is_refused_is_an_error() -> None:
    locked = Answer(409, {"error": {"code": "ScopeLocked", "message": "Locked."}})
    with scripted([locked]) as script, pytest.raises(RequestError) as refused:
        managed(script.url, lambda azure: Resource(ACCOUNT, PATH, azure).delete(Deadline(60)))
    assert str(refused.value) == 'Status=409 Code="ScopeLocked" Message="Locked."'


def test_a_singleton_is_written_without_a_look_and_deleted_by_its_default() -> None:
    path = "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Web/sites/s/config/appsettings"
    answers = [Answer(200, {"id": path, "properties": {"A": "1"}})]

    async def lived(azure: ResourceManager) -> None:
        settings = Resource(SETTINGS, path, azure)
        await settings.create({"properties": {"A": "1"}}, Deadline(60))
        await settings.delete(Deadline(60))

    with scripted(answers) as script:
        managed(script.url, lived)
    version = "?api-version=2025-05-01"
    assert requests(script.asked) == [f"PUT {path}{version}", f"POST {path}/list{version}", f"PUT {path}{version}"]
    assert script.asked[2][2] == {"properties": {}}


def test_a_manager_that_nobody_serves_is_named_without_what_was_sent() -> None:
    with pytest.raises(ProviderError) as refused:
        created("http://127.0.0.1:1", deadline=0.01)
    assert "connect: connection refused" in str(refused.value)
