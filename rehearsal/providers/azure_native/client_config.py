"""The look-up `azure-native:authorization:getClientConfig`: who is signed in, and where."""

from __future__ import annotations

from typing import Final

from rehearsal.providers.azure_native.configuration import SignedIn
from rehearsal.providers.credentials import claims
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.values import Properties

TOKEN: Final = "azure-native:authorization:getClientConfig"  # noqa: S105 (a function's token)


async def client_config(signed_in: SignedIn) -> Properties:
    """Client, object, tenant and subscription id, read from a Microsoft Graph token's own claims.

    Raises ProviderError when there is no token to be had, in a preview too (pulumi-azure-native,
    `auth_getclientconfig.go`).
    """
    try:
        read = claims(await signed_in.graph_tokens.token())
    except ProviderError as error:
        raise ProviderError(f"getting client config: could not acquire access token to parse claims: {error}") from None
    return {
        "clientId": read.get("appid") or signed_in.credential.client_id,
        "objectId": read.get("oid", ""),
        "subscriptionId": signed_in.subscription_id,
        "tenantId": read.get("tid") or signed_in.credential.tenant_id,
    }
