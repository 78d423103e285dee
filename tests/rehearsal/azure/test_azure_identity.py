"""azure-identity, the package that deployments and functions sign in with, against the stand-in's login service."""

import asyncio
import base64
import hashlib
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import azure.identity.aio
import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    CredentialUnavailableError,
    DefaultAzureCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.rehearsal.azure.stand_in import Application, Document, StandIn, claims, role

GRAPH = "https://graph.microsoft.com/.default"
CI_ISSUER = "https://token.actions.githubusercontent.com"
CI_SUBJECT = "repo:contoso/orders:environment:prod"


@pytest.fixture(autouse=True)
def _only_the_stand_in(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in stand_in.endpoint.environment().items():
        monkeypatch.setenv(name, value)


def authority(stand_in: StandIn) -> dict[str, Any]:
    return {"authority": stand_in.endpoint.https_url, "disable_instance_discovery": True}


def test_client_secret_credential_gets_a_token_for_graph(stand_in: StandIn) -> None:
    endpoint = stand_in.endpoint
    credential = ClientSecretCredential(
        endpoint.tenant_id, endpoint.client_id, endpoint.client_secret, **authority(stand_in)
    )
    with credential:
        token = credential.get_token(GRAPH)
    assert claims(token.token)["roles"] == ["AppRoleAssignment.ReadWrite.All", "Application.ReadWrite.All"]
    assert 3000 < token.expires_on - time.time() <= 3600


def test_client_secret_credential_names_the_wrong_secret(stand_in: StandIn) -> None:
    endpoint = stand_in.endpoint
    with (
        ClientSecretCredential(endpoint.tenant_id, endpoint.client_id, "guess", **authority(stand_in)) as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS7000215: Invalid client secret provided"),
    ):
        credential.get_token(GRAPH)


def test_the_asynchronous_client_secret_credential_gets_a_token(stand_in: StandIn) -> None:
    async def sign_in() -> None:
        endpoint = stand_in.endpoint
        async with azure.identity.aio.ClientSecretCredential(
            endpoint.tenant_id, endpoint.client_id, endpoint.client_secret, authority=endpoint.https_url
        ) as credential:
            token = await credential.get_token(GRAPH)
        assert claims(token.token)["appid"] == endpoint.client_id

    asyncio.run(sign_in())


def test_default_azure_credential_signs_in_from_the_environment(stand_in: StandIn) -> None:
    with DefaultAzureCredential(disable_instance_discovery=True) as credential:
        token = credential.get_token("https://management.azure.com/.default")
    assert claims(token.token)["aud"] == "https://management.azure.com"


def test_certificate_credential_is_known_by_its_registered_certificate(stand_in: StandIn, tmp_path: Path) -> None:
    application = stand_in.application()
    certificate = register_certificate(stand_in, application, tmp_path)
    with CertificateCredential(
        stand_in.endpoint.tenant_id, application.app_id, str(certificate), **authority(stand_in)
    ) as credential:
        token = credential.get_token(GRAPH)
    assert claims(token.token)["appidacr"] == "2"


def test_the_asynchronous_certificate_credential_is_known_too(stand_in: StandIn, tmp_path: Path) -> None:
    async def sign_in() -> None:
        application = stand_in.application()
        certificate = register_certificate(stand_in, application, tmp_path)
        async with azure.identity.aio.CertificateCredential(
            stand_in.endpoint.tenant_id, application.app_id, str(certificate), authority=stand_in.endpoint.https_url
        ) as credential:
            token = await credential.get_token(GRAPH)
        assert claims(token.token)["oid"] == application.principal_id

    asyncio.run(sign_in())


def test_an_unregistered_certificate_is_refused(stand_in: StandIn, tmp_path: Path) -> None:
    application, stranger = stand_in.application(), stand_in.application()
    certificate = register_certificate(stand_in, stranger, tmp_path)
    with (
        CertificateCredential(
            stand_in.endpoint.tenant_id, application.app_id, str(certificate), **authority(stand_in)
        ) as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS700027"),
    ):
        credential.get_token(GRAPH)


def test_client_assertion_credential_trades_a_ci_token_for_one_of_entra(stand_in: StandIn) -> None:
    application, ci = stand_in.application(), trusted_ci(stand_in)
    trust_ci(stand_in, application)
    with ClientAssertionCredential(
        stand_in.endpoint.tenant_id, application.app_id, ci, **authority(stand_in)
    ) as credential:
        token = credential.get_token(GRAPH)
    assert claims(token.token)["oid"] == application.principal_id


def test_workload_identity_credential_sends_the_token_file_as_it_is(stand_in: StandIn, tmp_path: Path) -> None:
    application, ci = stand_in.application(), trusted_ci(stand_in)
    trust_ci(stand_in, application)
    file = tmp_path / "token"
    file.write_text(ci() + "\n")
    with WorkloadIdentityCredential(
        tenant_id=stand_in.endpoint.tenant_id, client_id=application.app_id, token_file_path=str(file)
    ) as credential:
        assert claims(credential.get_token(GRAPH).token)["appid"] == application.app_id


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"iss": "https://gitlab.example"}, 700211),
        ({"aud": "api://SomethingElse"}, 700212),
        ({"sub": "repo:contoso/orders:pull_request"}, 700213),
        ({"sub": CI_SUBJECT.upper()}, 7002138),
        ({"exp": 1}, 700024),
        ({"iat": 1}, 70023),
    ],
)
def test_a_ci_token_that_does_not_match_is_refused_by_what_differs(
    stand_in: StandIn, change: Document, number: int
) -> None:
    application, ci = stand_in.application(), trusted_ci(stand_in, **change)
    trust_ci(stand_in, application)
    with (
        ClientAssertionCredential(
            stand_in.endpoint.tenant_id, application.app_id, ci, **authority(stand_in)
        ) as credential,
        pytest.raises(ClientAuthenticationError, match=f"AADSTS{number}:"),
    ):
        credential.get_token(GRAPH)


