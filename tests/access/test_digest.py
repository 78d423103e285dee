"""The digest of a preview: the same for what would do the same, another for anything else."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from access.digest.digest import digest

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
MOVED = GOLDEN / "keyless-moved.preview.json"
UNCHANGED = GOLDEN / "keyless-unchanged.preview.json"


@pytest.fixture
def preview() -> dict[str, Any]:
    return dict(json.loads(MOVED.read_text(encoding="utf-8")))


def run(*arguments: str, folder: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    ended = subprocess.run(
        [sys.executable, "-m", "access", "digest", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(ROOT)},
    )
    return subprocess.CompletedProcess(ended.args, ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def step(preview: dict[str, Any], operation: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in preview["steps"] if each["op"] == operation)
    return found


def test_another_run_of_the_same_preview_has_the_same_digest(preview: dict[str, Any]) -> None:
    again = copy.deepcopy(preview)
    again["steps"].reverse()
    again["duration"] = 12_345_678
    again["diagnostics"] = [{"message": "warning: it took a while\n", "severity": "warning"}]
    for each in again["steps"]:
        for state in (each.get("oldState"), each.get("newState")):
            if state is not None:
                state["modified"] = "2026-11-23T00:00:00Z"
                state["sourcePosition"] = "project:///components/site.py#1"
                state["dependencies"] = list(reversed(state.get("dependencies") or ()))
                state["propertyDependencies"] = {
                    name: list(reversed(urns or ())) for name, urns in (state.get("propertyDependencies") or {}).items()
                }
    assert digest(again) == digest(preview)


def _role(preview: dict[str, Any]) -> None:
    grant = next(each for each in preview["steps"] if each["urn"].endswith("::caller-own-Things.Read.All"))
    grant["newState"]["inputs"]["appRoleId"] = "06b708a9-e830-4db3-a914-8e69da51d44f"


def _operation(preview: dict[str, Any]) -> None:
    step(preview, "replace")["op"] = "update"


def _former_id(preview: dict[str, Any]) -> None:
    step(preview, "replace")["oldState"]["id"] += "-another"


def _protection(preview: dict[str, Any]) -> None:
    step(preview, "replace")["newState"]["protect"] = True


def _provider(preview: dict[str, Any]) -> None:
    step(preview, "replace")["newState"]["provider"] = "urn:pulumi:dev::keyless::pulumi:providers:azuread::mine::id"


def _source(preview: dict[str, Any]) -> None:
    step(preview, "replace")["newState"]["propertyDependencies"]["name"] = ["urn:pulumi:dev::keyless::a:b:C::d"]


def _configuration(preview: dict[str, Any]) -> None:
    preview["config"] = {**preview.get("config", {}), "keyless:protect": "false!"}


def _less(preview: dict[str, Any]) -> None:
    preview["steps"].remove(step(preview, "replace"))


@pytest.mark.parametrize(
    "change", [_role, _operation, _former_id, _protection, _provider, _source, _configuration, _less]
)
def test_anything_else_that_would_happen_has_another_digest(
    preview: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    before = digest(preview)
    change(preview)
    assert digest(preview) != before


def test_no_two_previews_of_the_real_engine_have_the_same_digest() -> None:
    previews = sorted(GOLDEN.glob("*.preview.json"))
    digests = {digest(json.loads(file.read_text(encoding="utf-8"))) for file in previews}
    assert len(digests) == len(previews) > 5


def test_the_command_prints_it_and_says_whether_it_is_the_one_that_was_reviewed(tmp_path: Path) -> None:
    printed = run(str(MOVED), folder=tmp_path)
    assert (printed.returncode, printed.stderr) == (0, "")
    reviewed = printed.stdout.strip()
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", reviewed)

    same = run("--expect", reviewed, folder=tmp_path, stdin=MOVED.read_bytes())
    assert (same.returncode, same.stdout, same.stderr) == (0, f"{reviewed}\n", "")

    other = run(str(UNCHANGED), "--expect", reviewed, folder=tmp_path)
    assert other.returncode == 3
    assert other.stderr == (
        f"error: {UNCHANGED} is not the preview that was reviewed, {reviewed}: the program, the state or Azure has "
        "changed since. Preview and review again.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "stdin", "fault"),
    [
        ((), b"", "Standard input is empty. Expected is the output of `pulumi preview --json`."),
        ((), b"{}", "Standard input is not the output of `pulumi preview --json`: it has no steps."),
        (("nothing.json",), b"", "nothing.json cannot be read: No such file or directory."),
        (
            ("--expect", ""),
            MOVED.read_bytes(),
            "--expect is '', which is no digest: `sha256:` and 64 hex digits.",
        ),
        (("--expect", "sha256:\x1b[31m"), MOVED.read_bytes(), "--expect is 'sha256:\\u001b[31m', which is no digest"),
    ],
)
def test_what_is_no_preview_and_what_is_no_digest_are_refused(
    tmp_path: Path, arguments: tuple[str, ...], stdin: bytes, fault: str
) -> None:
    refused = run(*arguments, folder=tmp_path, stdin=stdin)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.startswith(f"error: {fault}")


def test_a_preview_that_failed_has_no_digest(tmp_path: Path, preview: dict[str, Any]) -> None:
    preview["diagnostics"] = [{"message": "error: preview failed\n", "severity": "error"}]
    refused = run(folder=tmp_path, stdin=json.dumps(preview).encode())
    assert refused.returncode == 1
    assert "is of a preview that failed" in refused.stderr
