"""The scenarios, carried out by the embedded engine."""

from __future__ import annotations

import io
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from rehearsal.engine import operations
from rehearsal.engine.display import display
from rehearsal.engine.errors import EngineError
from rehearsal.engine.options import Options
from tests.rehearsal.engine.agreement.comparing import Outcome, meddle, normalised_state, normalised_text
from tests.rehearsal.engine.agreement.scenarios.scenario import Scenario
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud, serving

_LISTS = {"--target": "targets", "--exclude": "excludes", "--replace": "replace"}


def carry_out(scenario: Scenario, folder: Path) -> list[Outcome]:
    """What the embedded engine makes of a scenario."""
    cloud = Cloud(marks_secrets=True)
    with serving(cloud) as address:
        stack = Stack(folder, {"toy": lambda: nullcontext(address)})
        outcomes = []
        for step in scenario.steps:
            if step.program is not None:
                stack.program(step.program)
            meddle(cloud, step)
            cloud.changes.clear()
            flags = list(step.flags)
            shown = {name: f"--{name}" in flags for name in ("diff", "json")}
            stream = io.StringIO()
            given = stack.workspace, "dev", _options(flags), display(stream, **shown)
            try:
                if step.operation == "import":
                    succeeded = operations.import_resources(*given, step.document).succeeded
                else:
                    succeeded = getattr(operations, step.operation)(*given).succeeded
            except EngineError as error:
                succeeded = False
                stream.write(f"error: {error}\n")
            outcomes.append(
                Outcome(
                    succeeded,
                    normalised_text(stream.getvalue(), str(folder)),
                    list(cloud.changes),
                    normalised_state(stack.state() if stack.state_file.exists() else {}),
                )
            )
        return outcomes


def _options(flags: list[str]) -> Options:
    options: dict[str, Any] = {"parallel": 1}
    if "--target-replace" in flags:
        where = flags.index("--target-replace")
        flags[where : where + 1] = ["--target", flags[where + 1], "--replace"]
    words = iter(flags)
    for word in words:
        if word in _LISTS:
            options.setdefault(_LISTS[word], []).append(next(words))
        elif word not in ("--diff", "--json"):
            options[word.removeprefix("--").replace("-", "_")] = True
    return Options(**options)
