"""Who deploys the code: by client secret, by the token of a CI system, by az login; nothing secret is left behind."""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import jwt
import pytest
from azure.core import PipelineClient
from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline.policies import BearerTokenCredentialPolicy
from azure.core.rest import HttpRequest, HttpResponse
from azure.identity import CredentialUnavailableError
from cryptography.hazmat.primitives.asymmetric import rsa

from components.deployer import ResourceManager, SignInError, credential
from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.folder import RehearsalFolder
from tests.rehearsal.azure.stand_in import StandIn
from tests.rehearsal.providers.scripted import Answer, scripted
from tests.rehearsal.stacks.rehearsed import Rehearsed

CI = "https://token.actions.githubusercontent.com"
SUBJECT = "repo:contoso/keyless:environment:prod"
AUDIENCE = "api://AzureADTokenExchange"
AZ = """#!{python}
import json, sys
json.dump(sys.argv[1:], open({asked}, "w"))
print(open({answer}).read())
"""


@dataclass
class Ci:
    """A CI system that the deployer's registration trusts."""

    key: rsa.RSAPrivateKey

    @classmethod
    def trusted_by(cls, stand_in: StandIn) -> Ci:
        ci = cls(rsa.generate_private_key(public_exponent=65537, key_size=2048))
        jwk = {**jwt.algorithms.RSAAlgorithm.to_jwk(ci.key.public_key(), as_dict=True), "kid": "ci"}
        issuer = {"issuer": CI, "jwks": {"keys": [jwk]}}
        assert stand_in.control.put("/_rehearsal/issuers", json=issuer).status_code == 204
        own = f"appId eq '{stand_in.endpoint.client_id}'"
        [deployer] = stand_in.graph.get("/v1.0/applications", params={"$filter": own}).json()["value"]
        trusted = {"name": "github", "issuer": CI, "subject": SUBJECT, "audiences": [AUDIENCE]}
        stand_in.made("POST", f"/v1.0/applications/{deployer['id']}/federatedIdentityCredentials", trusted)
        return ci

    def token(self, subject: str = SUBJECT) -> str:
        now = int(time.time())
        said = {"iss": CI, "sub": subject, "aud": AUDIENCE, "iat": now, "nbf": now, "exp": now + 600}
        return jwt.encode(said, self.key, "RS256", headers={"kid": "ci"})


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with running(Options(state=tmp_path_factory.mktemp("azure"), durable=False)) as served:
        yield served


@pytest.fixture(scope="module")
def stand_in(endpoint: Endpoint) -> Iterator[StandIn]:
    client = StandIn(endpoint)
    yield client
    client.close()


@pytest.fixture(scope="module")
def ci(stand_in: StandIn) -> Ci:
    return Ci.trusted_by(stand_in)


