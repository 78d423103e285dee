"""The reports on previews of the rehearsal: what the embedded engine previews is reported as what the real one does."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.access.reports import golden, nameless

ROOT = Path(__file__).parents[2]
CONFIGURATION = "Pulumi.dev.yaml"
CHANGES = {
    "keyless-takeover": (CONFIGURATION, "[User.Read.All]", "[AppRoleAssignment.ReadWrite.All]"),
    "keyless-moved": (CONFIGURATION, "westeurope", "northeurope"),
    "keyless-renamed-api": (CONFIGURATION, "name: things", "name: stuff"),
}


def run(folder: Path, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def report(folder: Path, *arguments: str) -> str:
    preview = folder / "preview.json"
    preview.write_text(run(folder, "rehearsal", "preview", "--stack", "dev", "--json"), encoding="utf-8")
    return run(folder, "access", "report", str(preview), *arguments)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program, whose dev stack is deployed to a stand-in of its own."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("access", "components", "rehearsal", "settings", "workload"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__main__.py", "Pulumi.yaml", CONFIGURATION):
        shutil.copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    assert nameless(report(folder)) == golden("keyless-first")
    run(folder, "rehearsal", "up", "--stack", "dev", "--yes", "--skip-preview")
    return folder


@pytest.mark.parametrize("name", CHANGES)
def test_a_rehearsed_change_is_reported_word_for_word_as_the_real_one(name: str, project: Path) -> None:
    file, old, new = CHANGES[name]
    original = (project / file).read_text(encoding="utf-8")
    assert old in original, f"{file} has changed, and this test with it"
    state = project / ".rehearsal" / "backend" / ".pulumi" / "stacks" / "keyless" / "dev.json"
    try:
        (project / file).write_text(original.replace(old, new, 1), encoding="utf-8")
        assert nameless(report(project, "--state", str(state))) == golden(name)
    finally:
        (project / file).write_text(original, encoding="utf-8")
