"""Where a stack's state comes from: the pulumi CLI, the rehearsal, a pipe or a folder; and what is said without."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.access.deployed import Deployed, error

PULUMI = shutil.which("pulumi")
with_the_cli = pytest.mark.skipif(PULUMI is None, reason="the pulumi CLI is not on PATH")
COMMANDS = ("audit", "preflight")
LOG_IN = "Log in to the backend that holds it (`pulumi login`), or give the state with --state FILE."


def program(folder: Path, name: str, script: str) -> str:
    """Puts an executable into a folder of its own; returns a PATH on which it comes first."""
    folder.mkdir()
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@with_the_cli
@pytest.mark.parametrize("command", COMMANDS)
def test_the_real_cli_exports_the_state(stack: Deployed, tmp_path: Path, command: str) -> None:
    backend = {"PULUMI_BACKEND_URL": stack.folder.backend.as_uri(), "PULUMI_HOME": str(tmp_path)}
    result = stack.access(command, "--stack", "dev", "--config-file", str(stack.config), **backend)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "in tenant" in result.stdout


@with_the_cli
def test_of_a_stack_that_the_real_cli_does_not_know_there_is_no_state(stack: Deployed, tmp_path: Path) -> None:
    backend = {"PULUMI_BACKEND_URL": stack.folder.backend.as_uri(), "PULUMI_HOME": str(tmp_path)}
    result = stack.access("audit", "--stack", "prod", **backend)
    assert error(result) == (
        "There is no state of stack 'prod' in the backend that pulumi is logged in to: error: no stack named 'prod' "
        "found\nName another one with --stack, log in to the backend that has it (`pulumi login`), or deploy it first."
    )


@with_the_cli
@pytest.mark.parametrize("command", COMMANDS)
def test_without_a_login_of_the_real_cli_nobody_claims_that_there_is_no_state(
    stack: Deployed, tmp_path: Path, command: str
) -> None:
    result = stack.access(command, "--stack", "dev", "--config-file", str(stack.config), PULUMI_HOME=str(tmp_path))
    refusal, advice = error(result).splitlines()
    assert refusal.startswith("pulumi cannot export the state of stack 'dev': error: PULUMI_ACCESS_TOKEN must be set")
    assert advice == LOG_IN


@pytest.mark.parametrize("command", COMMANDS)
def test_whatever_is_called_pulumi_is_asked_as_the_cli_is(stack: Deployed, tmp_path: Path, command: str) -> None:
    """Here it is the rehearsal, which knows the same command."""
    asked = '[ "$*" = "stack export --stack dev --non-interactive" ]'
    answer = f'exec "{sys.executable}" -m rehearsal "$1" "$2" "$3" "$4" --state "{stack.folder.root}"'
    path = program(tmp_path / "bin", "pulumi", f"{asked} && {answer}")
    result = stack.access(command, "--stack", "dev", "--config-file", str(stack.config), PATH=path)
    assert result.returncode == 0, result.stdout + result.stderr


def test_what_the_rehearsal_exports_can_be_piped_in(stack: Deployed) -> None:
    exported = stack.rehearsal("stack", "export", "--stack", "dev", "--state", str(stack.folder.root))
    assert exported.returncode == 0, exported.stderr
    audited = stack.access("audit", "--stack", "dev", "--state", "-", stdin=exported.stdout)
    assert audited.returncode == 0, audited.stdout + audited.stderr


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'error: passphrase must be set' >&2; exit 255", "error: passphrase must be set"),
        ("exit 137", "exit status 137"),
    ],
    ids=["refused", "killed"],
)
def test_a_cli_that_fails_is_quoted(stack: Deployed, tmp_path: Path, script: str, said: str) -> None:
    result = stack.access("audit", "--stack", "dev", PATH=program(tmp_path / "bin", "pulumi", script))
    assert error(result) == f"pulumi cannot export the state of stack 'dev': {said}\n{LOG_IN}"


def test_a_cli_that_writes_something_else_is_named(stack: Deployed, tmp_path: Path) -> None:
    result = stack.access("audit", "--stack", "dev", PATH=program(tmp_path / "bin", "pulumi", "echo 'no JSON'"))
    assert error(result) == (
        "`pulumi stack export --stack dev` did not write JSON: Expecting value: line 1 column 1 (char 0)."
    )


@pytest.mark.parametrize("command", ["audit", "token"])
def test_without_cli_and_without_state_both_ways_out_are_told(stack: Deployed, command: str) -> None:
    assert error(stack.access(command, "--stack", "dev", PATH="/nowhere")) == (
        "The state of stack 'dev' cannot be found: there is no pulumi CLI on PATH to export it.\n"
        "Give it with --state FILE (the output of `pulumi stack export`, '-' for standard input), or name the root of "
        "a file backend with --backend; a rehearsal keeps it in .rehearsal/backend."
    )


def test_a_file_backend_of_the_environment_is_found_without_the_cli(stack: Deployed) -> None:
    url = stack.folder.backend.as_uri()
    assert stack.access("audit", "--stack", "dev", PATH="/nowhere", PULUMI_BACKEND_URL=url).returncode == 0


def test_a_stack_without_state_is_named_with_those_that_have_one(stack: Deployed) -> None:
    backend = stack.folder.backend
    assert error(stack.access("audit", "--stack", "prod", "--backend", str(backend))) == (
        f"There is no state of stack 'prod' of project 'keyless' in {backend}: "
        f"{backend}/.pulumi/stacks/keyless/prod.json does not exist. Stacks of the project there: dev. "
        "Name another one with --stack, or deploy this one first."
    )
