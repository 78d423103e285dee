"""Records what the real engine does with the scenarios: python -m tests.rehearsal.engine.agreement.record [NAME…]

Needs `pulumi` (v3.260.0) on PATH. The toy provider is attached with PULUMI_DEBUG_PROVIDERS.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.rehearsal.engine.agreement.comparing import RECORDED, Outcome, meddle, normalised_state, normalised_text
from tests.rehearsal.engine.agreement.scenarios import SCENARIOS
from tests.rehearsal.engine.agreement.scenarios.scenario import Scenario
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud, serving

_COMMANDS = {
    "up": ("up", "--yes", "--skip-preview"),
    "destroy": ("destroy", "--yes", "--skip-preview"),
    "refresh": ("refresh", "--yes", "--skip-preview"),
    "preview": ("preview",),
    "import": ("import", "--yes", "--skip-preview", "--generate-code=false", "--file", "import.json"),
}


def record(scenario: Scenario) -> list[dict[str, Any]]:
    """What the real CLI makes of a scenario, as JSON."""
    cloud = Cloud(marks_secrets=True)
    with tempfile.TemporaryDirectory() as folder, serving(cloud) as address:
        stack = Stack(Path(folder), {})
        stack.backend.mkdir()
        environment = {
            **os.environ,
            "PULUMI_HOME": f"{folder}/home",
            "PULUMI_BACKEND_URL": f"file://{stack.backend}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_DEBUG_PROVIDERS": f"toy:{address.rpartition(':')[2]}",
        }

        def pulumi(*arguments: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["pulumi", *arguments, "--non-interactive", "--color", "never"],  # noqa: S607 - found on PATH
                cwd=stack.project,
                env=environment,
                text=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if arguments[0] != "stack" else None,
                check=False,
            )

        pulumi("stack", "init", "dev").check_returncode()
        outcomes = []
        for step in scenario.steps:
            if step.program is not None:
                stack.program(step.program)
            (stack.project / "import.json").write_text(json.dumps(step.document), encoding="utf-8")
            meddle(cloud, step)
            cloud.changes.clear()
            ran = pulumi(*_COMMANDS[step.operation], "--stack", "dev", "--parallel", "1", *step.flags)
            exported = json.loads(pulumi("stack", "export", "--stack", "dev").stdout)["deployment"]
            outcome = Outcome(
                ran.returncode == 0,
                normalised_text(ran.stdout, folder),
                [change for change in cloud.changes if change != "cancel"],
                normalised_state(exported),
            )
            outcomes.append(outcome.as_json())
        return outcomes


if __name__ == "__main__":
    for scenario in SCENARIOS:
        path = RECORDED / f"{scenario.name.replace(' ', '-')}.json"
        if scenario.name in sys.argv[1:] or (not sys.argv[1:] and not path.exists()):
            path.write_text(json.dumps(record(scenario), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(path.name)  # noqa: T201
