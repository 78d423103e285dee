"""The import arrows between the rooms, as the contracts in pyproject.toml state them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_every_arrow_between_the_rooms_goes_one_way() -> None:
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("room", ["settings", "components", "workload", "__main__.py", "bootstrap"])
def test_nothing_that_is_deployed_mentions_the_rehearsal_in_an_import(room: str) -> None:
    path = ROOT / room
    sources = [path] if path.is_file() else sorted(path.rglob("*.py"))
    assert sources, f"{room} has no Python source: the room has moved and this test with it"
    guilty = [
        str(source.relative_to(ROOT))
        for source in sources
        for line in source.read_text(encoding="utf-8").splitlines()
        if line.lstrip().startswith(("import rehearsal", "from rehearsal"))
    ]
    assert not guilty
