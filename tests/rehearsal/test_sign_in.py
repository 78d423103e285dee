"""As whom the commands of a rehearsal sign in."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.azure.server import Endpoint
from rehearsal.sign_in import credentials, in_a_rehearsed_job

JOB = {
    "ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1:4711/token?api-version=2.0",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-the-job",
    "ARM_USE_OIDC": "true",
    "ARM_CLIENT_ID": "of-the-job",
    "ARM_SUBSCRIPTION_ID": "of-the-job",
    "ARM_CLIENT_SECRET": "of somebody",
}


@pytest.fixture
def endpoint(tmp_path: Path) -> Endpoint:
    return Endpoint(
        https_url="https://127.0.0.1:1",
        http_url="http://127.0.0.1:2",
        ca_file=tmp_path / "ca.pem",
        tenant_id="tenant",
        subscription_id="subscription",
        client_id="deployer",
        client_secret="secret",
        control_key="key",
    )


def test_a_command_is_the_deployer_whatever_the_environment_says(endpoint: Endpoint) -> None:
    assert credentials(endpoint, {**JOB, "ARM_USE_OIDC": ""}) == endpoint.environment()
    assert credentials(endpoint, {}) == endpoint.environment()


def test_in_a_rehearsed_job_it_is_who_the_job_names_and_nobody_else(endpoint: Endpoint) -> None:
    found = credentials(endpoint, JOB)
    assert {name: found.get(name) for name in (*JOB, "ARM_TENANT_ID", "AZURE_CLIENT_SECRET")} == {
        **JOB,
        "ARM_TENANT_ID": "tenant",
        "ARM_CLIENT_SECRET": None,
        "AZURE_CLIENT_SECRET": None,
    }


@pytest.mark.parametrize(
    ("url", "rehearsed"),
    [
        ("http://127.0.0.1:4711/token", True),
        ("http://[::1]:4711/token", True),
        ("https://run.actions.githubusercontent.com/1/idtoken", False),
        ("http://127.0.0.1.example.com/token", False),
        ("", False),
    ],
)
def test_only_a_github_on_this_machine_is_a_rehearsed_one(url: str, rehearsed: bool) -> None:
    assert in_a_rehearsed_job({**JOB, "ACTIONS_ID_TOKEN_REQUEST_URL": url}) is rehearsed
