"""Credentials: keys with which somebody else can sign in as an application."""

from __future__ import annotations

from collections.abc import Iterator

from policy.resource import Resource
from policy.rule import DEVELOPMENT_STACKS, Question, ResourceRule, texts

_APPLICATION = "azuread:index/application:Application"
_FEDERATED = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"
_CREDENTIALS = {
    "azuread:index/applicationCertificate:ApplicationCertificate": "a certificate",
    _FEDERATED: "a federated credential",
    "azuread:index/applicationFlexibleFederatedIdentityCredential:ApplicationFlexibleFederatedIdentityCredential": (
        "a federated credential"
    ),
    "azuread:index/applicationPassword:ApplicationPassword": "a client secret",
    "azuread:index/servicePrincipalCertificate:ServicePrincipalCertificate": "a certificate",
    "azuread:index/servicePrincipalPassword:ServicePrincipalPassword": "a client secret",
}


def _no_developer_client(resource: Resource, question: Question) -> Iterator[str]:
    if question.is_among("developmentStacks"):
        return
    credential = _CREDENTIALS.get(resource.type)
    if resource.type == _FEDERATED and resource.value("issuer") in question.settings["issuers"]:
        return
    if resource.type == _APPLICATION and resource.value("password") not in (None, {}):
        credential = "a client secret"
    if credential:
        yield (
            f"{resource.name} makes {credential} in the stack {question.stack!r}: somebody would hold a key. "
            "Use a managed identity; a developer's client belongs on a development stack "
            f"({', '.join(question.settings['developmentStacks'])}), on a registration of its own."
        )


NO_DEVELOPER_CLIENT = ResourceRule(
    "no-developer-client-outside-development",
    "No application has a credential that somebody could hold, but on development stacks.",
    _no_developer_client,
    {
        "developmentStacks": DEVELOPMENT_STACKS,
        "issuers": texts("Issuers that are trusted everywhere, such as that of a CI system: nobody holds its tokens."),
    },
)
