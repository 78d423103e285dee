"""The workflows before those who know them best: zizmor, shellcheck and, where it is installed, actionlint."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflows.workflow import GITHUB, ROOT, Workflow, all_steps, workflows

TOOLS = Path(sys.executable).parent
ACTIONLINT = shutil.which("actionlint")


def test_zizmor_finds_nothing() -> None:
    """Offline, and as its strictest persona: false positives would be allowed, and there are none."""
    checked = subprocess.run(
        [
            TOOLS / "zizmor",
            "--offline",
            "--no-config",
            "--persona=auditor",
            "--strict-collection",
            "--color=never",
            GITHUB,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "No findings to report" in checked.stdout
    assert checked.stderr.count("completed") == len(workflows()) + 2, "the action, and Dependabot's configuration"


def test_zizmor_would_find_something(tmp_path: Path) -> None:
    source = (GITHUB / "workflows" / "preview.yml").read_text(encoding="utf-8")
    dangerous = tmp_path / "workflow.yml"
    dangerous.write_text(source.replace("  pull_request:", "  pull_request_target:"), encoding="utf-8")
    checked = subprocess.run(
        [TOOLS / "zizmor", "--offline", "--no-config", "--color=never", dangerous],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode != 0
    assert "error[dangerous-triggers]" in checked.stdout


@pytest.mark.parametrize(("place", "step"), [(place, step) for place, step in all_steps() if "run" in step])
def test_shellcheck_finds_nothing_in_what_a_step_runs(place: str, step: dict[str, str]) -> None:
    # As actionlint does; in single quotes, it takes a backtick of Markdown for one of the shell.
    checked = subprocess.run(
        [TOOLS / "shellcheck", "--norc", "--shell=bash", "--color=never", "-"],
        input=f"set -e -o pipefail\n{step['run']}",
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, f"{place}\n{checked.stdout}"


@pytest.mark.skipif(ACTIONLINT is None, reason="actionlint is not on PATH (go install github.com/rhysd/actionlint)")
@pytest.mark.parametrize("workflow", workflows(), ids=lambda workflow: workflow.name)
def test_actionlint_finds_nothing(workflow: Workflow) -> None:
    assert ACTIONLINT is not None
    shellcheck = f"-shellcheck={TOOLS / 'shellcheck'}"
    checked = subprocess.run(
        [ACTIONLINT, "-no-color", shellcheck, f".github/workflows/{workflow.name}.yml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
