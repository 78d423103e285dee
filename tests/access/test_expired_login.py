"""A login that has expired, before a command or while it runs: what to do is said, and nothing is half done."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.access.audit import drift
from tests.access.deployed import Deployed, error, served

TWO_HOURS = 7200
NOBODY = dict.fromkeys(("ARM_CLIENT_ID", "ARM_CLIENT_SECRET", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"), "")
ISSUER, SUBJECT, AUDIENCE = "https://ci.example.com", "repo:contoso/keyless:ref:main", "api://AzureADTokenExchange"
SESSIONS = {
    "not used for 90 days": (
        "AADSTS700082: The refresh token has expired due to inactivity. The token was issued on "
        "2026-01-01T08:00:00.0000000Z and was inactive for 90.00:00:00."
    ),
    "older than a policy allows": (
        "AADSTS70043: The refresh token has expired or is invalid due to sign-in frequency checks by conditional "
        "access. The token was issued on 2026-01-01T08:00:00.0000000Z and the maximum allowed lifetime for this "
        "request is 43200."
    ),
}
"""What the Azure CLI repeats of Entra when its session is over (Azure/azure-cli#23105, Azure/azure-cli#16209)."""
REVOKING = "DELETE /v1.0/servicePrincipals/{id}/appRoleAssignedTo/{assignment}"


@dataclass
class Aged:
    """A deployed stack with drift, and two logins that were good for an hour two hours ago."""

    stack: Deployed
    secret: dict[str, str]
    token_of_ci: dict[str, str]
    drift: list[str]

    def commands(self) -> dict[str, tuple[str, ...]]:
        named = self.stack.named
        return {
            "audit": ("audit", *named),
            "adopt and revoke": ("audit", *named, "--adopt", "--revoke", "--yes"),
            "preflight": ("preflight", *named),
            "token": ("token", "--from", "credential", "--stack", "dev", "--backend", str(self.stack.folder.backend)),
        }

    def check_untouched(self) -> None:
        """Nothing was taken away, and no import was written."""
        assert sorted(each["id"] for each in self.stack.findings("undeclared")) == sorted(self.drift)
        assert "import:" not in self.stack.config.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aged]:
    with served(tmp_path_factory.mktemp("rehearsal")) as stack:
        up = stack.rehearse("up", "--yes", "--skip-preview")
        assert up.returncode == 0, up.stdout + up.stderr
        found = Aged(
            stack,
            short_secret(stack),
            short_token_of_ci(stack),
            [drift.role_on_another_api(stack), drift.foreign_caller(stack)],
        )
        stack.put_clock_forward(TWO_HOURS)
        yield found


def short_secret(stack: Deployed) -> dict[str, str]:
    application = stack.stand_in.application(displayName="deployer with a secret")
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    body = {"passwordCredential": {"displayName": "for an hour", "endDateTime": end}}
    made = stack.stand_in.made("POST", application.path("/addPassword"), body, 200)
    return {"ARM_CLIENT_ID": application.app_id, "ARM_CLIENT_SECRET": made["secretText"]}


def short_token_of_ci(stack: Deployed) -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    entry = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": "ci"}
    known = {"issuer": ISSUER, "jwks": {"keys": [entry]}}
    assert stack.stand_in.control.put("/_rehearsal/issuers", json=known).status_code == 204
    application = stack.stand_in.application(displayName="deployer in CI")
    credential = {"name": "pipeline", "issuer": ISSUER, "subject": SUBJECT, "audiences": [AUDIENCE]}
    stack.stand_in.made("POST", application.path("/federatedIdentityCredentials"), credential)
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": SUBJECT, "aud": AUDIENCE, "iat": now, "nbf": now, "exp": now + 3600}
    token = jwt.encode(claims, key, "RS256", {"kid": "ci"})
    return {**NOBODY, "ARM_CLIENT_ID": application.app_id, "ARM_OIDC_TOKEN": token}


