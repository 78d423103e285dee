"""How long the azuread provider waits for the directory to spread: as long as it is given, and then in its own words.

What is given are the real minutes, by a clock that everybody waits by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.replication import SPREADS_WITHIN
from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.providers.azuread.graph import pause, retries
from rehearsal.providers.http import Reply
from rehearsal.providers.serving import serving
from tests.rehearsal.azure.stand_in import Document, StandIn, role
from tests.rehearsal.providers.caller import (
    APP_ROLE_ASSIGNMENT,
    APPLICATION,
    IDENTIFIER_URI,
    SERVICE_PRINCIPAL,
    Caller,
    Refused,
)
from tests.rehearsal.time_lapse import TimeLapse, time_lapse

OURS = 60 * float(SPREADS_WITHIN.removesuffix("m"))
READ = role("Read")
ROLE = {
    **{name: READ[name] for name in ("id", "value", "displayName", "description", "allowedMemberTypes")},
    "enabled": True,
}


class Directory:
    """A directory in which what is written spreads for minutes, and the provider."""

    def __init__(self, stand_in: StandIn, azuread: Caller, lapse: TimeLapse) -> None:
        self.stand_in, self.azuread, self.lapse = stand_in, azuread, lapse

    def spread_for(self, minutes: float, *, reads_too: bool = False) -> None:
        weather = {"replicationDelay": 60 * minutes, "staleReads": reads_too}
        assert self.stand_in.control.patch("/_rehearsal/weather", json=weather).status_code == 200

    def application(self) -> Document:
        return self.stand_in.made("POST", "/v1.0/applications", {"displayName": "Things", "appRoles": [READ]})

    def principal(self, application: Document) -> Document:
        return self.stand_in.made("POST", "/v1.0/servicePrincipals", {"appId": application["appId"]})

    def create(self, type_: str, inputs: Document, seconds: float = 0) -> tuple[str, Document]:
        return self.azuread.create(type_, self.azuread.checked(type_, inputs), timeout=seconds)


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Endpoint, Caller, TimeLapse]]:
    with (
        time_lapse(pace=2000) as lapse,
        running(Options(state=tmp_path_factory.mktemp("azure"), durable=False)) as endpoint,
        serving("azuread", endpoint.environment()) as address,
        Caller(address) as azuread,
    ):
        azuread.configure()
        yield endpoint, azuread, lapse


@pytest.fixture
def directory(signed_in: tuple[Endpoint, Caller, TimeLapse]) -> Iterator[Directory]:
    # Signed in anew for each test: an hour is over soon.
    endpoint, azuread, lapse = signed_in
    stand_in = StandIn(endpoint)
    yield Directory(stand_in, azuread, lapse)
    stand_in.close()


def an_application(directory: Directory, minutes: float) -> tuple[str, Document]:
    directory.spread_for(minutes)
    return APPLICATION, {"displayName": "Things"}


def a_service_principal(directory: Directory, minutes: float) -> tuple[str, Document]:
    directory.spread_for(minutes)
    return SERVICE_PRINCIPAL, {"clientId": directory.application()["appId"]}


def an_assignment(directory: Directory, minutes: float) -> tuple[str, Document]:
    directory.spread_for(0)
    api, caller = directory.principal(directory.application()), directory.application()
    directory.spread_for(minutes)
    ids = {"resourceObjectId": api["id"], "principalObjectId": directory.principal(caller)["id"]}
    return APP_ROLE_ASSIGNMENT, {"appRoleId": READ["id"], **ids}


MISSING = (
    r"unexpected status 404 \(404 Not Found\) with error: Request_ResourceNotFound: Resource '.*' does not exist or "
    r"one of its queried reference-property objects are not present\."
)
REFUSED = r"unexpected status 400 \(400 Bad Request\) with error: Request_BadRequest:"
NO_APPLICATION = r"The appId '.*' of the service principal does not reference a valid application object\."
CREATIONS = {
    "application": (
        an_application,
        11,
        f"Timed out whilst waiting for new application to be replicated in Azure AD: {MISSING}",
    ),
    "service principal": (
        a_service_principal,
        11,
        f"Could not create service principal: {REFUSED} {NO_APPLICATION}",
    ),
    "assignment": (
        an_assignment,
        6,
        rf"Could not create app role assignment: {REFUSED} Not a valid reference update\.",
    ),
}


@pytest.mark.parametrize(("begun", "minutes", "words"), CREATIONS.values(), ids=CREATIONS.keys())
def test_a_creation_is_given_up_by_default_and_succeeds_in_the_time_that_the_program_gives_it(
    directory: Directory, begun: Callable[[Directory, float], tuple[str, Document]], minutes: float, words: str
) -> None:
    with pytest.raises(Refused, match=rf"1 error occurred:\n\t\* {words}\n\n$"):
        directory.create(*begun(directory, minutes))
    _, made = directory.create(*begun(directory, minutes), seconds=OURS)
    assert made["id"]


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        (APPLICATION, 'Waiting for deletion of application with object ID "{id}": '),
        (SERVICE_PRINCIPAL, 'Waiting for deletion of Service Principal (Service Principal: "{id}"): '),
    ],
    ids=["application", "service principal"],
)
def test_a_deletion_is_given_up_by_default_and_succeeds_in_the_time_that_the_program_gives_it(
    directory: Directory, type_: str, words: str
) -> None:
    for seconds in (0.0, OURS):
        directory.spread_for(0)
        of_it = {
            APPLICATION: {"displayName": "Things"},
            SERVICE_PRINCIPAL: {"clientId": directory.application()["appId"]},
        }
        resource_id, state = directory.create(type_, of_it[type_])
        directory.spread_for(6)
        if seconds:
            directory.azuread.delete(type_, resource_id, state=state, timeout=seconds)
            assert directory.azuread.read(type_, resource_id, state=state)[0] == ""
            continue
        with pytest.raises(Refused) as refused:
            directory.azuread.delete(type_, resource_id, state=state)
        said = words.format(id=resource_id.rpartition("/")[2])
        assert f"{said}timeout while waiting for state to become 'Deleted' (last state: 'Waiting')" in str(
            refused.value
        )


def test_a_role_that_goes_is_disabled_first_for_as_long_as_the_change_may_take(directory: Directory) -> None:
    for seconds in (20.0, OURS):
        directory.spread_for(0)
        goal = directory.azuread.checked(APPLICATION, {"displayName": "Things", "appRoles": [ROLE]})
        resource_id, state = directory.azuread.create(APPLICATION, goal)
        without = directory.azuread.checked(APPLICATION, {"displayName": "Things"})
        directory.spread_for(0.5, reads_too=True)
        change = partial(directory.azuread.update, APPLICATION, resource_id, without, old_inputs=goal, old=state)
        if seconds == OURS:
            assert change(timeout=seconds)["id"] == resource_id
            continue
        with pytest.raises(Refused, match=r"waiting for App Roles to be disabled .* \(last state: 'Waiting'\)"):
            change(timeout=seconds)


def test_what_the_provider_does_not_wait_for_fails_at_once_and_succeeds_after_what_it_waits_for(
    directory: Directory,
) -> None:
    directory.spread_for(0.5)
    uri = {"identifierUri": f"api://{directory.stand_in.endpoint.tenant_id}/things"}
    early = {"applicationId": f"/applications/{directory.application()['id']}", **uri}
    began = directory.lapse.monotonic()
    with pytest.raises(Refused, match=r"creating Application IdentifierUri .* Request_ResourceNotFound"):
        directory.create(IDENTIFIER_URI, early, seconds=OURS)
    assert directory.lapse.monotonic() - began < 30
    application_id, _ = directory.create(APPLICATION, {"displayName": "Things"}, seconds=OURS)
    directory.create(IDENTIFIER_URI, {"applicationId": application_id, **uri})


@pytest.mark.parametrize(("minutes", "tries"), [(1, 4), (5, 9), (10, 14), (15, 19)])
def test_more_time_is_more_tries(minutes: int, tries: int) -> None:
    assert retries(60 * minutes) == tries


@given(st.floats(0, 3600))
def test_the_tries_fit_into_the_time(seconds: float) -> None:
    waits = [pause(Reply(503, None, ""), repeated) or 0 for repeated in range(retries(seconds))]
    assert sum(waits) <= seconds
