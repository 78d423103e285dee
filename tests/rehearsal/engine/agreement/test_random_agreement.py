"""With the pulumi CLI on PATH: in random scenarios the embedded engine does, says and remembers what the real one does.

What they once disagreed about is among the recorded scenarios, which need no CLI.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, note, settings

from tests.rehearsal.engine.agreement.comparing import STACK, Outcome, unordered
from tests.rehearsal.engine.agreement.ours import carry_out
from tests.rehearsal.engine.agreement.random_scenarios import scenarios
from tests.rehearsal.engine.agreement.record import record
from tests.rehearsal.engine.agreement.scenarios.scenario import Scenario

EXAMPLES = 20


def comparable(outcome: dict[str, Any]) -> dict[str, Any]:
    """Without what depends on when an interrupted program is: its traceback, and the line for the stack that it brings.

    Where a traceback is left, nothing of the text is compared. How long something took is not always told.
    """
    text = [line.replace(" (?s)", "") for line in outcome["text"]]
    if not outcome["succeeded"]:
        text = [line for line in text if line != STACK]
    if any("Traceback" in line for line in text):
        text = []
    return unordered({**outcome, "text": text})


@pytest.mark.skipif(shutil.which("pulumi") is None, reason="the pulumi CLI is not on PATH")
@settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate])
@given(scenario=scenarios())
def test_a_random_scenario_goes_as_with_pulumi(scenario: Scenario) -> None:
    theirs = record(scenario)
    with tempfile.TemporaryDirectory() as folder:
        ours: list[Outcome] = carry_out(scenario, Path(folder))
    for number, (step, our, their) in enumerate(zip(scenario.steps, ours, theirs, strict=True), start=1):
        note(f"step {number}: {step.operation} {step.flags} {step.vanished} {step.altered}\n{step.program}")
        assert comparable(our.as_json()) == comparable(their), f"step {number}"
