"""Each kind of drift, made by a foreign client: found, and taken away or taken over."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.access.audit import drift
from tests.access.audit.settled import settle
from tests.access.deployed import Deployed


def test_what_was_deployed_is_what_was_declared(stack: Deployed) -> None:
    audited = stack.audit("--format", "json")
    assert audited.returncode == 0, audited.stderr
    result = json.loads(audited.stdout)
    assert result["counts"] == {"present": 4, "missing": 0, "undeclared": 0}
    assert {each["role"]["name"] for each in result["findings"]} == {
        "Things.Read.All",
        "User.Read.All",
        "Monitoring Metrics Publisher",
        "Storage Blob Data Owner",
    }


@pytest.mark.parametrize(("kind", "make"), drift.KINDS.values(), ids=drift.KINDS.keys())
def test_what_nobody_declared_is_found_shown_and_revoked(
    stack: Deployed, kind: str, make: Callable[[Deployed], str]
) -> None:
    identifier = make(stack)
    (found,) = stack.findings("undeclared")
    assert (found["kind"], found["id"]) == (kind, identifier)

    shown = stack.audit("--revoke")
    assert shown.returncode == 3
    assert shown.stderr.splitlines()[-1] == "With --yes this is taken away."
    assert stack.findings("undeclared") == [found], "showing must not change anything"

    revoked = stack.audit("--revoke", "--yes")
    assert (revoked.returncode, revoked.stderr.splitlines()[-1]) == (0, "1 revoked.")
    again = stack.audit("--revoke", "--yes")
    assert (again.returncode, again.stderr.splitlines()[-1]) == (0, "Nothing to revoke.")


def test_who_holds_what_on_what_since_when_and_how_dangerous_it_is(stack: Deployed) -> None:
    drift.role_on_another_api(stack, "RoleManagement.ReadWrite.Directory")
    (found,) = stack.findings("undeclared")
    assert found["principal"]["id"] == stack.identity
    assert found["role"]["name"] == "RoleManagement.ReadWrite.Directory"
    assert found["target"]["name"] == "Microsoft Graph"
    assert found["risk"] == "takeover"
    assert found["since"].startswith("20")


def test_only_what_is_named_is_revoked(stack: Deployed) -> None:
    kept, gone = drift.foreign_caller(stack), drift.secret(stack)
    revoked = stack.audit("--revoke", "--yes", "--only", gone)
    assert revoked.returncode == 3, revoked.stderr
    assert [each["id"] for each in stack.findings("undeclared")] == [kept]


def test_a_role_that_was_taken_away_is_missing(stack: Deployed) -> None:
    assert stack.stand_in.graph.delete(f"/v1.0{stack.assignment('Things.Read.All')['id']}").status_code == 204
    (found,) = stack.findings("missing")
    assert (found["kind"], found["role"]["name"], found["target"]["name"]) == (
        "app role",
        "Things.Read.All",
        "things-dev",
    )
    audited = stack.audit()
    assert audited.returncode == 3
    assert "What is missing comes back with: pulumi up --refresh --stack dev" in audited.stdout


def test_an_azure_role_that_was_taken_away_is_missing(stack: Deployed) -> None:
    path = stack.resource("azure-native:authorization:RoleAssignment", "-storage-role")["id"]
    assert stack.stand_in.arm.delete(path, params={"api-version": "2022-04-01"}).status_code == 200
    (found,) = stack.findings("missing")
    assert (found["kind"], found["role"]["name"], found["id"]) == ("Azure role", "Storage Blob Data Owner", path)


def test_an_identity_that_is_gone_is_missing_with_all_it_held(stack: Deployed) -> None:
    site = stack.resource("azure-native:web:WebApp")["id"]
    assert stack.stand_in.arm.delete(site, params={"api-version": "2024-04-01"}).status_code in (200, 204)
    assert sorted(each["kind"] for each in stack.findings("missing")) == ["app role", "app role", "identity"]


def test_a_registration_that_is_gone_is_missing_with_all_who_could_call_it(stack: Deployed) -> None:
    assert stack.stand_in.graph.delete(f"/v1.0/applications/{stack.application}").status_code == 204
    kinds = [each["kind"] for each in stack.findings("missing")]
    assert sorted(kinds) == ["app role", "registration", "registration"]


def test_all_of_it_at_once_is_settled_by_what_is_printed(stack: Deployed) -> None:
    kept = drift.role_on_another_api(stack)
    anew = drift.granted_anew(stack)
    for _, make in drift.KINDS.values():
        if make is not drift.role_on_another_api:
            make(stack)
    assert stack.stand_in.graph.delete(f"/v1.0{stack.assignment('User.Read.All')['id']}").status_code == 204
    role = stack.resource("azure-native:authorization:RoleAssignment", "caller-storage-role")
    assert stack.stand_in.arm.delete(role["id"], params={"api-version": "2022-04-01"}).status_code == 200
    counts = {standing: len(stack.findings(standing)) for standing in ("present", "missing", "undeclared")}
    assert counts == {"present": 1, "missing": 3, "undeclared": len(drift.KINDS) + 1}

    shown = stack.audit("--adopt", "--revoke")
    assert shown.returncode == 3
    assert {standing: len(stack.findings(standing)) for standing in counts} == counts
    done = stack.audit("--adopt", "--revoke", "--yes")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (3, f"{len(drift.KINDS) - 1} revoked.")
    (line,) = [each for each in done.stdout.splitlines() if each.startswith("What is missing comes back with: ")]
    up = stack.follow(line.removeprefix("What is missing comes back with: "))
    assert up.returncode == 0, up.stdout + up.stderr
    assert stack.assignment("Directory.Read.All")["id"] == kept
    assert stack.assignment("Things.Read.All")["id"] == anew
    settle(stack)
