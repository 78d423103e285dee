"""The embedded engine does, says and remembers what the real one was recorded to (see `record.py`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.engine.agreement.comparing import RECORDED, unordered
from tests.rehearsal.engine.agreement.ours import carry_out
from tests.rehearsal.engine.agreement.scenarios import SCENARIOS
from tests.rehearsal.engine.agreement.scenarios.scenario import Scenario


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_scenario_goes_as_with_pulumi(scenario: Scenario, tmp_path: Path) -> None:
    path = RECORDED / f"{scenario.name.replace(' ', '-')}.json"
    recorded: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    for step, (ours, theirs) in enumerate(zip(carry_out(scenario, tmp_path), recorded, strict=True), start=1):
        found, wanted = ours.as_json(), theirs
        if not scenario.ordered:
            found, wanted = unordered(found), unordered(wanted)
        for part, expected in wanted.items():
            assert found[part] == expected, f"step {step}"
