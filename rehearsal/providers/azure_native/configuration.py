"""Signing in: the provider's configuration, or the ARM_* variables (pulumi-azure-native, `auth_azidentity.go`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rehearsal.providers.azure_native.resource_manager import ResourceManager
from rehearsal.providers.cloud import PUBLIC, MetadataError, cloud_of
from rehearsal.providers.credentials import Credential, TokenSource
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Http
from rehearsal.providers.settings import Settings, credential, refused

_NEEDED: Final = (
    ("subscriptionId", "ARM_SUBSCRIPTION_ID", "Subscription"),
    ("tenantId", "ARM_TENANT_ID", "Tenant"),
    ("clientId", "ARM_CLIENT_ID", "Client"),
)

_UNMODELLED: Final = (
    "auxiliaryTenantIds",
    "clientCertificatePassword",
    "clientCertificatePath",
    "skipReadOnUpdate",
    "useDefaultAzureCredential",
    "useMsi",
)


def unmodelled_keys(settings: Settings) -> list[str]:
    """A sentence for every configured key that would change what the real provider does and does nothing here."""
    return [
        f"`azure-native:{key}` is not modelled by the rehearsal's azure-native provider "
        "(rehearsal/providers/LIMITATIONS.md). Sign in with `azure-native:clientSecret`, or with "
        "`azure-native:useOidc` and a token."
        for key in refused(settings, _UNMODELLED)
        if settings.text(key).lower() != "false"
    ]


@dataclass(frozen=True)
class SignedIn:
    """What the provider works with once it is configured."""

    credential: Credential
    subscription_id: str
    resource_manager: ResourceManager
    graph_tokens: TokenSource


async def sign_in(settings: Settings, http: Http) -> SignedIn:
    """Find the endpoints and take up the credential; no token is asked for yet.

    Raises ProviderError for a configuration that names nobody, or a metadata host that does not answer.
    """
    method = "OIDC" if settings.truth("useOidc", "ARM_USE_OIDC") else "as a Service Principal using a Client Secret"
    missing = [
        f"A {what} ID must be configured when authenticating {'with ' if method == 'OIDC' else ''}{method}."
        for key, variable, what in _NEEDED
        if not settings.text(key, variable)
    ]
    known = credential(settings, settings.text("oidcAudience", "ARM_OIDC_AUDIENCE"))
    if missing or known is None:
        raise ProviderError(
            " ".join(missing)
            or "no credential is configured: set azure-native:clientSecret or ARM_CLIENT_SECRET, or a federated token "
            "with ARM_USE_OIDC. The rehearsal's provider does not sign in by certificate, managed identity or az."
        )
    host = settings.text("metadataHost", "ARM_METADATA_HOSTNAME")
    environment = settings.text("environment", "ARM_ENVIRONMENT", "AZURE_ENVIRONMENT") or "public"
    if not host and environment.lower() != "public":
        raise ProviderError(
            'the rehearsal\'s azure-native provider knows the environment "public" and any that a metadata host '
            f'describes, not "{environment}" (rehearsal/providers/LIMITATIONS.md)'
        )
    try:
        cloud = await cloud_of(http, host) if host else PUBLIC
    except MetadataError as error:
        raise ProviderError(f"failed to get Azure environment metadata from https://{host}: {error}") from None
    subscription_id = settings.text("subscriptionId", "ARM_SUBSCRIPTION_ID")
    tokens = TokenSource(http, cloud.login, known, cloud.resource_manager_audience)
    return SignedIn(
        known,
        subscription_id,
        ResourceManager(http, cloud.resource_manager, tokens, subscription_id),
        TokenSource(http, cloud.login, known, cloud.graph),
    )
