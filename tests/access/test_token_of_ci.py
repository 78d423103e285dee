"""A job on GitHub signs in with the token that GitHub issues to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from access.cloud.token_of_ci import NoTokenError, source
from rehearsal.github.job import ISSUER, Job, Repository
from rehearsal.github.token_service import TokenService, serving
from tests.access.deployed import Deployed, error, served

JOB = Job(
    repository=Repository(owner="contoso", name="keyless", owner_id=5544123, id=821093847),
    event="pull_request",
    ref="refs/pull/7/merge",
)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with served(tmp_path_factory.mktemp("rehearsal")) as found:
        yield found


@pytest.fixture(scope="module")
def github() -> Iterator[TokenService]:
    with serving(JOB) as service:
        yield service


@pytest.fixture(scope="module")
def identity(stack: Deployed, github: TokenService) -> str:
    """The client id of an application that trusts the job."""
    known = {"issuer": ISSUER, "url": github.url}
    assert stack.stand_in.control.put("/_rehearsal/issuers", json=known).status_code == 204
    application = stack.stand_in.application(displayName="previews")
    credential = {
        "name": "pull-request",
        "issuer": ISSUER,
        "subject": JOB.subject,
        "audiences": ["api://AzureADTokenExchange"],
    }
    stack.stand_in.made("POST", application.path("/federatedIdentityCredentials"), credential)
    return application.app_id


def signed_in(stack: Deployed, identity: str, **variables: str) -> dict[str, str]:
    return {
        **stack.endpoint.environment(),
        "ARM_CLIENT_ID": identity,
        "ARM_CLIENT_SECRET": "",
        "ARM_USE_OIDC": "true",
        **variables,
    }


def test_the_job_asks_github_itself(stack: Deployed, github: TokenService, identity: str) -> None:
    variables = signed_in(stack, identity, **github.environment())
    named = ("--stack", "dev", "--config-file", str(stack.config), "--format", "json")
    result = stack.access("preflight", *named, **variables)
    assert result.returncode == 3, result.stderr
    assert json.loads(result.stdout)["account"]["name"] == "previews"


def test_without_a_token_the_job_is_told_what_it_lacks(stack: Deployed, github: TokenService, identity: str) -> None:
    refused = {**github.environment(), "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "another"}
    variables = signed_in(stack, identity, **refused)
    told = error(stack.access("preflight", "--stack", "dev", "--config-file", str(stack.config), **variables))
    first, *_, last = told.splitlines()
    assert first.startswith("Not signed in: GitHub gives this job no token: Client error '401 Unauthorized'")
    assert last == "Run the job again, and give it `permissions: id-token: write`."


def test_a_token_that_is_given_goes_before_a_file_and_that_before_github(tmp_path: Path, github: TokenService) -> None:
    file = tmp_path / "token"
    file.write_text("from a file\n", encoding="utf-8")
    everything = {
        **github.environment(),
        "ARM_USE_OIDC": "true",
        "ARM_OIDC_TOKEN_FILE_PATH": str(file),
        "ARM_OIDC_TOKEN": "given",
    }
    asked = source(everything)
    assert asked is not None
    assert asked() == "given"
    asked = source({**everything, "ARM_OIDC_TOKEN": ""})
    assert asked is not None
    assert asked() == "from a file"


def test_github_is_not_asked_unless_the_job_is_to_sign_in_so(github: TokenService) -> None:
    assert source(github.environment()) is None
    assert source({"ARM_USE_OIDC": "true"}) is None


def test_an_answer_without_a_token_is_no_token(github: TokenService) -> None:
    asked = source(
        {
            "ARM_USE_OIDC": "true",
            "ARM_OIDC_REQUEST_URL": f"{github.url}/.well-known/openid-configuration?",
            "ARM_OIDC_REQUEST_TOKEN": "any",
        }
    )
    assert asked is not None
    with pytest.raises(NoTokenError, match=r"^Not signed in: what GitHub answers holds no token: KeyError\('value'\)"):
        asked()
