"""The rehearsed GitHub: which job a token names, and who gets one."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import jwt
import pytest

from rehearsal.github.job import ISSUER, LIFE, Job, Repository
from rehearsal.github.token_service import TokenService, serving

NAMED = Repository(owner="contoso", name="orders", owner_id=5544123, id=821093847, immutable=False)
NUMBERED = Repository(owner="contoso", name="orders", owner_id=5544123, id=821093847)
AUDIENCE = "api://AzureADTokenExchange"


@pytest.fixture(scope="module")
def service() -> Iterator[TokenService]:
    job = Job(repository=NUMBERED, event="push", ref="refs/heads/main", environment="prod")
    with serving(job) as served:
        yield served


def asked(service: TokenService, bearer: str | None, url: str = "") -> httpx.Response:
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    address = url or service.environment()["ACTIONS_ID_TOKEN_REQUEST_URL"]
    return httpx.get(address, params={"audience": AUDIENCE}, headers=headers, trust_env=False)


@pytest.mark.parametrize(
    ("event", "ref", "environment", "subject"),
    [
        ("push", "refs/heads/main", None, "repo:{}:ref:refs/heads/main"),
        ("schedule", "refs/heads/main", None, "repo:{}:ref:refs/heads/main"),
        ("push", "refs/tags/v1", None, "repo:{}:ref:refs/tags/v1"),
        ("pull_request", "refs/pull/7/merge", None, "repo:{}:pull_request"),
        ("push", "refs/heads/main", "prod", "repo:{}:environment:prod"),
        ("pull_request", "refs/pull/7/merge", "prod", "repo:{}:environment:prod"),
    ],
)
def test_a_subject_names_environment_before_pull_request_before_branch_or_tag(
    event: str, ref: str, environment: str | None, subject: str
) -> None:
    for repository, written in ((NAMED, "contoso/orders"), (NUMBERED, "contoso@5544123/orders@821093847")):
        job = Job(repository=repository, event=event, ref=ref, environment=environment)
        assert job.subject == subject.format(written)


def test_a_token_holds_what_github_documents_and_is_signed_by_a_published_key(service: TokenService) -> None:
    answer = asked(service, service.request_token)
    assert answer.status_code == 200
    token = answer.json()["value"]
    described = httpx.get(f"{service.url}/.well-known/openid-configuration", trust_env=False).json()
    assert described["issuer"] == ISSUER
    [key] = jwt.PyJWKSet.from_dict(httpx.get(described["jwks_uri"], trust_env=False).json()).keys
    claims = jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER)
    assert claims["sub"] == "repo:contoso@5544123/orders@821093847:environment:prod"
    assert claims["exp"] - claims["iat"] == LIFE
    assert {name: claims[name] for name in ("environment", "repository", "repository_id", "repository_owner_id")} == {
        "environment": "prod",
        "repository": "contoso/orders",
        "repository_id": "821093847",
        "repository_owner_id": "5544123",
    }


@pytest.mark.parametrize("bearer", [None, "another"])
def test_nobody_but_the_job_itself_gets_a_token(service: TokenService, bearer: str | None) -> None:
    assert asked(service, bearer).status_code == 401


def test_without_an_audience_the_token_is_for_the_owner_of_the_repository(service: TokenService) -> None:
    environment = service.environment()
    answer = httpx.get(
        environment["ACTIONS_ID_TOKEN_REQUEST_URL"],
        headers={"Authorization": f"Bearer {environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"},
        trust_env=False,
    )
    claims = jwt.decode(answer.json()["value"], options={"verify_signature": False})
    assert claims["aud"] == "https://github.com/contoso"


def test_there_is_nothing_else(service: TokenService) -> None:
    assert asked(service, service.request_token, f"{service.url}/repos").status_code == 404


def test_the_request_token_is_not_shown(service: TokenService) -> None:
    assert service.request_token not in repr(service)
