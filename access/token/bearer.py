"""Where the token comes from: standard input, the credential of the environment, or a managed identity."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import closing
from enum import StrEnum

import httpx

from access.cloud.cloud import web_client
from access.cloud.endpoints import endpoints
from access.cloud.sign_in import SignIn
from access.errors import AccessError, BadInputError

_VERSION = "2019-08-01"


class Source(StrEnum):
    """Who hands the token over; never an argument, which every process of the machine could read."""

    STDIN = "stdin"
    CREDENTIAL = "credential"
    IDENTITY = "identity"


def token_from(source: Source, scope: str | None, environment: Mapping[str, str]) -> str:
    """Returns the raw token. `scope` ends in `/.default`; standard input needs none.

    Raises AccessError.
    """
    if source is Source.STDIN:
        if sys.stdin.isatty():
            raise BadInputError("A token typed in would stay on the screen: pipe it in instead.")
        return sys.stdin.read(200_000)
    if scope is None:
        raise BadInputError(
            "For which API is the token to be? Name it with --scope, or with --stack take the stack's output `scope`."
        )
    if source is Source.CREDENTIAL:
        with web_client() as client, closing(SignIn.of(environment, endpoints(environment, client))) as credential:
            return credential.token(scope)
    return _of_identity(scope, environment)


def _of_identity(scope: str, environment: Mapping[str, str]) -> str:
    """Asks as the code of a function app does (Azure App Service documentation, "REST endpoint reference")."""
    endpoint, header = environment.get("IDENTITY_ENDPOINT"), environment.get("IDENTITY_HEADER")
    if not endpoint or not header:
        raise BadInputError(
            "There is no identity here: IDENTITY_ENDPOINT and IDENTITY_HEADER are what the platform gives a function "
            "app's process. "
            "Run it there, or as a rehearsed site: python -m rehearsal env --site NAME."
        )
    query = {"resource": scope.removesuffix("/.default"), "api-version": _VERSION}
    try:
        with web_client() as client:
            answer = client.get(endpoint, params=query, headers={"X-IDENTITY-HEADER": header})
    except httpx.HTTPError as error:
        raise AccessError(
            f"The identity endpoint {endpoint} does not answer: {type(error).__name__}. Is it up?"
        ) from error
    body = answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {}
    if answer.status_code != httpx.codes.OK or "access_token" not in body:
        said = body.get("message") or body.get("error_description") or answer.reason_phrase
        raise AccessError(
            f"The identity gets no token for {scope}: {answer.status_code} {said}\n"
            "Check that the scope is the API's and that the identity holds a role on it (`python -m access audit`)."
        )
    return str(body["access_token"])