@pytest.fixture
def public(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What everybody may know of the deployer; the machine trusts the stand-in and is signed in nowhere else."""
    known = endpoint.environment()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", known["REQUESTS_CA_BUNDLE"])
    return {name: known[name] for name in ("ARM_METADATA_HOSTNAME", "ARM_TENANT_ID", "ARM_CLIENT_ID")}


def subscriptions(environment: Mapping[str, str]) -> list[str]:
    """What the deployer sees in Resource Manager, as the deployment of code meets it."""
    manager = ResourceManager.of(environment)
    policy = BearerTokenCredentialPolicy(credential(environment, manager), manager.scope)
    with PipelineClient[HttpRequest, HttpResponse](manager.url, policies=[policy]) as client:
        answer = client.send_request(HttpRequest("GET", f"{manager.url}/subscriptions?api-version=2022-12-01"))
        answer.raise_for_status()
        return [each["subscriptionId"] for each in answer.json()["value"]]


@pytest.fixture
def quiet() -> Iterator[Callable[[str], None]]:
    """Says what must not be logged, at any level, by anybody; no token may."""
    secrets, logged = ["eyJ"], io.StringIO()
    root, handler = logging.getLogger(), logging.StreamHandler(logged)
    # Commands that ran in this process before may have silenced libraries.
    silenced = [each for each in root.manager.loggerDict.values() if isinstance(each, logging.Logger) and each.level]
    levels = [(logger, logger.level) for logger in (root, *silenced)]
    root.addHandler(handler)
    for logger, _ in levels:
        logger.setLevel(logging.DEBUG)
    yield secrets.append
    root.removeHandler(handler)
    for logger, level in levels:
        logger.setLevel(level)
    assert "/oauth2/v2.0/token" in logged.getvalue() or "az account" in logged.getvalue(), "signing in is logged at all"
    assert [secret for secret in secrets if secret in logged.getvalue()] == []


def test_a_client_secret_signs_in(endpoint: Endpoint, public: dict[str, str], quiet: Callable[[str], None]) -> None:
    quiet(endpoint.client_secret)
    assert subscriptions({**public, "ARM_CLIENT_SECRET": endpoint.client_secret}) == [endpoint.subscription_id]


def test_the_token_of_a_ci_system_signs_in(
    endpoint: Endpoint, public: dict[str, str], ci: Ci, quiet: Callable[[str], None]
) -> None:
    environment = {**public, "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": ci.token()}
    assert subscriptions(environment) == [endpoint.subscription_id]


def test_the_token_of_a_ci_system_is_read_from_its_file(
    endpoint: Endpoint, public: dict[str, str], ci: Ci, tmp_path: Path, quiet: Callable[[str], None]
) -> None:
    file = tmp_path / "token"
    file.write_text(f"{ci.token()}\n", encoding="utf-8")
    environment = {**public, "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN_FILE_PATH": str(file)}
    assert subscriptions(environment) == [endpoint.subscription_id]


def test_github_is_asked_for_a_token_with_the_one_that_the_job_has(
    endpoint: Endpoint, public: dict[str, str], ci: Ci, quiet: Callable[[str], None]
) -> None:
    quiet("of-the-job")
    with scripted([Answer(200, {"value": ci.token()})]) as github:
        environment = {
            **public,
            "ARM_USE_OIDC": "true",
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{github.url}/token?api-version=2",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-the-job",
        }
        assert subscriptions(environment) == [endpoint.subscription_id]
    assert [path for _, path, _ in github.asked] == [f"/token?api-version=2&audience={AUDIENCE}"]


def test_az_login_signs_in_and_is_asked_for_this_tenant_and_for_resource_manager(
    endpoint: Endpoint,
    public: dict[str, str],
    stand_in: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    quiet: Callable[[str], None],
) -> None:
    asked, answer, az = tmp_path / "asked.json", tmp_path / "answer.json", tmp_path / "az"
    token = stand_in.token("https://management.azure.com/.default")
    answer.write_text(json.dumps({"accessToken": token, "expires_on": int(time.time()) + 3600, "tokenType": "Bearer"}))
    az.write_text(AZ.format(python=sys.executable, asked=repr(str(asked)), answer=repr(str(answer))))
    az.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert subscriptions({name: value for name, value in public.items() if name != "ARM_CLIENT_ID"}) == [
        endpoint.subscription_id
    ]
    words = json.loads(asked.read_text())
    assert words[:2] == ["account", "get-access-token"]
    assert words[words.index("--resource") + 1] == "https://management.azure.com/"
    assert words[words.index("--tenant") + 1] == endpoint.tenant_id


def test_without_az_and_without_variables_a_user_hears_of_az(
    public: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CredentialUnavailableError, match="Azure CLI not found on path"):
        subscriptions(public)


def test_a_secret_goes_before_the_token_of_a_ci_system_as_with_azure_native(
    endpoint: Endpoint, public: dict[str, str]
) -> None:
    environment = {**public, "ARM_CLIENT_SECRET": endpoint.client_secret, "ARM_USE_OIDC": "true"}
    assert subscriptions(environment) == [endpoint.subscription_id]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ARM_CLIENT_SECRET": "wrong"}, "AADSTS7000215"),
        ({"ARM_USE_OIDC": "true"}, "AADSTS700213"),
    ],
    ids=["secret", "token of another branch"],
)
def test_what_entra_says_is_what_a_user_hears(
    public: dict[str, str], ci: Ci, change: dict[str, str], words: str, quiet: Callable[[str], None]
) -> None:
    stranger = ci.token("repo:contoso/keyless:pull_request")
    with pytest.raises(ClientAuthenticationError, match=words) as refused:
        subscriptions({**public, "ARM_OIDC_TOKEN": stranger, **change})
    assert stranger not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ARM_USE_OIDC": "true"}, r"^ARM_USE_OIDC is true, but there is no token\. Give one in ARM_OIDC_TOKEN or "),
        ({"ARM_USE_OIDC": "true", "ARM_CLIENT_ID": ""}, "^ARM_CLIENT_ID must say who signs in with "),
        ({"ARM_USE_MSI": "true"}, r"^ARM_USE_MSI cannot sign in to deploy code\. Sign in with ARM_CLIENT_SECRET, "),
        ({"ARM_CLIENT_CERTIFICATE_PATH": "/a.pfx"}, "^ARM_CLIENT_CERTIFICATE_PATH cannot sign in to deploy code"),
    ],
    ids=["no token", "nobody", "managed identity", "certificate"],
)
def test_what_cannot_sign_in_is_named(public: dict[str, str], change: dict[str, str], words: str) -> None:
    with pytest.raises(SignInError, match=words):
        subscriptions({**public, **change})


@dataclass(frozen=True)
class Federated(Endpoint):
    """The endpoint for a deployer that holds no secret, but the token of its CI system in a file."""

    token_file: Path = Path()

    def environment(self) -> dict[str, str]:
        known = {name: value for name, value in super().environment().items() if not name.endswith("_CLIENT_SECRET")}
        return {**known, "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN_FILE_PATH": str(self.token_file)}


def test_a_stack_is_deployed_without_a_secret_and_no_token_is_left_in_state_or_logs(
    endpoint: Endpoint, ci: Ci, tmp_path: Path
) -> None:
    file, token = tmp_path / "token", ci.token()
    file.write_text(token, encoding="utf-8")
    known = {field.name: getattr(endpoint, field.name) for field in fields(endpoint)}
    stack = Rehearsed(RehearsalFolder.at(tmp_path / "rehearsal"), Federated(**known, token_file=file), "dev")
    try:
        up = stack.up()
        assert up.result.succeeded, up.text
    finally:
        stack.client.close()
    written = stack.written()
    assert {"dev.json", "dynamic-provider.log"} <= {path.name for path in written}
    secrets = (token.encode(), b"eyJ", endpoint.client_secret.encode())
    assert [path for path, content in written.items() if any(secret in content for secret in secrets)] == []
