"""What stands in a command's way: a clear error word for word, exit status 1, and nothing half done."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.access.audit import drift
from tests.access.deployed import Deployed, error

PAGES = "GET /v1.0/servicePrincipals/{id}/appRoleAssignments"
LOOKUP = "GET /v1.0/servicePrincipals"
REVOKING = "DELETE /v1.0/servicePrincipals/{id}/appRoleAssignedTo/{assignment}"
REMOVING = "POST /v1.0/applications/{id}/removePassword"
OTHER_TENANT = "00000000-1111-4222-8333-444444444444"
GRAPH_RIGHTS = (
    "Whoever is signed in lacks a right. Looking takes Application.Read.All; revoking takes "
    "AppRoleAssignment.ReadWrite.All, and for credentials Application.ReadWrite.All."
)
AZURE_RIGHTS = (
    "Whoever is signed in lacks a right. Looking takes the role Reader on the subscription; revoking, Role Based "
    "Access Control Administrator."
)
HOW = (
    "Sign in with `az login`, or set ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET (or ARM_OIDC_TOKEN_FILE_PATH), "
    "or the AZURE_* variables of azure-identity."
)


def break_(stack: Deployed, route: str, **fault: Any) -> None:
    answer = stack.stand_in.control.post("/_rehearsal/faults", json={"route": route, **fault})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("route", [PAGES, "GET /v1.0/servicePrincipals/{id}"], ids=["of a page", "inside a batch"])
def test_throttling_is_waited_for(stack: Deployed, route: str) -> None:
    break_(stack, route, status=429, retryAfter=1, times=2)
    audited = stack.audit()
    assert audited.returncode == 0, audited.stderr
    assert "waiting 1 s" in audited.stderr


@pytest.mark.parametrize("command", ["audit", "preflight"])
def test_throttling_without_an_end_ends_the_command(stack: Deployed, command: str) -> None:
    break_(stack, "GET /v1.0/servicePrincipals*", status=429, retryAfter=0, times=None)
    refused, advice = error(stack.access(command, *stack.named)).splitlines()
    assert refused.startswith("Microsoft Graph: GET /")
    assert " was refused (429 " in refused
    assert advice == "The service stayed busy. Try again later."


@pytest.mark.parametrize(
    ("command", "route", "asked"),
    [("audit", PAGES, "/servicePrincipals/{identity}/appRoleAssignments"), ("preflight", LOOKUP, "/servicePrincipals")],
    ids=["audit", "preflight"],
)
def test_a_connection_that_is_lost_for_good_ends_the_command(
    stack: Deployed, command: str, route: str, asked: str
) -> None:
    break_(stack, route, times=None)
    path = asked.replace("{identity}", stack.identity)
    assert error(stack.access(command, *stack.named)) == (
        f"The connection to Microsoft Graph ({stack.endpoint.https_url}) was lost: RemoteProtocolError Server "
        f"disconnected without sending a response. during GET /v1.0{path}. Nothing more was done. "
        "Run the command again."
    )


def test_a_connection_that_is_lost_once_does_not(stack: Deployed) -> None:
    break_(stack, PAGES, times=1)
    assert stack.audit().returncode == 0


@pytest.mark.parametrize("command", ["audit", "preflight"])
def test_a_cloud_that_does_not_answer_is_named(stack: Deployed, command: str) -> None:
    assert error(stack.access(command, *stack.named, ARM_METADATA_HOSTNAME="127.0.0.1:9")) == (
        "The cloud that ARM_METADATA_HOSTNAME names cannot be asked where its services are: "
        "https://127.0.0.1:9/metadata/endpoints: [Errno 111] Connection refused. Check the variable, that the host is "
        "up, and that SSL_CERT_FILE names its certificate authority."
    )


def test_a_login_service_that_does_not_answer_is_named(stack: Deployed) -> None:
    break_(stack, "POST /{tenant}/oauth2/v2.0/token", times=None)
    lost, advice = error(stack.audit()).splitlines()
    assert lost.startswith(f"The login service at {stack.endpoint.https_url} cannot be reached: ")
    assert advice == (
        "Check the network, and that SSL_CERT_FILE and REQUESTS_CA_BUNDLE name its certificate authority."
    )


def test_a_certificate_authority_that_is_not_trusted_is_named(stack: Deployed) -> None:
    said = error(stack.audit(SSL_CERT_FILE="", REQUESTS_CA_BUNDLE=""))
    assert "certificate verify failed" in said
    assert said.endswith(
        "Check the variable, that the host is up, and that SSL_CERT_FILE names its certificate authority."
    )


def test_a_failed_revocation_is_told_and_the_others_are_made(stack: Deployed) -> None:
    kept = drift.foreign_caller(stack)
    drift.secret(stack)
    break_(stack, REVOKING, status=403)
    audited = stack.audit("--revoke", "--yes")
    assert audited.returncode == 1
    told = [line for line in audited.stderr.splitlines() if line.startswith("error: ")]
    assert told[0] == "error: 1 revoked; these could not be, and are as they were:"
    assert told[1].startswith("error: somebody else holds the app role Things.Read.All on things-dev since 20")
    assert told[2:] == [f"error: {GRAPH_RIGHTS}"]
    assert [each["id"] for each in stack.findings("undeclared")] == [kept]


@pytest.mark.parametrize(("make", "route"), [(drift.foreign_caller, REVOKING), (drift.secret, REMOVING)])
def test_a_revocation_whose_answer_was_lost_is_settled_by_the_next_run(stack: Deployed, make: Any, route: str) -> None:
    make(stack)
    break_(stack, route, after=True)
    stack.audit("--revoke", "--yes")
    again = stack.audit("--revoke", "--yes")
    assert (again.returncode, again.stderr.splitlines()[-1]) == (0, "Nothing to revoke.")


def test_an_account_without_rights_in_the_directory_is_told_what_it_takes(stack: Deployed) -> None:
    weak = stack.stand_in.application(displayName="weak")
    said = error(stack.audit("--revoke", "--yes", ARM_CLIENT_ID=weak.app_id, ARM_CLIENT_SECRET=weak.secret))
    assert said == (
        f"Microsoft Graph: GET /servicePrincipals/{stack.identity} was refused (403 Authorization_RequestDenied): "
        f"Insufficient privileges to complete the operation.\n{GRAPH_RIGHTS}"
    )


def test_an_account_without_rights_in_azure_is_told_what_it_takes(stack: Deployed) -> None:
    weak = stack.stand_in.application(displayName="weak")
    assert stack.stand_in.assign(weak.principal_id, *stack.graph_role("Application.Read.All")).status_code == 201
    said = error(stack.audit(ARM_CLIENT_ID=weak.app_id, ARM_CLIENT_SECRET=weak.secret))
    subscription = f"/subscriptions/{stack.endpoint.subscription_id}"
    assert said == (
        f"Resource Manager: GET {subscription}/providers/Microsoft.Authorization/roleAssignments was refused (403 "
        f"AuthorizationFailed): The client '{weak.principal_id}' with object id '{weak.principal_id}' does not have "
        "authorization to perform action 'Microsoft.Authorization/roleAssignments/read' over scope "
        f"'{subscription}' or the scope is invalid. If access was recently granted, please refresh your credentials.\n"
        f"{AZURE_RIGHTS}"
    )


@pytest.mark.parametrize("command", ["audit", "preflight"])
def test_a_wrong_secret_is_no_login(stack: Deployed, command: str) -> None:
    assert error(stack.access(command, *stack.named, ARM_CLIENT_SECRET="wrong")) == (
        "Not signed in: AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is "
        "the client secret value, not the client secret ID, for a secret added to app "
        f"'{stack.endpoint.client_id}'.\n{HOW}"
    )


def test_nobody_is_no_login(stack: Deployed) -> None:
    out = dict.fromkeys(("ARM_CLIENT_ID", "AZURE_CLIENT_ID", "AZURE_TENANT_ID"), "")
    assert error(stack.audit(PATH="/nowhere", AZURE_TOKEN_CREDENTIALS="EnvironmentCredential", **out)) == (
        f"Not signed in: DefaultAzureCredential failed to retrieve a token from the included credentials.\n{HOW}"
    )


def test_azure_identitys_own_variables_sign_in_too(stack: Deployed) -> None:
    assert stack.audit(ARM_CLIENT_ID="", ARM_CLIENT_SECRET="", ARM_TENANT_ID="").returncode == 0


@pytest.mark.parametrize(
    ("command", "nothing"), [("audit", "nothing was compared"), ("preflight", "nothing was checked")]
)
def test_a_stack_of_another_tenant_is_not_looked_at(stack: Deployed, command: str, nothing: str) -> None:
    state = stack.state
    state["checkpoint"]["latest"]["resources"][0]["outputs"]["tenantId"] = OTHER_TENANT
    named = ("--stack", "dev", "--state", "-", "--config-file", str(stack.config))
    assert error(stack.access(command, *named, stdin=json.dumps(state))) == (
        f"The stack was deployed to tenant {OTHER_TENANT}, and the login is of tenant {stack.endpoint.tenant_id}: "
        f"{nothing}. Sign in to the stack's tenant (`az login --tenant ...`, or ARM_TENANT_ID)."
    )


def test_an_id_that_is_not_there_is_not_revoked_by_accident(stack: Deployed) -> None:
    kept = drift.foreign_caller(stack)
    audited = stack.audit("--revoke", "--yes", "--only", "nothing")
    assert audited.returncode == 1
    assert audited.stderr.splitlines()[-1] == (
        "error: --only nothing: nothing undeclared has this id. Ids are in the last column."
    )
    assert [each["id"] for each in stack.findings("undeclared")] == [kept]


def test_a_subscription_that_is_not_there_is_a_fault_of_the_preflight(stack: Deployed) -> None:
    elsewhere = str(uuid.UUID(int=4))
    result = stack.access("preflight", *stack.named, "--format", "json", ARM_SUBSCRIPTION_ID=elsewhere)
    assert result.returncode == 3, result.stderr
    faults = json.loads(result.stdout)["faults"]
    assert faults[0]["check"] == "subscription"
    assert faults[0]["problem"] == (
        f"Subscription {elsewhere} is not there, or whoever is signed in has no role on it."
    )
