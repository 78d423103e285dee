"""What validating one access token costs, beside what it is made of and what others do for the same.

Run it with `python -m bench.token_validation`; what it needs beyond the checks' requirements is in
bench/requirements.txt. All candidates get the same token and keys, in one process and in turns, so that a busy machine
slows them all alike; the ratios count, not the times. Ends with status 1 if this API's validation costs more than 1.25
times PyJWT's own decode, or more than fastapi-azure-auth's.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path

import httpx
import jwt
import trustme
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from fastapi.security import SecurityScopes
from fastapi_azure_auth import SingleTenantAzureAuthorizationCodeBearer
from starlette.requests import Request

from tests.workload.issuer import API, ISSUER_V2, TENANT, Issuer
from workload.api.keys import SigningKeys
from workload.api.settings import Settings
from workload.api.tokens import TokenValidator, bearer_token

ROUNDS = 60
CALLS = 200  # of each candidate in a round
DECODE_LIMIT = 1.25

Candidate = Callable[[], Awaitable[object]]


async def microseconds(candidate: Candidate) -> float:
    """The mean of one call."""
    start = time.perf_counter()
    for _ in range(CALLS):
        await candidate()
    return (time.perf_counter() - start) / CALLS * 1e6


async def measured(issuer: Issuer) -> dict[str, list[float]]:
    """By candidate, the mean of each round."""
    token = issuer.token()
    key = jwt.PyJWK(issuer.keys[0].entry(), "RS256")
    request = Request({"type": "http", "headers": [(b"authorization", f"Bearer {token}".encode())]})
    text, _, signature = token.rpartition(".")
    signed, signature_bytes = text.encode(), urlsafe_b64decode(signature + "==")
    public = issuer.keys[0].private.public_key()

    theirs = SingleTenantAzureAuthorizationCodeBearer(app_client_id=API, tenant_id=TENANT)
    theirs.openid_config.config_url = f"{issuer.authority}/{TENANT}/v2.0/.well-known/openid-configuration"
    scopes = SecurityScopes()

    async with httpx.AsyncClient() as client:
        settings = Settings(API, ISSUER_V2, TENANT, issuer.authority)
        ours = TokenValidator(settings, SigningKeys(settings, client))

        async def bare_signature() -> None:
            public.verify(signature_bytes, signed, padding.PKCS1v15(), hashes.SHA256())

        async def pyjwt_decode() -> object:
            return jwt.decode(token, key, algorithms=["RS256"], audience=API, issuer=ISSUER_V2)

        async def this_api() -> object:
            return await ours.principal(bearer_token(request.headers.getlist("authorization")))

        async def fastapi_azure_auth() -> object:
            return await theirs(request, scopes)

        candidates: tuple[Candidate, ...] = (bare_signature, pyjwt_decode, this_api, fastapi_azure_auth)
        for candidate in candidates:
            await microseconds(candidate)  # fetches keys, fills caches
        times: dict[str, list[float]] = {candidate.__name__: [] for candidate in candidates}
        for _ in range(ROUNDS):
            for candidate in candidates:
                times[candidate.__name__].append(await microseconds(candidate))
    return times


def main() -> int:
    """Measure, print, and judge."""
    ca = trustme.CA()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "ca.pem")
        ca.cert_pem.write_to_path(str(file))
        os.environ["SSL_CERT_FILE"] = str(file)
        issuer = Issuer(ca)
        try:
            times = asyncio.run(measured(issuer))
        finally:
            issuer.stop()

    def ratio(name: str, other: str) -> float:
        return statistics.median(mine / others for mine, others in zip(times[name], times[other], strict=True))

    versions = ", ".join(f"{name} {version(name)}" for name in ("PyJWT", "fastapi-azure-auth", "cryptography"))
    print(f"{ROUNDS} rounds of {CALLS} validations of one token; {versions}; Python {sys.version.split()[0]}")
    for name, rounds in times.items():
        print(f"{name:20}{statistics.median(rounds):8.1f} µs{ratio(name, 'pyjwt_decode'):8.2f} of PyJWT's decode")
    over_decode, over_theirs = ratio("this_api", "pyjwt_decode"), ratio("this_api", "fastapi_azure_auth")
    print(
        f"this API: {over_decode:.2f} of PyJWT's decode (limit {DECODE_LIMIT}), {over_theirs:.2f} of fastapi-azure-auth"
    )
    return int(over_decode > DECODE_LIMIT or over_theirs >= 1)


if __name__ == "__main__":
    sys.exit(main())
