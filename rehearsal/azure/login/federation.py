"""Federated assertions: a token of another issuer, such as a CI system, stands in for a client's own credential.

Who an issuer is says the control route `/_rehearsal/issuers`: by its keys, or by where on this machine it publishes
them. The stand-in never asks the issuer's own host.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt

from rehearsal.azure.context import Context
from rehearsal.azure.errors import LoginError
from rehearsal.azure.login import certificates, issuers

_LONGEST_LIFE = 25 * 3600
_ENTRA_ISSUERS = ("https://login.microsoftonline.com/", "https://sts.windows.net/")
_HINT = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"


def verify(
    context: Context,
    application: dict[str, Any],
    assertion: str,
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
) -> None:
    """Find the federated identity credential that matches and check the assertion; raises the AADSTS error if none
    does.

    Issuer, subject and audience are compared exactly (Microsoft Entra documentation, "Important considerations and
    restrictions for federated identity credentials"). The words are those of answers pasted in Azure/login issues.
    """
    issuer, subject, audience = claims.get("iss"), claims.get("sub"), claims.get("aud")
    if not isinstance(issuer, str) or not isinstance(subject, str) or not isinstance(audience, str):
        raise LoginError(50027, "invalid_request", "JWT token is invalid or malformed. iss, sub and aud must be text.")
    if issuer.startswith(_ENTRA_ISSUERS):
        raise LoginError(700222, "invalid_request", "AAD-issued tokens may not be used for federated identity flows.")
    found = context.store.find("federatedIdentityCredential", application=application["id"])
    found = _some([c for c in found if c["issuer"] == issuer], 700211, "issuer", issuer)
    found = _some([c for c in found if c["audiences"] == [audience]], 700212, "audience", audience)
    exact = [credential for credential in found if credential["subject"] == subject]
    if not exact and any(credential["subject"].lower() == subject.lower() for credential in found):
        raise LoginError(
            7002138,
            "invalid_client",
            f"No matching federated identity record found for presented assertion subject '{subject}'. The subject "
            "matches with case-insensitive comparison, but not with case-sensitive comparison. Check your federated "
            f"identity credential Subject, Audience and Issuer against the presented assertion. {_HINT}",
        )
    _some(exact, 700213, "subject", subject)
    _check_signature(context, issuer, assertion, header)
    _check_life(claims)
    certificates.check_times(context, claims)


def _some(found: list[dict[str, Any]], number: int, part: str, presented: str) -> list[dict[str, Any]]:
    if found:
        return found
    raise LoginError(
        number,
        "invalid_client",
        f"No matching federated identity record found for presented assertion {part} '{presented}'. Check your "
        f"federated identity credential Subject, Audience and Issuer against the presented assertion. {_HINT}",
    )


def _check_signature(context: Context, issuer: str, assertion: str, header: Mapping[str, Any]) -> None:
    key = next((key for key in issuers.keys_of(context, issuer) if key.key_id == header.get("kid")), None)
    unchecked = {"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False}
    try:
        if key is None:
            raise jwt.InvalidKeyError("no key of that id")
        jwt.decode(assertion, key, algorithms=["RS256"], options=unchecked)  # type: ignore[arg-type]
    except jwt.PyJWTError as error:
        # Azure/azure-workload-identity#1232.
        raise LoginError(
            7000272,
            "invalid_client",
            f"The certificate with identifier {header.get('kid')} used to sign the federated credential could not be "
            f"found in the metadata of identity provider {issuer}. Please validate that your Identity Provider's "
            "metadata exposes the key used to sign the incoming token.",
        ) from error


def _check_life(claims: Mapping[str, Any]) -> None:
    issued, expires = claims.get("iat", 0), claims.get("exp", 0)
    if not isinstance(issued, int | float) or not isinstance(expires, int | float) or expires - issued > _LONGEST_LIFE:
        raise LoginError(70023, "invalid_request", "External OIDC Provider token lifetime must be at most 1.01:00:00.")