COMMANDS = ("audit", "adopt and revoke", "preflight", "token")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_client_secret_that_has_expired_is_called_so(aged: Aged, command: str) -> None:
    result = aged.stack.access(*aged.commands()[command], **aged.secret)
    assert (result.returncode, result.stdout) == (1, "")
    first, second = result.stderr.splitlines()
    assert first.startswith("error: Not signed in: AADSTS7000222: The provided client secret keys for app '")
    assert second == (
        "error: The client secret has expired. Sign in again without one (ARM_OIDC_TOKEN_FILE_PATH, or `az login`), or "
        "with a new one: az ad app credential reset --id $ARM_CLIENT_ID"
    )
    aged.check_untouched()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_token_of_a_ci_system_that_has_expired_is_called_so(aged: Aged, command: str) -> None:
    result = aged.stack.access(*aged.commands()[command], **aged.token_of_ci)
    assert (result.returncode, result.stdout) == (1, "")
    first, second = result.stderr.splitlines()
    assert first.startswith("error: Not signed in: AADSTS700024: Client assertion is not within its valid time range.")
    assert second == (
        "error: The token of the CI system has expired. Have it issue a new one (ARM_OIDC_TOKEN, "
        "ARM_OIDC_TOKEN_FILE_PATH), or run the job again."
    )
    assert aged.token_of_ci["ARM_OIDC_TOKEN"] not in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("said", SESSIONS.values(), ids=SESSIONS.keys())
def test_a_session_of_the_azure_cli_that_is_over_is_called_so(
    aged: Aged, tmp_path: Path, said: str, command: str
) -> None:
    azure_cli = tmp_path / "az"
    ids = "Trace ID: 0f8fad5b-d9cb-469f-a165-70867728950e Timestamp: 2026-07-01 08:00:00Z"
    azure_cli.write_text(
        f"#!/bin/sh\necho 'ERROR: {said} {ids}' >&2\necho 'Interactive authentication is needed. Please run:' >&2\n"
        "echo 'az login --scope https://graph.microsoft.com/.default' >&2\nexit 1\n",
        encoding="utf-8",
    )
    azure_cli.chmod(0o755)
    login = {**NOBODY, "PATH": f"{tmp_path}:/usr/bin:/bin", "AZURE_TOKEN_CREDENTIALS": "AzureCliCredential"}
    result = aged.stack.access(*aged.commands()[command], **login)
    assert (result.returncode, result.stdout, result.stderr) == (
        1,
        "",
        f"error: Not signed in: {said}\nerror: The login has expired. Sign in again: az login\n",
    )


@pytest.mark.parametrize(
    ("command", "route"),
    [
        ("audit", "GET /v1.0/servicePrincipals/{id}/appRoleAssignments"),
        ("preflight", "GET /v1.0/applications"),
    ],
)
def test_a_token_that_expires_while_a_command_looks_ends_it(aged: Aged, command: str, route: str) -> None:
    refused, advice = error(run_into_expiry(aged.stack, route, *aged.commands()[command])).splitlines()
    assert refused.endswith(
        "was refused (401 InvalidAuthenticationToken): Lifetime validation failed, the token is expired."
    )
    assert advice == "The login has expired. Sign in again: az login; with ARM_* variables, run the command again."
    aged.check_untouched()


def test_a_token_that_expires_before_the_first_revocation_leaves_everything(aged: Aged) -> None:
    revoke = ("audit", *aged.stack.named, "--revoke", "--yes")
    result = run_into_expiry(aged.stack, REVOKING, *revoke)
    assert result.returncode == 1
    assert "error: 0 revoked; these could not be, and are as they were:" in result.stderr
    assert result.stderr.count("error: The login has expired. Sign in again: az login") == 2
    aged.check_untouched()


def run_into_expiry(stack: Deployed, route: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command that is told to wait on its way, and lets its token expire meanwhile."""
    with stack.held_up(route, *arguments) as held:
        stack.put_clock_forward(TWO_HOURS)
        return held.goes_on()
