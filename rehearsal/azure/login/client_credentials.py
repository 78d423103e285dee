"""How a client proves itself at the token endpoint: a secret, or an assertion it signed or somebody else signed for
it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jwt

from rehearsal.azure.context import Context
from rehearsal.azure.errors import LoginError
from rehearsal.azure.login import certificates, federation, tokens

_JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def fingerprint(secret: str) -> str:
    """What the store keeps of a client secret. Secrets are long and random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def verify(context: Context, application: dict[str, Any], form: Mapping[str, str]) -> str:
    """How the client proved itself, as tokens say it (`appidacr`). Raises the AADSTS error of what is wrong.

    The words of the errors are those of recorded answers, AADSTS numbers as in Microsoft Entra documentation,
    "Microsoft Entra authentication and authorization error codes".
    """
    if form.get("client_secret"):
        _verify_secret(context, application, form["client_secret"])
        return tokens.SECRET
    if form.get("client_assertion"):
        _verify_assertion(context, application, form)
        return tokens.CERTIFICATE
    raise LoginError(
        7000216,
        "invalid_client",
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    )


def _verify_secret(context: Context, application: dict[str, Any], secret: str) -> None:
    presented = fingerprint(secret)
    for credential in application["passwordCredentials"]:
        kept = context.store.get("secret", credential["keyId"])
        if kept is None or not hmac.compare_digest(kept["fingerprint"], presented):
            continue
        if datetime.fromisoformat(credential["endDateTime"]).timestamp() > context.clock.now():
            return
        raise LoginError(
            7000222,
            "invalid_client",
            f"The provided client secret keys for app '{application['appId']}' are expired. Visit the Azure portal to "
            "create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials "
            "for added security: https://aka.ms/certCreds.",
        )
    raise LoginError(
        7000215,
        "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not "
        f"the client secret ID, for a secret added to app '{application['appId']}'.",
    )


def _verify_assertion(context: Context, application: dict[str, Any], form: Mapping[str, str]) -> None:
    if form.get("client_assertion_type") != _JWT_BEARER:
        raise LoginError(
            900144, "invalid_request", "The request body must contain the following parameter: 'client_assertion_type'."
        )
    # A token file often ends in a newline, and WorkloadIdentityCredential sends the file as it is.
    assertion = form["client_assertion"].strip()
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
        header = jwt.get_unverified_header(assertion)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise LoginError(50027, "invalid_request", f"JWT token is invalid or malformed. {error}") from error
    if claims.get("iss") == application["appId"]:
        certificates.verify(context, application, assertion, header, claims)
    else:
        federation.verify(context, application, assertion, header, claims)
