"""What stands in an audit's way: a clear error, exit status 1, and nothing half done."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.access.audit import drift
from tests.access.deployed import Deployed

PAGES = "GET /v1.0/servicePrincipals/{id}/appRoleAssignments"
REVOKING = "DELETE /v1.0/servicePrincipals/{id}/appRoleAssignedTo/{assignment}"


def break_(stack: Deployed, route: str, **fault: Any) -> None:
    answer = stack.stand_in.control.post("/_rehearsal/faults", json={"route": route, **fault})
    assert answer.status_code == 201, answer.text


def refused(stack: Deployed, *arguments: str, **variables: str) -> str:
    """Returns what the audit says on standard error when it cannot be made."""
    audited = stack.audit(*arguments, **variables)
    assert (audited.returncode, audited.stdout) == (1, ""), audited.stderr
    assert "Traceback" not in audited.stderr
    return audited.stderr


@pytest.mark.parametrize("route", [PAGES, "GET /v1.0/servicePrincipals/{id}"], ids=["of a page", "inside a batch"])
def test_throttling_is_waited_for(stack: Deployed, route: str) -> None:
    break_(stack, route, status=429, retryAfter=1, times=2)
    audited = stack.audit()
    assert audited.returncode == 0, audited.stderr
    assert "waiting 1 s" in audited.stderr


def test_a_connection_that_is_lost_for_good_ends_the_audit(stack: Deployed) -> None:
    break_(stack, PAGES, times=None)
    assert "The connection to Microsoft Graph" in refused(stack)


def test_a_connection_that_is_lost_once_does_not(stack: Deployed) -> None:
    break_(stack, PAGES, times=1)
    assert stack.audit().returncode == 0


def test_a_failed_revocation_is_told_and_the_others_are_made(stack: Deployed) -> None:
    kept = drift.foreign_caller(stack)
    drift.secret(stack)
    break_(stack, REVOKING, status=403)
    audited = stack.audit("--revoke", "--yes")
    assert audited.returncode == 1
    assert "1 revoked; these could not be, and are as they were:" in audited.stderr
    assert "somebody else holds the app role Things.Read.All on things-dev" in audited.stderr
    assert [each["id"] for each in stack.findings("undeclared")] == [kept]


def test_an_account_without_rights_is_told_which_request_was_refused(stack: Deployed) -> None:
    weak = stack.stand_in.application(displayName="weak")
    said = refused(stack, ARM_CLIENT_ID=weak.app_id, ARM_CLIENT_SECRET=weak.secret)
    assert "refused (403 Authorization_RequestDenied)" in said
    assert "`python -m access preflight` says which it needs" in said


def test_a_wrong_secret_is_no_login(stack: Deployed) -> None:
    said = refused(stack, ARM_CLIENT_SECRET="wrong")
    assert "AADSTS7000215" in said
    assert "Sign in with `az login`" in said


def test_azure_identitys_own_variables_sign_in_too(stack: Deployed) -> None:
    assert stack.audit(ARM_CLIENT_ID="", ARM_CLIENT_SECRET="", ARM_TENANT_ID="").returncode == 0


def test_a_stack_of_another_tenant_is_not_compared(stack: Deployed) -> None:
    state = stack.state
    root = state["checkpoint"]["latest"]["resources"][0]
    root["outputs"]["tenantId"] = "00000000-1111-4222-8333-444444444444"
    audited = stack.access("audit", "--stack", "dev", "--state", "-", stdin=json.dumps(state))
    assert (audited.returncode, audited.stdout) == (1, "")
    assert "The stack was deployed to tenant 00000000-1111-4222-8333-444444444444" in audited.stderr


def test_an_id_that_is_not_there_is_not_revoked_by_accident(stack: Deployed) -> None:
    kept = drift.foreign_caller(stack)
    audited = stack.audit("--revoke", "--yes", "--only", "nothing")
    assert audited.returncode == 1
    assert "--only nothing: nothing undeclared has this id" in audited.stderr
    assert [each["id"] for each in stack.findings("undeclared")] == [kept]
