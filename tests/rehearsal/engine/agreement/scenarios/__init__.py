"""What both engines are asked to do: toy programs, and what is done with each of them, step by step."""

from __future__ import annotations

from tests.rehearsal.engine.agreement.scenarios import changing, choosing, failing, replacing

SCENARIOS = (*changing.SCENARIOS, *replacing.SCENARIOS, *choosing.SCENARIOS, *failing.SCENARIOS)
