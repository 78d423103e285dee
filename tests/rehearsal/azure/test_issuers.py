"""Tokens of a CI system in exchange for Entra's: keys by discovery, and each way in which a token names another job."""

import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import jwt
import pytest

from rehearsal.github.job import ISSUER, Job, Repository
from rehearsal.github.token_service import TokenService, serving
from tests.rehearsal.azure.stand_in import Application, StandIn

REPOSITORY = Repository(owner="contoso", name="orders", owner_id=5544123, id=821093847)
JOB = Job(repository=REPOSITORY, event="push", ref="refs/heads/main", environment="prod")
EXCHANGE = "api://AzureADTokenExchange"


@pytest.fixture(scope="module")
def github() -> Iterator[TokenService]:
    with serving(JOB) as service:
        yield service


@pytest.fixture
def application(stand_in: StandIn, github: TokenService) -> Application:
    """An application that trusts the job, on a stand-in that knows where GitHub publishes its keys."""
    known = stand_in.control.put("/_rehearsal/issuers", json={"issuer": ISSUER, "url": github.url})
    assert known.status_code == 204, known.text
    application = stand_in.application()
    trusted = {"name": "github", "issuer": ISSUER, "subject": JOB.subject, "audiences": [EXCHANGE]}
    stand_in.made("POST", application.path("/federatedIdentityCredentials"), trusted)
    return application


def token_of(github: TokenService, audience: str = EXCHANGE) -> str:
    answer = httpx.get(
        f"{github.url}/token",
        params={"audience": audience},
        headers={"Authorization": f"Bearer {github.request_token}"},
        trust_env=False,
    )
    return str(answer.json()["value"])


def test_a_job_signs_in_under_keys_that_its_issuer_publishes(
    stand_in: StandIn, github: TokenService, application: Application
) -> None:
    answer = application.sign_in(token_of(github))
    assert answer["status"] == 200
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert (claims["appid"], claims["appidacr"]) == (application.app_id, "2")


@pytest.mark.parametrize(
    "job",
    [
        replace(JOB, environment="dev"),
        replace(JOB, environment=None),
        replace(JOB, environment=None, event="pull_request", ref="refs/pull/7/merge"),
        replace(JOB, repository=replace(REPOSITORY, immutable=False)),
        replace(JOB, repository=replace(REPOSITORY, id=1)),
        replace(JOB, repository=replace(REPOSITORY, owner="fabrikam")),
    ],
    ids=["environment", "branch", "pull request", "names only", "repository of the same name", "owner"],
)
def test_another_job_is_refused_by_its_subject(stand_in: StandIn, application: Application, job: Job) -> None:
    with serving(job) as other:
        assert stand_in.control.put("/_rehearsal/issuers", json={"issuer": ISSUER, "url": other.url}).is_success
        answer = application.sign_in(token_of(other))
    assert (answer["status"], answer["error"], answer["error_codes"]) == (401, "invalid_client", [700213])
    assert answer["error_description"].startswith(
        f"AADSTS700213: No matching federated identity record found for presented assertion subject '{job.subject}'. "
    )


def test_a_token_for_another_audience_is_refused(
    stand_in: StandIn, github: TokenService, application: Application
) -> None:
    answer = application.sign_in(token_of(github, "api://AzureADTokenExchange/"))
    assert (answer["status"], answer["error_codes"]) == (401, [700212])


def test_a_key_that_the_issuer_does_not_publish_any_more_is_refused(
    stand_in: StandIn, github: TokenService, application: Application
) -> None:
    old = token_of(github)
    with serving(JOB) as rotated:
        assert stand_in.control.put("/_rehearsal/issuers", json={"issuer": ISSUER, "url": rotated.url}).is_success
        answer = application.sign_in(old)
    assert (answer["error"], answer["error_codes"]) == ("invalid_client", [7000272])
    kid = jwt.get_unverified_header(old)["kid"]
    assert f"The certificate with identifier {kid} used to sign the federated credential" in answer["error_description"]


def test_an_issuer_that_cannot_be_asked_vouches_for_nobody(
    stand_in: StandIn, github: TokenService, application: Application
) -> None:
    assertion = token_of(github)
    with serving(JOB) as gone:
        pass
    for url in (gone.url, stand_in.endpoint.http_url):
        assert stand_in.control.put("/_rehearsal/issuers", json={"issuer": ISSUER, "url": url}).is_success
        answer = application.sign_in(assertion)
        assert (answer["status"], answer["error"], answer["error_codes"]) == (400, "invalid_request", [50166])
        assert "Request to External OIDC endpoint failed." in answer["error_description"]


def test_an_issuer_that_nobody_registered_is_not_asked(stand_in: StandIn, github: TokenService) -> None:
    application = stand_in.application()
    trusted = {"name": "github", "issuer": ISSUER, "subject": JOB.subject, "audiences": [EXCHANGE]}
    stand_in.made("POST", application.path("/federatedIdentityCredentials"), trusted)
    answer = application.sign_in(token_of(github))
    assert answer["error_codes"] == [50166]
    assert f"nobody registered the issuer {ISSUER}" in answer["error_description"]


@pytest.mark.parametrize("url", [ISSUER, "ftp://127.0.0.1/", "https://localhost.example", "127.0.0.1:80", ""])
def test_the_stand_in_never_leaves_this_machine_for_keys(stand_in: StandIn, url: str) -> None:
    refused = stand_in.control.put("/_rehearsal/issuers", json={"issuer": ISSUER, "url": url})
    assert refused.status_code == 400
    assert "no http or https URL on a loopback address" in refused.text


def test_a_token_that_is_over_is_refused_also_under_a_good_key(
    stand_in: StandIn, github: TokenService, application: Application
) -> None:
    assertion = token_of(github)
    assert stand_in.control.post("/_rehearsal/clock", json={"advance": 301}).status_code == 200
    assert application.sign_in(assertion)["error_codes"] == [700024]
    assert time.time() < jwt.decode(assertion, options={"verify_signature": False})["exp"]
