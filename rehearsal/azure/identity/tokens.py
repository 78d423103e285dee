"""Tokens of managed identities, as the platform's endpoints hand them out."""

from __future__ import annotations

from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.login import tokens

_CACHE = "cachedIdentityToken"


def issue(context: Context, endpoint: dict[str, Any], principal: dict[str, Any], resource: str) -> tokens.Token:
    """A day's token for an identity and an API. Raises the login service's errors.

    With `cached_identity_tokens` the same token comes until it expires, whatever was granted or revoked since, as the
    platform's back end does (Microsoft Entra documentation, "Managed identities for Azure resources FAQ": tokens are
    cached per resource for around 24 hours).
    """
    key = f"{principal['id']} {resource}"
    cached = context.store.get(_CACHE, key) if context.weather.cached_identity_tokens else None
    if cached is not None and cached["expires_on"] > context.clock.now():
        return tokens.Token(cached["value"], cached["expires_on"], cached["not_before"])
    token = tokens.issue(
        context,
        principal,
        resource,
        credential=tokens.CERTIFICATE,
        life=tokens.MANAGED_IDENTITY_LIFE,
        managed_identity_resource=endpoint["resourceId"],
    )
    if context.weather.cached_identity_tokens:
        kept = {"value": token.value, "expires_on": token.expires_on, "not_before": token.not_before}
        context.store.put(_CACHE, key, kept)
    return token
