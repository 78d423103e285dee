"""Assertions that a client signs with the key of a certificate registered on its application."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from rehearsal.azure.context import Context
from rehearsal.azure.errors import LoginError

_ALGORITHMS = ["RS256", "PS256"]


def verify(
    context: Context,
    application: dict[str, Any],
    assertion: str,
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
) -> None:
    """Check signature, audience, subject and times; raises the AADSTS error of what is wrong.

    Microsoft Entra documentation, "Certificate credentials", wants `x5t#S256` or `x5t` in the header; Terraform's SDK
    puts the SHA-1 thumb print in `kid` (hashicorp/go-azure-sdk, `client_certificate_authorizer.go`). azure-identity's
    asynchronous client leaves the `=` padding in all three parts, its synchronous one sends times as fractions.
    """
    certificate = _registered(application, header)
    if certificate is None:
        raise LoginError(
            700027,
            "invalid_client",
            "The certificate with identifier used to sign the client assertion is not registered on application. "
            "[Reason - The key was not found.]",
        )
    key = certificate.public_key()
    try:
        if not isinstance(key, RSAPublicKey):
            raise jwt.InvalidKeyError("the registered certificate has no RSA key")
        unchecked = {"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False}
        jwt.decode(assertion, key, algorithms=_ALGORITHMS, options=unchecked)  # type: ignore[arg-type]
    except jwt.PyJWTError as error:
        raise LoginError(
            700027, "invalid_client", f"Client assertion contains an invalid signature. [Reason - {error}]"
        ) from error
    if claims.get("sub") != application["appId"] or claims.get("aud") not in _audiences(context):
        raise LoginError(
            700023,
            "invalid_client",
            "Client assertion audience claim does not match Realm issuer. Review the documentation at "
            "https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .",
        )
    check_times(context, claims)
    if certificate.not_valid_after_utc.timestamp() <= context.clock.now():
        raise LoginError(
            700027,
            "invalid_client",
            "Client assertion contains an invalid signature. [Reason - The key used is expired.]",
        )


def check_times(context: Context, claims: Mapping[str, Any]) -> None:
    """Raises AADSTS700024 for an assertion whose time is over or has not come, or that names no end."""
    now, start, end = context.clock.now(), claims.get("nbf", 0), claims.get("exp")
    if not isinstance(end, int | float) or not isinstance(start, int | float) or not start <= now + 300 or end <= now:
        raise LoginError(
            700024,
            "invalid_client",
            f"Client assertion is not within its valid time range. Current time: {context.clock.timestamp()}, "
            f"assertion valid from {start}, expiry time of assertion {end}. Review the documentation at "
            "https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .",
        )


def thumbprints(der: bytes) -> tuple[str, str]:
    """SHA-1 and SHA-256 of a certificate in DER, base64url without padding."""
    digests = hashlib.sha1(der, usedforsecurity=False).digest(), hashlib.sha256(der).digest()
    sha1, sha256 = (base64.urlsafe_b64encode(digest).rstrip(b"=").decode() for digest in digests)
    return sha1, sha256


def _registered(application: dict[str, Any], header: Mapping[str, Any]) -> x509.Certificate | None:
    named = {str(header[name]).rstrip("=") for name in ("x5t", "x5t#S256", "kid") if header.get(name)}
    for credential in application["keyCredentials"]:
        try:
            der = base64.b64decode(credential.get("key") or "", validate=True)
            if named.intersection(thumbprints(der)):
                return x509.load_der_x509_certificate(der)
        except (binascii.Error, ValueError):
            continue
    return None


def _audiences(context: Context) -> set[str]:
    """The token endpoints' URLs, at the stand-in and at the real host, by the tenant's id and by its domain."""
    hosts = (context.https_url, context.http_url, "https://login.microsoftonline.com")
    names = (context.tenant.id, context.tenant.domain)
    ends = ("/oauth2/v2.0/token", "/oauth2/token", "/v2.0", "/")
    return {f"{host}/{name}{end}" for host in hosts for name in names for end in ends}
