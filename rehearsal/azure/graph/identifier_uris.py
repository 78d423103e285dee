"""Rules for an application's identifier URIs: the tenant's policy, and uniqueness in the tenant.

The forms are those of Microsoft Entra documentation, "Restrictions on identifier URIs of Microsoft Entra applications";
the tenant has one verified domain, its initial one.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from rehearsal.azure.context import Context, Tenant
from rehearsal.azure.errors import GraphError
from rehearsal.azure.graph.refusals import duplicate_values, invalid_value

_LONGEST = 255


def check(context: Context, application_id: str, app_id: str, before: Sequence[str], after: Sequence[str]) -> None:
    """Check a new list of identifier URIs; those that an application already has are left alone.

    Raises Graph's 400 for a URI that the policy does not allow, that comes twice, or that another application of the
    tenant has, be it deleted or published by somebody else (Azure/go-autorest#308 shows the details of that one).
    """
    if len(set(after)) < len(after):
        raise duplicate_values("identifierUris")
    for uri in (uri for uri in after if uri not in before):
        if not 0 < len(uri) <= _LONGEST or any(character.isspace() for character in uri):
            raise invalid_value("identifierUris", "Application")
        if not _allowed(context.tenant, app_id, uri):
            raise GraphError(
                400,
                "Request_BadRequest",
                f"Failed to add identifier URI {uri}. All newly added URIs must contain a tenant verified domain, "
                "tenant ID, or app ID, as per the default tenant policy of your organization. See "
                "https://aka.ms/identifier-uri-addition-error for more information on this error.",
            )
        if _taken(context, application_id, uri):
            raise GraphError(
                400,
                "Request_BadRequest",
                "Another object with the same value for property identifierUris already exists.",
                target="identifierUris",
                target_code="ObjectConflict",
            )


def _allowed(tenant: Tenant, app_id: str, uri: str) -> bool:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    host, segments = parts.netloc.lower(), parts.path.lower().split("/")[1:]
    if parts.query or parts.fragment or "" in segments or uri.endswith("/"):
        return False
    in_domain = host == tenant.domain.lower() or host.endswith("." + tenant.domain.lower())
    if parts.scheme == "https":
        return in_domain and (bool(segments) or host != tenant.domain.lower())
    if parts.scheme != "api" or not host:
        return False
    if host == app_id or (segments and segments[-1] == app_id):
        return True
    return bool(segments) and (host == tenant.id.lower() or in_domain)


def _taken(context: Context, application_id: str, uri: str) -> bool:
    for kind in ("application", "deletedApplication"):
        for other in context.store.all(kind):
            if other["id"] != application_id and uri.lower() in (taken.lower() for taken in other["identifierUris"]):
                return True
    published = (principal for principal in context.store.all("servicePrincipal") if principal.get("published"))
    return any(uri.lower() in (name.lower() for name in principal["servicePrincipalNames"]) for principal in published)
