"""Bad weather: what is written spreads slowly, every fifth request is turned away, and the platform keeps tokens.

Everybody waits by one clock, so seconds are those of Azure and the tests take a few of their own.
"""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from components.naming import Names
from rehearsal.azure.routes import ROUTES
from rehearsal.azure.routing import Service
from tests.rehearsal.stacks.rehearsed import Rehearsed, rehearsed
from tests.rehearsal.time_lapse import time_lapse

GRAPH = "https://graph.microsoft.com"
GRANT = "POST /v1.0/servicePrincipals/{id}/appRoleAssignedTo"
SHARE = 0.2
TRIES = 4
"""How often azure-native asks at most (pulumi-azure-native, `client_azcore.go`: azcore's three retries)."""
SERVICES = (Service.GRAPH, Service.ARM, Service.LOGIN, Service.DEPLOYMENT)
THROTTLED = [name for each in ROUTES if each.service in SERVICES and (name := f"{each.method} {each.path}") != GRANT]


def patient_seeds() -> Iterator[int]:
    """Seeds of dice that turn a fifth away, and nobody four times who shares a route with one other."""
    for seed in itertools.count():
        dice = random.Random(seed)  # noqa: S311 (repeatable on purpose)
        turned_away = [dice.random() < SHARE for _ in range(60)]
        if all(sum(turned_away[start : start + 2 * TRIES]) < TRIES for start in range(60)):
            yield seed


def throttle(stack: Rehearsed) -> None:
    """From now on a fifth of all requests is told to come back in five seconds; each route has dice of its own."""
    for route, seed in zip(THROTTLED, patient_seeds(), strict=False):
        stack.fault(route, status=429, retryAfter=5, times=None, probability=SHARE, seed=seed)


class Instance(threading.Thread):
    """An instance that is always ready: from the moment there is code it asks its platform for tokens, as code does."""

    def __init__(self, stack: Rehearsed, site: str) -> None:
        super().__init__(name="instance")
        self._stack, self._site, self._stopped = stack, site, threading.Event()
        self.tokens: list[dict[str, Any]] = []

    def run(self) -> None:
        while self._stack.client.get(f"/_rehearsal/sites/{self._site}/package").status_code != httpx.codes.OK:
            if self._stopped.wait(0.02):
                return
        self.ask()
        while not self._stopped.wait(0.02):
            self.ask()

    def ask(self) -> None:
        """Ask for a token for each API that it calls."""
        settings = self._stack.client.get(f"/_rehearsal/sites/{self._site}/environment").raise_for_status().json()
        asked = (self._stack.token(self._site, api) for api in (settings["API_SCOPE"].removesuffix("/.default"), GRAPH))
        self.tokens += [token for token in asked if token]

    def stop(self) -> None:
        self._stopped.set()
        self.join()


@contextmanager
def instance_of(stack: Rehearsed, site: str) -> Iterator[Instance]:
    instance = Instance(stack, site)
    instance.start()
    try:
        yield instance
    finally:
        instance.stop()


def answers(stack: Rehearsed, *routes: str) -> list[int]:
    """The status of every answer on these routes, in the order in which they were given."""
    return [entry["status"] for entry in stack.requests() if entry["route"] in routes]


def test_up_from_nothing_succeeds_and_the_code_never_gets_a_token_without_its_roles(
    tmp_path: Path,
) -> None:
    weather = {"replication_delay": 30.0, "cached_identity_tokens": True}
    with time_lapse() as lapse, rehearsed(tmp_path, "dev", lapse, **weather) as stack:
        throttle(stack)
        # The grants come last, long after the storage role that the code needs for itself.
        stack.fault(GRANT, status=429, retryAfter=20, times=16)
        began = lapse.monotonic()
        with instance_of(stack, Names(stack.endpoint.tenant_id, "keyless", "dev", "caller").site) as instance:
            up = stack.up()
            assert up.result.succeeded, up.text
            instance.ask()
        outputs = up.result.outputs
        roles = {outputs["audience"]: ["Things.Read.All"], GRAPH: ["User.Read.All"]}
        assert {token["aud"] for token in instance.tokens} == set(roles)
        assert all(token.get("roles") == roles[token["aud"]] for token in instance.tokens)
        assert all(token["oid"] == outputs["principalId"] for token in instance.tokens)
        assert answers(stack, "GET /msi/token") == [200] * len(instance.tokens), "no other token was issued"
        # The weather was as bad as it was to be.
        assert 404 in answers(stack, "PATCH /v1.0/applications/{id}"), "the application had not spread"
        assert lapse.monotonic() - began > 30
        answered = answers(stack, *THROTTLED)
        assert answered.count(429) / len(answered) == pytest.approx(SHARE, abs=0.08)


def test_up_waits_longer_than_any_provider_does_by_itself(tmp_path: Path) -> None:
    with time_lapse(pace=1000) as lapse, rehearsed(tmp_path, "dev", lapse, replication_delay=12 * 60.0) as stack:
        up = stack.up()
        assert up.result.succeeded, up.text
        down = stack.destroy()
        assert down.result.succeeded, down.text
