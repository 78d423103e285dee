"""Configuration of the azuread package: its keys, what is refused, and signing in."""

from __future__ import annotations

from typing import Final

from rehearsal.providers.azuread.graph import Graph, Identity
from rehearsal.providers.azuread.resource import one_error
from rehearsal.providers.cloud import PUBLIC, MetadataError, cloud_of
from rehearsal.providers.credentials import TokenError, TokenSource, claims
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Http
from rehearsal.providers.settings import Settings, credential, refused

KEYS: Final = frozenset(
    {
        "adoPipelineServiceConnectionId",
        "clientCertificate",
        "clientCertificatePassword",
        "clientCertificatePath",
        "clientId",
        "clientIdFilePath",
        "clientSecret",
        "clientSecretFilePath",
        "disableTerraformPartnerId",
        "environment",
        "metadataHost",
        "msiEndpoint",
        "oidcRequestToken",
        "oidcRequestUrl",
        "oidcToken",
        "oidcTokenFilePath",
        "partnerId",
        "tenantId",
        "useAksWorkloadIdentity",
        "useCli",
        "useMsi",
        "useOidc",
    }
)
"""Arguments of `azuread.Provider` 6.11."""

UNMODELLED: Final = (
    "adoPipelineServiceConnectionId",
    "clientCertificate",
    "clientCertificatePassword",
    "clientCertificatePath",
    "clientIdFilePath",
    "clientSecretFilePath",
    "useAksWorkloadIdentity",
    "useMsi",
)

_ENVIRONMENTS: Final = frozenset(
    {"public", "global", "usgovernment", "usgovernmentl4", "usgovernmentl5", "dod", "china", "canary"}
)
_NO_CREDENTIALS: Final = (
    "failed to load Azure credentials.\n"
    "Details: no Authorizer could be configured, please check your configuration\n\n"
    "\tPlease make sure you have signed in via 'az login' or configured another authentication method.\n\n"
    "\tSee https://www.pulumi.com/registry/packages/azuread/installation-configuration/ for more information"
)


def wrong_keys(settings: Settings) -> list[str]:
    """What is wrong with the configured keys: no such key, in the bridge's words, or one that is not modelled."""
    unknown = [
        f"`azuread:{key}` is not a valid configuration key for the azuread provider. {_suggestion(key)}If the "
        "referenced key is not intended for the provider, please choose a different namespace from `azuread:`."
        for key in settings.configured
        if key not in KEYS
    ]
    return unknown + [
        f"`azuread:{key}` is not modelled by the rehearsal's azuread provider (rehearsal/providers/LIMITATIONS.md). "
        "Sign in with `azuread:clientSecret`, or with `azuread:useOidc` and a token."
        for key in refused(settings, UNMODELLED)
        if settings.text(key).lower() != "false"
    ]


def require_credentials(settings: Settings) -> None:
    """Raise `ProviderError`, in the real provider's words, for settings that no sign-in can come of."""
    environment = settings.text("environment", "ARM_ENVIRONMENT") or "public"
    if environment.lower() not in _ENVIRONMENTS:
        raise ProviderError(
            f'failed to read Azure environment "{environment}": no environment was found with the name "{environment}"'
        )
    if environment.lower() not in ("public", "global") and not settings.text("metadataHost", "ARM_METADATA_HOSTNAME"):
        raise ProviderError(
            f'the rehearsal\'s azuread provider knows the environment "public" and any that a metadata host describes, '
            f'not "{environment}" (rehearsal/providers/LIMITATIONS.md)'
        )
    if credential(settings) is None:
        raise ProviderError(_NO_CREDENTIALS)


async def sign_in(settings: Settings, http: Http) -> Graph:
    """A signed-in client of Microsoft Graph: finds the endpoints, gets a token and reads who it is from it."""
    require_credentials(settings)
    own = credential(settings)
    assert own is not None  # noqa: S101 - require_credentials has seen to it
    host = settings.text("metadataHost", "ARM_METADATA_HOSTNAME")
    try:
        cloud = await cloud_of(http, host) if host else PUBLIC
        source = TokenSource(http, cloud.login, own, cloud.graph)
        object_id = str(claims(await source.token()).get("oid") or "")
    except MetadataError as error:
        raise ProviderError(one_error(error)) from None
    except TokenError as error:
        said = ProviderError(f"building client: unable to obtain access token: {error}")
        raise ProviderError(one_error(said)) from None
    except ProviderError as error:
        raise ProviderError(one_error(ProviderError(f"building client: {error}"))) from None
    if not object_id:
        raise ProviderError(one_error(ProviderError("building client: the access token has no claim `oid`")))
    return Graph(http, cloud.graph, source, Identity(own.tenant_id, own.client_id, object_id))


def _suggestion(key: str) -> str:
    near = [f"`azuread:{known}`" for known in sorted(KEYS) if known != key and _distance(key, known) <= 2]
    return f"Did you mean {' or '.join(near)}? " if near else ""


def _distance(one: str, other: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]
