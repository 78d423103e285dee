"""The keys that sign tokens: RSA, each with a self-signed certificate, two or more published at any time.

One key signs. A rotation lets the published successor sign and keeps its predecessor published, so that tokens signed
before still validate (Microsoft Entra documentation, "Access token signing key rollover": an application has to handle
several keys and their rotation).
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from rehearsal.azure.clock import Clock
from rehearsal.azure.context import Context

KIND = "signingKey"
"""The store's kind for signing keys."""

_PUBLISHED_AFTER_ROTATION = 3
_LIFE = timedelta(days=5 * 365)


def seed(context: Context) -> None:
    """Make the first signing key and its successor, unless the store has keys already."""
    if not context.store.all(KIND):
        for _ in range(2):
            _add(context)
        _let_sign(context, context.store.all(KIND)[0]["kid"])


def rotate(context: Context) -> str:
    """Let the published successor sign from now on and publish a new successor; the id of the key that signs now.

    The three newest keys stay published: the one before, the one that signs, the one to come. Older ones are gone, and
    with them every token they signed.
    """
    keys = context.store.all(KIND)
    current = next(position for position, key in enumerate(keys) if key["signs"])
    _let_sign(context, keys[current + 1]["kid"])
    _add(context)
    for key in context.store.all(KIND)[:-_PUBLISHED_AFTER_ROTATION]:
        context.store.remove(KIND, key["kid"])
    return str(keys[current + 1]["kid"])


def signing_key(context: Context) -> tuple[str, rsa.RSAPrivateKey]:
    """Id and private key of the key that signs now."""
    [key] = context.store.find(KIND, signs=True)
    return key["kid"], _private_key(key["privateKey"])


def public_key(context: Context, kid: str) -> rsa.RSAPublicKey | None:
    """The published key of that id; None when no such key is published."""
    key = context.store.get(KIND, kid)
    return _private_key(key["privateKey"]).public_key() if key else None


def published(context: Context) -> list[dict[str, Any]]:
    """The keys as the JWKS documents show them, without `alg` and `issuer`.

    The login service's recorded JWKS has `x5t` equal to `kid` and one certificate in `x5c`.
    """
    documents = []
    for key in context.store.all(KIND):
        numbers = _private_key(key["privateKey"]).public_key().public_numbers()
        documents.append(
            {
                "kty": "RSA",
                "use": "sig",
                "kid": key["kid"],
                "x5t": key["kid"],
                "n": _base64url(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
                "e": _base64url(numbers.e.to_bytes(3, "big")),
                "x5c": [key["certificate"]],
            }
        )
    return documents


def _add(context: Context) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = _certificate(key, context.clock).public_bytes(serialization.Encoding.DER)
    # The form of published key ids is the certificate's SHA-1 thumb print, as in the JOSE header "x5t" (RFC 7515).
    kid = _base64url(hashlib.sha1(certificate, usedforsecurity=False).digest())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    document = {"kid": kid, "privateKey": pem, "certificate": base64.b64encode(certificate).decode(), "signs": False}
    context.store.put(KIND, kid, document)


def _let_sign(context: Context, kid: str) -> None:
    for key in context.store.all(KIND):
        context.store.put(KIND, key["kid"], {**key, "signs": key["kid"] == kid})


def _certificate(key: rsa.RSAPrivateKey, clock: Clock) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "accounts.accesscontrol.windows.net")])
    now = clock.time()
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + _LIFE)
    return builder.sign(key, hashes.SHA256())


@lru_cache(maxsize=16)
def _private_key(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 (`_add` writes nothing else)
    return key


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
