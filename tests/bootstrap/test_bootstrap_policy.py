"""The bootstrap keeps the policy pack's rules, with the exceptions that policy/ci.json gives reasons for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from policy.resource import Resource
from policy.rules import check
from tests.bootstrap.test_bootstrap_program import OPERATORS, run
from tests.components.recording import Deployment

CONFIGURATION: dict[str, Any] = json.loads((Path(__file__).parents[2] / "policy" / "ci.json").read_text())


def resources(deployment: Deployment) -> list[Resource]:
    return [
        Resource(
            each.urn,
            each.inputs,
            each.request.protect,
            {name: tuple(found.urns) for name, found in each.request.propertyDependencies.items()},
        )
        for each in deployment.registrations
    ]


def test_no_rule_is_violated() -> None:
    assert check(resources(run()), "ci", CONFIGURATION) == []


def test_each_exception_is_needed() -> None:
    without = {**CONFIGURATION, "no-takeover-role": "mandatory"}
    violations = check(resources(run()), "ci", without)
    assert {violation.rule for violation in violations} == {"no-takeover-role"}
    named = [allowed["role"] for allowed in CONFIGURATION["no-takeover-role"]["allowed"]]
    assert {role for role in named if any(role in each.message for each in violations)} == set(named)


def test_operators_are_said_to_be_no_identity_of_the_stack() -> None:
    violations = check(resources(run(operators=OPERATORS)), "ci", CONFIGURATION)
    assert {(each.rule, str(each.level)) for each in violations} == {("grants-reach-own-identity", "advisory")}
    assert len(violations) == 4
