"""How Microsoft Graph is read: by pages, twenty questions to a batch, and as often as it takes when it is busy."""

from __future__ import annotations

import io
from collections.abc import Iterator
from unittest import mock

import pytest

from access.cloud.cloud import Cloud, signed_in
from access.cloud.graph import LARGEST_BATCH
from access.cloud.progress import Progress
from access.cloud.service import RefusedError, UnreachableError, pause_of
from tests.access.deployed import Deployed

APPLICATIONS = 45
ONE = "GET /v1.0/applications/{id}"
ALL = "GET /v1.0/applications"


@pytest.fixture
def cloud(tenant: Deployed) -> Iterator[Cloud]:
    environment = tenant.environment()
    with mock.patch.dict("os.environ", environment), signed_in(environment, Progress(io.StringIO())) as cloud:
        yield cloud


@pytest.fixture
def paths(tenant: Deployed) -> list[str]:
    """Applications that are there, and in the middle one that is not."""
    made = [
        tenant.stand_in.made("POST", "/v1.0/applications", {"displayName": f"application {number}"})
        for number in range(APPLICATIONS)
    ]
    assert tenant.stand_in.control.delete("/_rehearsal/requests").status_code == 204
    found = [f"/applications/{each['id']}" for each in made]
    return [*found[:30], "/applications/00000000-0000-4000-8000-000000000000", *found[30:]]


def break_(tenant: Deployed, route: str, **fault: object) -> None:
    assert tenant.stand_in.control.post("/_rehearsal/faults", json={"route": route, **fault}).status_code == 201


def names(cloud: Cloud, paths: list[str]) -> list[str | None]:
    return [str(each["displayName"]) if each else None for each in cloud.graph.found(paths)]


_NAMES = [f"application {number}" for number in range(APPLICATIONS)]
EXPECTED = [*_NAMES[:30], None, *_NAMES[30:]]


def test_answers_come_in_the_order_of_the_questions(tenant: Deployed, cloud: Cloud, paths: list[str]) -> None:
    assert names(cloud, paths) == EXPECTED


def test_a_batch_holds_no_more_than_graph_takes(tenant: Deployed, cloud: Cloud, paths: list[str]) -> None:
    sent: list[int] = []
    send = cloud.graph.service.send

    def counted(method: str, path: str, **options: object) -> object:
        body = options["body"]
        assert isinstance(body, dict)
        sent.append(len(body["requests"]))
        return send(method, path, body=body)

    with mock.patch.object(cloud.graph.service, "send", counted):
        cloud.graph.found(paths)
    assert sent == [LARGEST_BATCH, LARGEST_BATCH, APPLICATIONS + 1 - 2 * LARGEST_BATCH]


def test_questions_that_were_throttled_in_a_batch_are_asked_again(
    tenant: Deployed, cloud: Cloud, paths: list[str]
) -> None:
    break_(tenant, ONE, status=429, retryAfter=0, times=25)
    assert names(cloud, paths) == EXPECTED
    log = tenant.stand_in.control.get("/_rehearsal/requests").json()["requests"]
    asked = [each["status"] for each in log if each["route"] == ONE]
    assert (asked.count(429), asked.count(200), asked.count(404)) == (25, APPLICATIONS, 1)


def test_a_service_that_fails_for_a_moment_is_asked_again(tenant: Deployed, cloud: Cloud, paths: list[str]) -> None:
    break_(tenant, ONE, status=503, retryAfter=0, times=3)
    assert names(cloud, paths) == EXPECTED


def test_a_question_that_stays_throttled_is_refused_by_its_name(
    tenant: Deployed, cloud: Cloud, paths: list[str]
) -> None:
    break_(tenant, ONE, status=429, retryAfter=0, times=None)
    with pytest.raises(RefusedError, match=r"Microsoft Graph: GET /applications/\S+ was refused \(429 "):
        cloud.graph.found(paths)


def test_pages_are_followed_to_the_last(tenant: Deployed, cloud: Cloud, paths: list[str]) -> None:
    found = [each["displayName"] for each in cloud.graph.pages("/applications", top="7")]
    assert len(found) == len(set(found)) >= APPLICATIONS
    log = tenant.stand_in.control.get("/_rehearsal/requests").json()["requests"]
    assert len([each for each in log if each["route"] == ALL]) == -(-len(found) // 7)


def test_a_page_that_was_throttled_is_asked_for_again_and_none_is_read_twice(
    tenant: Deployed, cloud: Cloud, paths: list[str]
) -> None:
    pages = cloud.graph.pages("/applications", top="7")
    found = [next(pages)["displayName"]]
    break_(tenant, ALL, status=429, retryAfter=0, times=4)
    found += [each["displayName"] for each in pages]
    assert len(found) == len(set(found)) >= APPLICATIONS


def test_a_next_page_elsewhere_is_not_followed(tenant: Deployed, cloud: Cloud) -> None:
    """A token for Microsoft Graph is for nobody else."""
    with pytest.raises(UnreachableError, match=r"points to https://graph\.example\.com/next, which is another host"):
        cloud.graph.service.send("GET", "https://graph.example.com/next")


@pytest.mark.parametrize(
    ("asked", "attempt", "pause"),
    [
        ("7", 1, 7.0),
        ("0", 3, 0.0),
        (None, 1, 1.0),
        (None, 4, 8.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 2, 2.0),
        ("-5", 1, 0.0),
        ("86400", 1, 120.0),
    ],
)
def test_it_waits_as_long_as_it_is_told_within_reason(asked: str | None, attempt: int, pause: float) -> None:
    assert pause_of(asked, attempt) == pause
