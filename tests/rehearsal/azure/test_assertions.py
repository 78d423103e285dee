"""Client assertions that prove nothing: forged, for somebody else, out of time, or of an issuer that cannot vouch."""

import base64
import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.rehearsal.azure.stand_in import Application, Document, StandIn

CI = "https://token.actions.githubusercontent.com"
SUBJECT = "repo:contoso/orders:environment:prod"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def stranger() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def register(stand_in: StandIn, application: Application, key: rsa.RSAPrivateKey, days: int = 1) -> str:
    """Register a certificate that ends in some days; its thumb print as Terraform's SDK sends it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "deployer")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1).not_valid_before(now - timedelta(days=9)).not_valid_after(now + timedelta(days=days))
    )
    der = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    credential = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.b64encode(der).decode()}
    stand_in.made("PATCH", application.path(), {"keyCredentials": [credential]}, 204)
    assert application.read()["keyCredentials"][0]["key"] is None
    return base64.urlsafe_b64encode(hashlib.sha1(der, usedforsecurity=False).digest()).decode()


def own_claims(stand_in: StandIn, application: Application, **change: Any) -> Document:
    """What a client says of itself in an assertion."""
    now = int(time.time())
    said = {
        "aud": f"{stand_in.endpoint.https_url}/{stand_in.endpoint.tenant_id}/oauth2/v2.0/token",
        "iss": application.app_id,
        "sub": application.app_id,
        "nbf": now,
        "exp": now + 600,
        **change,
    }
    return {name: value for name, value in said.items() if value is not None}


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_an_assertion_with_the_thumb_print_in_kid_is_taken(
    stand_in: StandIn, key: rsa.RSAPrivateKey, algorithm: str
) -> None:
    application = stand_in.application()
    kid = register(stand_in, application, key)
    assertion = jwt.encode(own_claims(stand_in, application), key, algorithm, headers={"kid": kid})
    assert application.sign_in(assertion)["status"] == 200


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"aud": "https://login.example/token"}, 700023),
        ({"sub": "somebody else"}, 700023),
        ({"exp": 1}, 700024),
        ({"exp": None}, 700024),
        ({"nbf": 2**40}, 700024),
    ],
)
def test_an_assertion_that_says_the_wrong_thing_is_refused(
    stand_in: StandIn, key: rsa.RSAPrivateKey, change: Document, number: int
) -> None:
    application = stand_in.application()
    kid = register(stand_in, application, key)
    said = own_claims(stand_in, application, **change)
    answer = application.sign_in(jwt.encode(said, key, "RS256", headers={"kid": kid}))
    assert (answer["status"], answer["error"], answer["error_codes"]) == (401, "invalid_client", [number])


def test_an_assertion_that_another_key_signed_is_refused(
    stand_in: StandIn, key: rsa.RSAPrivateKey, stranger: rsa.RSAPrivateKey
) -> None:
    application = stand_in.application()
    kid = register(stand_in, application, key)
    forged = jwt.encode(own_claims(stand_in, application), stranger, "RS256", headers={"kid": kid})
    answer = application.sign_in(forged)
    assert answer["error_codes"] == [700027]
    assert "invalid signature" in answer["error_description"]


def test_an_assertion_with_an_expired_certificate_is_refused(stand_in: StandIn, key: rsa.RSAPrivateKey) -> None:
    application = stand_in.application()
    kid = register(stand_in, application, key, days=-1)
    answer = application.sign_in(jwt.encode(own_claims(stand_in, application), key, "RS256", headers={"kid": kid}))
    assert answer["error_codes"] == [700027]
    assert "The key used is expired" in answer["error_description"]


def trusting(stand_in: StandIn, key: rsa.RSAPrivateKey) -> tuple[Application, Callable[..., str]]:
    """An application that trusts a CI system, and the CI system's tokens."""
    jwk = {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "ci"}
    answer = stand_in.control.put("/_rehearsal/issuers", json={"issuer": CI, "jwks": {"keys": [jwk]}})
    assert answer.status_code == 204
    application = stand_in.application()
    body = {"name": "github", "issuer": CI, "subject": SUBJECT, "audiences": ["api://AzureADTokenExchange"]}
    stand_in.made("POST", application.path("/federatedIdentityCredentials"), body)

    def token(signer: rsa.RSAPrivateKey = key, kid: str = "ci", **change: Any) -> str:
        now = int(time.time())
        said = {"iss": CI, "sub": SUBJECT, "aud": "api://AzureADTokenExchange", "iat": now, "exp": now + 300, **change}
        present = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(present, signer, "RS256", headers={"kid": kid})

    return application, token


def test_a_ci_token_that_another_key_signed_is_refused(
    stand_in: StandIn, key: rsa.RSAPrivateKey, stranger: rsa.RSAPrivateKey
) -> None:
    application, token = trusting(stand_in, key)
    assert application.sign_in(token())["status"] == 200
    for forged in (token(stranger), token(kid="other")):
        answer = application.sign_in(forged)
        assert (answer["error"], answer["error_codes"]) == ("invalid_client", [7000272])


def test_a_token_of_entra_itself_is_no_federated_assertion(stand_in: StandIn, key: rsa.RSAPrivateKey) -> None:
    application, _ = trusting(stand_in, key)
    answer = application.sign_in(stand_in.token("https://vault.azure.net/.default"))
    assert answer["error_codes"] == [700222]


@pytest.mark.parametrize("change", [{"sub": None}, {"aud": ["api://AzureADTokenExchange"]}, {"iss": None}])
def test_a_ci_token_without_issuer_subject_and_one_audience_is_malformed(
    stand_in: StandIn, key: rsa.RSAPrivateKey, change: Document
) -> None:
    application, token = trusting(stand_in, key)
    answer = application.sign_in(token(**change))
    assert (answer["status"], answer["error_codes"]) == (400, [50027])


def test_a_credential_that_is_removed_is_trusted_no_more(stand_in: StandIn, key: rsa.RSAPrivateKey) -> None:
    application, token = trusting(stand_in, key)
    stand_in.made("DELETE", application.path("/federatedIdentityCredentials/github"), status=204)
    assert application.sign_in(token())["error_codes"] == [700211]
