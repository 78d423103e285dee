"""What of a stack a laptop takes: its development client, and one of several function apps and APIs."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.laptop import Source

CLIENT = {"clientId": "c", "clientSecret": "hunter2-hunter2", "expires": "2999-01-01T00:00:00Z"}


def source(**outputs: Any) -> Source:
    return Source("dev", outputs, {}, up="pulumi up --stack dev", after_a_grant="Then call again.")


def refusal_of(asked: Any) -> str:
    with pytest.raises(RehearsalError) as refused:
        asked()
    return str(refused.value)


def test_the_secret_is_in_no_repr() -> None:
    found = source(developerClient=CLIENT)
    assert "hunter2" not in repr(found) + repr(found.client())
    assert found.client().client_secret == CLIENT["clientSecret"]


@pytest.mark.parametrize("outputs", [{}, {"developerClient": None}, {"developerClient": "[secret]"}])
def test_without_a_development_client_it_is_said_how_to_have_one(outputs: dict[str, Any]) -> None:
    assert refusal_of(source(**outputs).client) == (
        "The stack 'dev' has no development client, so this machine cannot sign in to call its API. Give it one:\n"
        "  pulumi config set --stack dev keyless:developerClient true\n"
        "  pulumi up --stack dev"
    )


def test_a_secret_that_has_expired_is_renewed_by_a_deployment() -> None:
    expired = source(developerClient={**CLIENT, "expires": "2026-10-01T00:00:00Z"})
    assert refusal_of(expired.client) == (
        "The secret of the development client of stack 'dev' expired on 2026-10-01. Deploying the stack renews it:\n"
        "  pulumi up --stack dev"
    )


SEVERAL: dict[str, Any] = {
    "tenantId": "t",
    "callers": {"reader": {"developerClient": CLIENT}, "writer": {"developerClient": {**CLIENT, "clientId": "w"}}},
    "apis": {"things": {"scope": "s1"}, "orders": {"scope": "s2"}},
}


def test_of_several_the_named_ones_are_taken() -> None:
    chosen = source(**SEVERAL).chosen("writer", "orders")
    assert (chosen.client().client_id, chosen.outputs["scope"], chosen.outputs["tenantId"]) == ("w", "s2", "t")


def test_what_a_stack_has_one_of_needs_no_name() -> None:
    one = source(tenantId="t", developerClient=CLIENT, scope="s")
    assert one.chosen(None, None).outputs == one.outputs
    assert refusal_of(lambda: one.chosen("reader", None)) == (
        "The stack 'dev' has one of its function apps only: leave --caller out."
    )


def test_of_several_one_has_to_be_named() -> None:
    assert refusal_of(lambda: source(**SEVERAL).chosen(None, "things")) == (
        "The stack 'dev' has several function apps, and only one can run here at a time. Name one with --caller: "
        "reader, writer"
    )
    assert refusal_of(lambda: source(**SEVERAL).chosen("reader", "thing")) == (
        "The stack 'dev' has several APIs, and none is called 'thing'. Name one with --api: orders, things"
    )
