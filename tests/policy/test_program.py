"""The program keeps its own rules: what the real engine made of it is held against all of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policy.resource import Resource
from policy.rules import check

STATE = Path(__file__).parents[1] / "access" / "golden" / "keyless.state.json"


def deployed(*, protected: bool) -> list[Resource]:
    """The resources of the dev stack as they were deployed, as if they had the option `protect` or not."""
    records = json.loads(STATE.read_text(encoding="utf-8"))["deployment"]["resources"]
    return [
        Resource(
            record["urn"],
            {**record.get("outputs", {}), **record.get("inputs", {})},
            protected,
            {name: tuple(urns or ()) for name, urns in record.get("propertyDependencies", {}).items()},
        )
        for record in records
    ]


@pytest.mark.parametrize("stack", ["dev", "prod", "pr-12"])
def test_the_deployed_program_violates_no_rule_in_any_stack(stack: str) -> None:
    assert check(deployed(protected=True), stack, {}) == []


def test_in_production_the_site_and_the_registration_have_to_be_protected() -> None:
    violations = check(deployed(protected=False), "prod", {})
    assert [(violation.rule, violation.urn.rpartition("::")[2]) for violation in violations] == [
        ("protected-in-production", "api-application"),
        ("protected-in-production", "caller-site"),
    ]
