"""The properties of a service principal: which can be written, which mirror its application, how they are shown.

Names, types and defaults: Microsoft Graph documentation, "servicePrincipal resource type".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.azure.graph.collections import Resource
from rehearsal.azure.graph.properties import Kind, Shape, complete

WRITABLE: Shape = {
    "accountEnabled": Kind.FLAG,
    "alternativeNames": [Kind.TEXT],
    "appRoleAssignmentRequired": Kind.FLAG,
    "description": Kind.TEXT,
    "loginUrl": Kind.TEXT,
    "notes": Kind.TEXT,
    "notificationEmailAddresses": [Kind.TEXT],
    "preferredSingleSignOnMode": Kind.TEXT,
    "preferredTokenSigningKeyThumbprint": Kind.TEXT,
    "samlSingleSignOnSettings": {"relayState": Kind.TEXT},
    "tags": [Kind.TEXT],
    "tokenEncryptionKeyId": Kind.GUID,
}
CREATABLE: Shape = {**WRITABLE, "appId": Kind.GUID}

_HIDDEN = ("owners", "published")
_BETA: dict[str, Any] = {"samlMetadataUrl": None}

DEFAULTS: dict[str, Any] = {
    "accountEnabled": True,
    "addIns": [],
    "alternativeNames": [],
    "appDescription": None,
    "appDisplayName": None,
    "appOwnerOrganizationId": None,
    "appRoleAssignmentRequired": False,
    "appRoles": [],
    "applicationTemplateId": None,
    "description": None,
    "disabledByMicrosoftStatus": None,
    "displayName": None,
    "homepage": None,
    "info": {
        "logoUrl": None,
        "marketingUrl": None,
        "privacyStatementUrl": None,
        "supportUrl": None,
        "termsOfServiceUrl": None,
    },
    "keyCredentials": [],
    "loginUrl": None,
    "logoutUrl": None,
    "notes": None,
    "notificationEmailAddresses": [],
    "oauth2PermissionScopes": [],
    "passwordCredentials": [],
    "preferredSingleSignOnMode": None,
    "preferredTokenSigningKeyThumbprint": None,
    "replyUrls": [],
    "resourceSpecificApplicationPermissions": [],
    "samlSingleSignOnSettings": None,
    "servicePrincipalNames": [],
    "servicePrincipalType": "Application",
    "signInAudience": None,
    "tags": [],
    "tokenEncryptionKeyId": None,
    "verifiedPublisher": {"addedDateTime": None, "displayName": None, "verifiedPublisherId": None},
}

RESOURCE = Resource(
    "servicePrincipal",
    "servicePrincipals",
    frozenset(DEFAULTS) | frozenset(_BETA) | {"id", "deletedDateTime", "appId", "createdDateTime"},
)


def new(given: Mapping[str, Any]) -> dict[str, Any]:
    """A whole service principal from what is known of it; what is missing or null gets its default."""
    return {"owners": [], **complete(given, DEFAULTS)}


def mirrored(application: Mapping[str, Any], tenant_id: str) -> dict[str, Any]:
    """What a service principal repeats of its application, at its creation and at every change of the application."""
    return {
        "addIns": application["addIns"],
        "appDescription": application["description"],
        "appDisplayName": application["displayName"],
        "appOwnerOrganizationId": tenant_id,
        "appRoles": application["appRoles"],
        "displayName": application["displayName"],
        "homepage": application["web"]["homePageUrl"],
        "info": application["info"],
        "logoutUrl": application["web"]["logoutUrl"],
        "oauth2PermissionScopes": application["api"]["oauth2PermissionScopes"],
        "replyUrls": [*application["web"]["redirectUris"], *application["spa"]["redirectUris"]],
        "servicePrincipalNames": [application["appId"], *application["identifierUris"]],
        "signInAudience": application["signInAudience"],
    }


def shown(document: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The service principal as a version of the API shows it."""
    visible = {"id": document["id"]} | {name: value for name, value in document.items() if name not in _HIDDEN}
    return {**visible, **_BETA} if version == "beta" else visible
