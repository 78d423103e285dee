"""Steps run side by side where nothing forbids it; a failure stops what depends on it and lets the rest finish."""

from __future__ import annotations

import threading

from rehearsal.engine.execution.events import Event, Message
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud

PATIENCE = 60
"""Seconds after which something that should have happened is taken to have failed."""
PAIR = 'Thing("left")\nThing("right")'


def test_independent_steps_run_at_once(stack: Stack, cloud: Cloud) -> None:
    both = threading.Barrier(2)

    def together(call: str, name: str) -> str:
        both.wait(PATIENCE)
        return ""

    cloud.refuses = together
    assert stack.up(PAIR, parallel=2).result.succeeded
    assert stack.destroy(parallel=2).result.succeeded


def test_no_more_steps_run_at_once_than_allowed(stack: Stack, cloud: Cloud) -> None:
    alone = threading.Lock()

    def one_by_one(call: str, name: str) -> str:
        if not alone.acquire(blocking=False):
            return "there is another one"
        threading.Event().wait(0.05)
        alone.release()
        return ""

    cloud.refuses = one_by_one
    assert stack.up("".join(f'Thing("thing-{number}")\n' for number in range(6)), parallel=1).result.succeeded
    assert stack.destroy(parallel=1).result.succeeded


def test_a_failure_stops_what_depends_on_it_and_lets_the_rest_finish(stack: Stack, cloud: Cloud) -> None:
    begun, failed = threading.Event(), threading.Event()

    def refuses(call: str, name: str) -> str:
        if name == "slow":
            begun.set()
            return "" if failed.wait(PATIENCE) else "nothing failed"
        return "not today" if begun.wait(PATIENCE) else "the slow one never began"

    class Watching:
        def show(self, event: Event) -> None:
            if isinstance(event, Message) and event.text == "not today":
                failed.set()

    cloud.refuses = refuses
    run = stack.up('Thing("slow")\nbroken = Thing("broken")\nThing("after", partner=broken.address)', also=[Watching()])
    assert not run.result.succeeded
    assert cloud.changes == ["create slow"]
    assert list(stack.recorded()) == ["slow"]
    assert "pending_operations" not in stack.state()
    cloud.refuses = lambda call, name: ""
    assert sorted(stack.up().did()) == ["create after", "create broken"]
