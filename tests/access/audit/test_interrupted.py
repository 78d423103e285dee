"""Commands that change something and are killed, or meet one another: nothing is damaged, and the next run settles."""

from __future__ import annotations

import signal
import subprocess
import sys

import yaml

from tests.access.audit import drift
from tests.access.deployed import ROOT, Deployed, error

PAGES = "GET /v1.0/servicePrincipals/{id}/appRoleAssignments"
REVOKING = "DELETE /v1.0/servicePrincipals/{id}/appRoleAssignedTo/{assignment}"


def imported(stack: Deployed) -> dict[str, str]:
    """The imports in the configuration, by role."""
    grants = yaml.safe_load(stack.config.read_text(encoding="utf-8"))["config"]["keyless:grants"]
    return {role: identifier for grant in grants for role, identifier in grant.get("import", {}).items()}


def beside(stack: Deployed) -> list[str]:
    """The files beside the configuration that are not the rehearsal's own."""
    return sorted(each.name for each in stack.config.parent.iterdir() if each.is_file() and each != stack.config)


def test_of_two_adoptions_at_once_the_second_is_told_and_changes_nothing(stack: Deployed) -> None:
    identifier, text = drift.role_on_another_api(stack), stack.config.read_text(encoding="utf-8")
    files = beside(stack)
    with stack.held_up(PAGES, "audit", *stack.named, "--adopt", "--yes") as held:
        assert error(stack.audit("--adopt", "--yes")) == (
            f"Another command is changing {stack.config}. Let it end, then run again."
        )
        assert stack.config.read_text(encoding="utf-8") == text
        assert stack.audit("--adopt").returncode == 3, "showing is allowed all the time"
        first = held.goes_on()
    assert first.returncode == 0
    assert imported(stack) == {"Directory.Read.All": identifier}
    assert beside(stack) == files


def test_what_somebody_else_wrote_meanwhile_is_left_as_it_is(stack: Deployed) -> None:
    drift.role_on_another_api(stack)
    files = beside(stack)
    with stack.held_up(PAGES, "audit", *stack.named, "--adopt", "--yes") as held:
        edited = stack.config.read_text(encoding="utf-8") + "# by hand\n"
        stack.config.write_text(edited, encoding="utf-8")
        adopted = held.goes_on()
    assert adopted.returncode == 1
    assert adopted.stderr.endswith(
        f"error: {stack.config} has been changed meanwhile, and nothing was written to it. Run again.\n"
    )
    assert (stack.config.read_text(encoding="utf-8"), beside(stack)) == (edited, files)
    assert stack.audit("--adopt", "--yes").returncode == 0
    assert stack.config.read_text(encoding="utf-8").endswith("# by hand\n")


def test_two_revocations_at_once_both_succeed(stack: Deployed) -> None:
    drift.foreign_caller(stack)
    with stack.held_up(REVOKING, "audit", *stack.named, "--revoke", "--yes") as held:
        second = stack.audit("--revoke", "--yes")
        assert (second.returncode, second.stderr.splitlines()[-1]) == (0, "1 revoked.")
        first = held.goes_on()
    assert (first.returncode, first.stderr.splitlines()[-1]) == (0, "1 revoked.")


def test_killed_while_it_looks_it_has_changed_nothing(stack: Deployed) -> None:
    identifier, text = drift.role_on_another_api(stack), stack.config.read_text(encoding="utf-8")
    with stack.held_up(PAGES, "audit", *stack.named, "--adopt", "--yes") as held:
        held.is_killed()
    assert stack.config.read_text(encoding="utf-8") == text
    converges(stack, {"Directory.Read.All": identifier})


def test_killed_before_the_new_configuration_takes_its_place_it_has_changed_nothing(stack: Deployed) -> None:
    identifier, text = drift.role_on_another_api(stack), stack.config.read_text(encoding="utf-8")
    killed = (
        "import os, pathlib, runpy, signal\n"
        "pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "runpy.run_module('access', run_name='__main__')\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", killed, "audit", *stack.named, "--adopt", "--yes"],
        cwd=ROOT,
        env=stack.environment(),
        capture_output=True,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr
    assert stack.config.read_text(encoding="utf-8") == text
    assert f".{stack.config.name}.new" in beside(stack), "it must have come as far as that"
    converges(stack, {"Directory.Read.All": identifier})


def test_killed_between_adopting_and_revoking_the_next_run_does_the_rest(stack: Deployed) -> None:
    identifier = drift.role_on_another_api(stack)
    foreign = drift.foreign_caller(stack)
    drift.secret(stack)
    with stack.held_up(REVOKING, "audit", *stack.named, "--adopt", "--revoke", "--yes") as held:
        assert imported(stack) == {"Directory.Read.All": identifier}
        held.is_killed()
    assert foreign in [each["id"] for each in stack.findings("undeclared")]
    converges(stack, {"Directory.Read.All": identifier})


def converges(stack: Deployed, imports: dict[str, str]) -> None:
    """Checks that running it again does what it was to do, and running it once more does nothing."""
    stack.stand_in.control.delete("/_rehearsal/faults")
    again = stack.audit("--adopt", "--revoke", "--yes")
    assert again.returncode == 0, again.stderr
    assert imported(stack) == imports
    assert f".{stack.config.name}.new" not in beside(stack)
    text = stack.config.read_text(encoding="utf-8")
    once_more = stack.audit("--adopt", "--revoke", "--yes")
    assert (once_more.returncode, once_more.stderr.splitlines()[-1]) == (0, "Nothing to revoke.")
    assert stack.config.read_text(encoding="utf-8") == text