def test_managed_identity_credential_on_app_service_gets_a_day_long_token(
    stand_in: StandIn, site: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_only(monkeypatch, site["environment"])
    with ManagedIdentityCredential() as credential:
        token = credential.get_token("https://vault.azure.net/.default")
    said = claims(token.token)
    assert said["oid"] == site["principalId"]
    assert said["xms_mirid"].lower() == site["id"].lower()
    assert said["exp"] - said["iat"] == 86_700


def test_the_asynchronous_managed_identity_credential_gets_one_too(
    stand_in: StandIn, site: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sign_in() -> None:
        use_only(monkeypatch, site["environment"])
        async with azure.identity.aio.ManagedIdentityCredential() as credential:
            token = await credential.get_token("https://vault.azure.net/.default")
        assert claims(token.token)["sub"] == site["principalId"]

    asyncio.run(sign_in())


def test_default_azure_credential_finds_the_managed_identity(
    stand_in: StandIn, site: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_only(monkeypatch, site["environment"])
    with DefaultAzureCredential() as credential:
        assert claims(credential.get_token("https://vault.azure.net/.default").token)["oid"] == site["principalId"]


def test_managed_identity_credential_finds_the_instance_metadata_service(
    stand_in: StandIn, site: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = stand_in.control.get(f"/_rehearsal/identities/{site['principalId']}").json()
    use_only(monkeypatch, answer["imds"])
    with ManagedIdentityCredential() as credential:
        assert claims(credential.get_token("https://vault.azure.net/.default").token)["oid"] == site["principalId"]


def test_a_managed_identity_without_the_role_is_told_which_api_refuses_it(
    stand_in: StandIn, site: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = stand_in.api(role())
    use_only(monkeypatch, site["environment"])
    with ManagedIdentityCredential() as credential, pytest.raises(CredentialUnavailableError, match="AADSTS501051"):
        credential.get_token(api.scope)


def test_another_user_assigned_identity_is_not_found(
    stand_in: StandIn, site: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_only(monkeypatch, site["environment"])
    with (
        ManagedIdentityCredential(client_id=str(uuid.uuid4())) as credential,
        pytest.raises(CredentialUnavailableError, match="No User Assigned or Delegated Managed Identity found"),
    ):
        credential.get_token("https://vault.azure.net/.default")


def use_only(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID"):
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def register_certificate(stand_in: StandIn, application: Application, folder: Path) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "deployer")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    credential = {
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "key": base64.b64encode(der).decode(),
        "customKeyIdentifier": hashlib.sha1(der, usedforsecurity=False).hexdigest(),
    }
    stand_in.made("PATCH", application.path(), {"keyCredentials": [credential]}, 204)
    file = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def trusted_ci(stand_in: StandIn, **change: Any) -> Callable[[], str]:
    """A CI system whose keys the stand-in knows; what it says can be changed."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "ci", "use": "sig"}
    answer = stand_in.control.put("/_rehearsal/issuers", json={"issuer": CI_ISSUER, "jwks": {"keys": [jwk]}})
    assert answer.status_code == 204, answer.text
    now = int(time.time())
    said = {
        "iss": CI_ISSUER,
        "sub": CI_SUBJECT,
        "aud": "api://AzureADTokenExchange",
        "iat": now,
        "nbf": now,
        "exp": now + 300,
        **change,
    }
    return lambda: jwt.encode(said, key, "RS256", headers={"kid": "ci"})


def trust_ci(stand_in: StandIn, application: Application) -> None:
    body = {
        "name": "github",
        "issuer": CI_ISSUER,
        "subject": CI_SUBJECT,
        "audiences": ["api://AzureADTokenExchange"],
    }
    stand_in.made("POST", application.path("/federatedIdentityCredentials"), body)
