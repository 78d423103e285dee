"""The real CLI on the rehearsal: the same program, plugins, stand-in and state."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.rehearsal.command import ROOT, Command, living

with_the_cli = pytest.mark.skipif(shutil.which("pulumi") is None, reason="the pulumi CLI is not on PATH")


def test_without_the_cli_a_user_hears_what_else_there_is(command: Command, tmp_path: Path) -> None:
    refused = command.run("pulumi", "up", "--stack", "dev", environment={"PATH": str(tmp_path)})
    assert refused.returncode == 1
    assert refused.stderr == (
        "error: The pulumi CLI is not on PATH. Install it (https://www.pulumi.com/docs/install/), or do without it:\n"
        "  python -m rehearsal up --stack dev\n"
    )


@with_the_cli
def test_up_preview_and_destroy_leave_the_stand_in_as_empty_as_before(command: Command, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    own = {"HOME": str(home), "PULUMI_ACCESS_TOKEN": "pul-of-the-user", "PULUMI_BACKEND_URL": "https://example.invalid"}
    for arguments in (("up", "--yes"), ("preview", "--expect-no-changes"), ("destroy", "--yes")):
        ran = command.run("pulumi", arguments[0], "--stack", "dev", *arguments[1:], environment=own)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert living(command.contents()) == {}
    assert not (home / ".pulumi").exists()


UNPROTECTED = ("pulumi", "state", "unprotect", "--all", "--yes")
"""The production stack is protected; the CLI lifts that without a change of the program."""


@with_the_cli
@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize(
    "life",
    [
        (("up", "--yes"), ("pulumi", "preview", "--expect-no-changes"), UNPROTECTED, ("pulumi", "destroy", "--yes")),
        (("pulumi", "up", "--yes"), ("preview", "--expect-no-changes"), UNPROTECTED, ("destroy", "--yes")),
    ],
    ids=["from the rehearsal to the CLI", "from the CLI to the rehearsal"],
)
def test_what_one_engine_deployed_the_other_takes_over(
    command: Command, stack: str, life: tuple[tuple[str, ...], ...]
) -> None:
    configuration = (ROOT / f"Pulumi.{stack}.yaml").read_bytes()
    for arguments in (*life, ("pulumi", "stack", "rm", "--yes")):
        ran = command.run(*arguments, "--stack", stack)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert living(command.contents()) == {}
    assert (ROOT / f"Pulumi.{stack}.yaml").read_bytes() == configuration, "the user's own file is left alone"
