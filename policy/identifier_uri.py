"""Identifier URIs: in the forms that the default policy of a tenant takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy.resource import Resource
from policy.rule import Question, ResourceRule, texts

_PLACES = {
    "azuread:index/application:Application": "identifierUris",
    "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri": "identifierUri",
}
_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_BY_ID = re.compile(rf"api://(?:{_GUID}|{_GUID}/[^/]+|[^/]+/{_GUID})", re.IGNORECASE)
"""`api://{id}`, `api://{id}/{string}` and `api://{string}/{id}` (Microsoft identity platform, "Restrictions on
identifier URIs of Microsoft Entra applications")."""
_BY_DOMAIN = re.compile(r"(?:api|https)://(?P<domain>[^/:@?#]+)(?P<path>(?:/[^/]+)*)", re.IGNORECASE)


def _allowed_form(resource: Resource, question: Question) -> Iterator[str]:
    place = _PLACES.get(resource.type)
    for uri in resource.texts(place) if place else ():
        if not _is_allowed(uri, question):
            yield (
                f"{resource.name} has the identifier URI {uri!r}, which any tenant could take for itself. "
                "Use api://{clientId}, api://{tenantId}/NAME, api://NAME/{clientId}, or a verified domain that is "
                "listed under `verifiedDomains` in the configuration of the policy pack; no trailing slash."
            )


def _is_allowed(uri: str, question: Question) -> bool:
    if _BY_ID.fullmatch(uri):
        return True
    parts = _BY_DOMAIN.fullmatch(uri)
    if parts is None:
        return False
    domain = parts["domain"].lower()
    verified = {str(each).lower() for each in question.settings["verifiedDomains"]}
    # A tenant's initial domain is verified from the start, and needs a name behind it.
    return domain in verified or (domain.endswith(".onmicrosoft.com") and bool(parts["path"]))


IDENTIFIER_URI_FORM = ResourceRule(
    "identifier-uri-form",
    "An identifier URI holds the tenant's id, the application's id or a domain of the tenant.",
    _allowed_form,
    {"verifiedDomains": texts("Domains of the tenant besides its initial one, such as `contoso.com`.")},
)
