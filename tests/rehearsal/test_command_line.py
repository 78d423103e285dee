"""Flags and exit statuses are the real CLI's; what is not honoured is refused by name."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest

from rehearsal.__main__ import main
from rehearsal.commands import outputs
from tests.rehearsal.command import Command, living

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(command: Command) -> Run:
    """Run a command in this process; its status and what it wrote."""

    def run(*arguments: str) -> tuple[int, str, str]:
        ended = command.here(*arguments)
        return ended.returncode, ended.stdout, ended.stderr

    return run


@pytest.mark.parametrize(
    ("operation", "flag"),
    [
        ("preview", "--save-plan"),
        ("up", "--plan"),
        ("up", "--json"),
        ("refresh", "--import-pending-creates"),
        ("destroy", "--remove"),
        ("import", "--generate-code"),
    ],
)
def test_a_flag_of_the_cli_that_is_not_honoured_is_refused_by_name(
    run: Run, command: Command, operation: str, flag: str
) -> None:
    status, _, said = run(operation, "--stack", "dev", flag, "x")
    assert status == 1
    assert said.startswith(f"error: unknown flag: {flag}\n`python -m rehearsal {operation}` honours these flags")
    assert said.endswith(f"python -m rehearsal pulumi {operation} {flag} …\n")
    assert "--stack" in said
    assert not command.state.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["up"], "Missing option '--stack' / '-s'.\nTry: python -m rehearsal up --help"),
        (["serve", "--fast"], "unknown flag: --fast\nTry: python -m rehearsal serve --help"),
        (["login"], "No such command 'login'.\nTry: python -m rehearsal --help"),
        (
            ["up", "--stack", "dev", "--parallel", "0"],
            "Invalid value for '--parallel' / '-p': Input should be greater than or equal to 1",
        ),
        (
            ["destroy", "--stack", "dev", "--target", "a", "--exclude", "b"],
            "--target and --exclude cannot be used together",
        ),
        (
            ["refresh", "--stack", "dev", "--skip-preview", "--preview-only"],
            "--skip-preview and --preview-only cannot be used together",
        ),
        (["stack", "output", "--stack", "dev", "--json", "--shell"], "only one of --json and --shell may be set"),
        (["stack", "rm", "--stack", "dev"], "non-interactive mode requires --yes flag"),
        (["up", "--stack", "dev", "--config-file", "missing.yaml"], "There is no configuration file missing.yaml."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_line_that_cannot_be_is_refused_with_what_is_wrong(
    run: Run, arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if len(arguments) == 1:
        monkeypatch.setattr(Command, "line", lambda command, *given: ["", "-m", "rehearsal", *given])
    status, _, shown = run(*arguments)
    assert status == 1
    assert shown.startswith(f"error: {said}")


def test_without_a_command_there_is_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["rehearsal"])
    assert main() == 0
    assert "Usage: python -m rehearsal" in capsys.readouterr().out


def test_unexpected_changes_end_with_their_own_status_after_they_were_made(run: Run, command: Command) -> None:
    status, _, said = run("preview", "--stack", "dev", "--expect-no-changes")
    assert (status, said) == (7, "error: no changes were expected for preview but changes were proposed\n")
    status, _, said = run("up", "--stack", "dev", "--yes", "--expect-no-changes")
    assert (status, said) == (7, "error: no changes were expected for update but changes were proposed\n")
    made = living(command.contents())
    assert made
    status, shown, said = run("destroy", "--stack", "dev", "--preview-only")
    assert (status, said) == (0, "")
    assert "to delete" in shown
    assert living(command.contents()) == made
    found = json.loads(run("stack", "output", "--stack", "dev", "--json")[1])
    assert run("stack", "output", "--stack", "dev")[1] == outputs.table(found) + "\n"
    assert run("stack", "output", "--stack", "dev", "scope", "--shell")[1] == f"scope={found['scope']}\n"
    application = "**azuread:index/application:Application::*"
    status, shown, _ = run("preview", "--stack", "dev", "--target-replace", application)
    assert status == 0
    assert "replace" in shown
    assert run("destroy", "--stack", "dev", "--skip-preview", "--exclude", application)[0] == 0
    assert list(living(command.contents())) == ["applications"]


RECORDED = """\
Current stack outputs (4):
    OUTPUT  VALUE
    list    [1,{"b":[true,null]}]
    multi   one
            two
    number  7
    umlaut  ä"""


def test_outputs_look_as_the_cli_prints_them() -> None:
    found = {"multi": "one\ntwo", "list": [1, {"b": [True, None]}], "number": 7, "umlaut": "ä"}
    assert outputs.table(found) == RECORDED
    assert outputs.table({}) == "Current stack outputs (0):\n    No output values currently in this stack"
    assert outputs.text({"z": 1, "a": "two <b>"}) == '{"a":"two <b>","z":1}'
    assert outputs.document({"z": 1, "a": "ä"}) == '{\n  "a": "ä",\n  "z": 1\n}'
    assert outputs.shell({"b": "it's", "a": 1}) == "a=1\nb='it'\"'\"'s'"
