"""Signing in as whoever the environment says, and who that is."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.identity import ClientAssertionCredential, ClientSecretCredential, DefaultAzureCredential

from access.cloud import token_of_ci
from access.cloud.endpoints import Endpoints
from access.cloud.login_refusal import explained, first_line
from access.errors import AccessError

_NO_ANSWER = (ServiceRequestError, ServiceResponseError)
Credential = ClientSecretCredential | ClientAssertionCredential | DefaultAzureCredential


class SignInError(AccessError):
    """Nobody is signed in, or the login service refuses."""


@dataclass(frozen=True)
class Account:
    """Who is signed in, as a token says."""

    tenant_id: str
    object_id: str
    client_id: str
    name: str
    is_application: bool
    roles: frozenset[str]
    """App roles, on the API that the token is for."""
    directory_roles: frozenset[str]
    """Template ids of a user's directory roles (`wids`)."""

    def __str__(self) -> str:
        """Returns name, kind and ids."""
        kind = "application" if self.is_application else "user"
        return f"{self.name} ({kind}, object id {self.object_id}) in tenant {self.tenant_id}"


class SignIn:
    """A credential for one cloud. It hands out tokens and keeps none; azure-identity caches and renews them."""

    def __init__(self, credential: Credential, endpoints: Endpoints) -> None:
        """`endpoints` are the cloud's."""
        self._credential = credential
        self.endpoints = endpoints

    @classmethod
    def of(cls, environment: Mapping[str, str], endpoints: Endpoints) -> SignIn:
        """Signs in by the `ARM_*` variables if they hold a client, as Pulumi's Azure providers do, else by
        azure-identity's DefaultAzureCredential.
        """
        known = endpoints.is_public
        client, tenant = environment.get("ARM_CLIENT_ID"), environment.get("ARM_TENANT_ID")
        secret = environment.get("ARM_CLIENT_SECRET")
        assertion = token_of_ci.source(environment)
        common: dict[str, Any] = {"authority": endpoints.login, "disable_instance_discovery": not known}
        if client and tenant and secret:
            return cls(ClientSecretCredential(tenant, client, secret, **common), endpoints)
        if client and tenant and assertion:
            return cls(ClientAssertionCredential(tenant, client, assertion, **common), endpoints)
        return cls(DefaultAzureCredential(**common), endpoints)

    def token(self, scope: str) -> str:
        """Returns an access token for `scope`, which ends in `/.default`.

        Raises SignInError.
        """
        try:
            return self._credential.get_token(scope).token
        except ClientAuthenticationError as error:
            # The credentials of azure-identity say "authentication failed" of a connection that failed, too.
            if isinstance(error.__cause__, _NO_ANSWER):
                raise self._unreachable(error.__cause__) from error
            raise SignInError(explained(scope, error)) from error
        except _NO_ANSWER as error:
            raise self._unreachable(error) from error
        except (AzureError, OSError, ValueError) as error:
            raise SignInError(explained(scope, error)) from error

    def close(self) -> None:
        """Lets go of the connections to the login service."""
        self._credential.close()

    def account(self, scope: str) -> Account:
        """Returns who a token for `scope` speaks for. Raises SignInError."""
        claims = claims_of(self.token(scope))
        return Account(
            tenant_id=str(claims.get("tid", "")).lower(),
            object_id=str(claims.get("oid", "")).lower(),
            client_id=str(claims.get("appid", claims.get("azp", ""))),
            name=str(claims.get("upn") or claims.get("app_displayname") or claims.get("appid") or claims.get("azp")),
            is_application="scp" not in claims,
            roles=frozenset(claims.get("roles", ())),
            directory_roles=frozenset(claims.get("wids", ())),
        )

    def _unreachable(self, error: BaseException) -> SignInError:
        return SignInError(
            f"The login service at {self.endpoints.login} cannot be reached: {first_line(error)}\n"
            "Check the network, and that SSL_CERT_FILE and REQUESTS_CA_BUNDLE name its certificate authority."
        )


def claims_of(token: str) -> dict[str, Any]:
    """Returns what our own token says; it is not checked, since whoever it is shown to will."""
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return dict(claims)
