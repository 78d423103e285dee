"""Copies of the project, as a checkout on a hosted runner would be, set up."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.workflows.workflow import ROOT

GIT = str(shutil.which("git"))
_LEFT_OUT = (".git", ".venv", ".*_cache", ".rehearsal", ".hypothesis", "tests", "*.json.tmp")
Changes = Mapping[str, tuple[str, str]]
"""For each file that a change touches: what stood there, and what stands there now."""


def copy(folder: Path, state: Path | None = None, changes: Changes | None = None) -> None:
    """Copies the project into an empty folder, with its environments as `make setup` leaves them.

    `state` is the rehearsal's folder: with it, what one job deploys is there for the next.
    """
    shutil.copytree(ROOT, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    _environment(Path(sys.prefix), folder / ".venv")
    _environment(ROOT / "policy" / ".venv", folder / "policy" / ".venv")
    if state is not None:
        (folder / ".rehearsal").symlink_to(state)
    change(folder, changes or {})


def change(folder: Path, changes: Changes) -> None:
    """Makes changes to a copy."""
    for file, (old, new) in changes.items():
        original = (folder / file).read_text(encoding="utf-8")
        assert old in original, f"{file} has changed, and this test with it"
        (folder / file).write_text(original.replace(old, new), encoding="utf-8")


def pull_request(folder: Path, changes: Changes) -> None:
    """Makes a repository in an empty folder, at the merge of a pull request: as actions/checkout leaves it."""
    copy(folder)

    def git(*arguments: str) -> None:
        own = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run([GIT, *own, *arguments], cwd=folder, check=True, capture_output=True)

    git("init", "--quiet", "--initial-branch=main")
    git("add", "--all")
    git("commit", "--quiet", "--message=What is there")
    git("switch", "--quiet", "--create=change")
    change(folder, changes)
    git("commit", "--quiet", "--all", "--message=The change")
    git("switch", "--quiet", "--detach", "main")
    git("merge", "--quiet", "--no-ff", "--message=Merge the pull request", "change")


def _environment(real: Path, folder: Path) -> None:
    """An environment that is set up already: `make setup` finds nothing to do."""
    folder.mkdir(parents=True)
    for name in ("bin", "include", "lib", "lib64", "pyvenv.cfg"):
        if (real / name).exists():
            (folder / name).symlink_to(real / name)
    (folder / ".installed").touch()
