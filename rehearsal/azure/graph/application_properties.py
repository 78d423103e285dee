"""The properties of an application: which can be written, what they are when nobody set them, how they are shown.

Names, types and defaults: Microsoft Graph documentation, "application resource type".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.azure.graph.collections import Resource
from rehearsal.azure.graph.properties import Kind, Shape, complete

TEXT, FLAG, NUMBER, GUID = Kind.TEXT, Kind.FLAG, Kind.NUMBER, Kind.GUID

APP_ROLE: Shape = {
    "id": GUID,
    "allowedMemberTypes": [TEXT],
    "description": TEXT,
    "displayName": TEXT,
    "isEnabled": FLAG,
    "origin": TEXT,
    "value": TEXT,
}
SCOPE: Shape = {
    "id": GUID,
    "adminConsentDescription": TEXT,
    "adminConsentDisplayName": TEXT,
    "isEnabled": FLAG,
    "origin": TEXT,
    "type": TEXT,
    "userConsentDescription": TEXT,
    "userConsentDisplayName": TEXT,
    "value": TEXT,
}
KEY_CREDENTIAL: Shape = {
    "customKeyIdentifier": TEXT,
    "displayName": TEXT,
    "endDateTime": TEXT,
    "key": TEXT,
    "keyId": GUID,
    "startDateTime": TEXT,
    "type": TEXT,
    "usage": TEXT,
}
_CLAIM: Shape = {"additionalProperties": [TEXT], "essential": FLAG, "name": TEXT, "source": TEXT}

WRITABLE: Shape = {
    "addIns": [Kind.ANYTHING],
    "api": {
        "acceptMappedClaims": FLAG,
        "knownClientApplications": [GUID],
        "oauth2PermissionScopes": [SCOPE],
        "preAuthorizedApplications": [{"appId": GUID, "delegatedPermissionIds": [TEXT]}],
        "requestedAccessTokenVersion": NUMBER,
    },
    "appRoles": [APP_ROLE],
    "description": TEXT,
    "displayName": TEXT,
    "groupMembershipClaims": TEXT,
    "identifierUris": [TEXT],
    "info": {"marketingUrl": TEXT, "privacyStatementUrl": TEXT, "supportUrl": TEXT, "termsOfServiceUrl": TEXT},
    "isDeviceOnlyAuthSupported": FLAG,
    "isFallbackPublicClient": FLAG,
    "keyCredentials": [KEY_CREDENTIAL],
    "notes": TEXT,
    "optionalClaims": {"accessToken": [_CLAIM], "idToken": [_CLAIM], "saml2Token": [_CLAIM]},
    "parentalControlSettings": {"countriesBlockedForMinors": [TEXT], "legalAgeGroupRule": TEXT},
    "publicClient": {"redirectUris": [TEXT]},
    "requiredResourceAccess": [{"resourceAccess": [{"id": GUID, "type": TEXT}], "resourceAppId": GUID}],
    "samlMetadataUrl": TEXT,
    "serviceManagementReference": TEXT,
    "signInAudience": TEXT,
    "spa": {"redirectUris": [TEXT]},
    "tags": [TEXT],
    "tokenEncryptionKeyId": GUID,
    "web": {
        "homePageUrl": TEXT,
        "implicitGrantSettings": {"enableAccessTokenIssuance": FLAG, "enableIdTokenIssuance": FLAG},
        "logoutUrl": TEXT,
        "redirectUris": [TEXT],
        "redirectUriSettings": [{"index": NUMBER, "uri": TEXT}],
    },
    "oauth2RequirePostResponse": FLAG,
}
_BETA_ONLY = ("oauth2RequirePostResponse",)
_HIDDEN = ("owners",)

DEFAULTS: dict[str, Any] = {
    "addIns": [],
    "api": {
        "acceptMappedClaims": None,
        "knownClientApplications": [],
        "oauth2PermissionScopes": [],
        "preAuthorizedApplications": [],
        "requestedAccessTokenVersion": None,
    },
    "appRoles": [],
    "applicationTemplateId": None,
    "description": None,
    "disabledByMicrosoftStatus": None,
    "groupMembershipClaims": None,
    "identifierUris": [],
    "info": {
        "logoUrl": None,
        "marketingUrl": None,
        "privacyStatementUrl": None,
        "supportUrl": None,
        "termsOfServiceUrl": None,
    },
    "isDeviceOnlyAuthSupported": None,
    "isFallbackPublicClient": None,
    "keyCredentials": [],
    "notes": None,
    "oauth2RequirePostResponse": False,
    "optionalClaims": None,
    "parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
    "passwordCredentials": [],
    "publicClient": {"redirectUris": []},
    "requiredResourceAccess": [],
    "samlMetadataUrl": None,
    "serviceManagementReference": None,
    "signInAudience": "AzureADMyOrg",
    "spa": {"redirectUris": []},
    "tags": [],
    "tokenEncryptionKeyId": None,
    "uniqueName": None,
    "verifiedPublisher": {"addedDateTime": None, "displayName": None, "verifiedPublisherId": None},
    "web": {
        "homePageUrl": None,
        "implicitGrantSettings": {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": False},
        "logoutUrl": None,
        "redirectUriSettings": [],
        "redirectUris": [],
    },
}

RESOURCE = Resource(
    "application",
    "applications",
    frozenset(DEFAULTS)
    | {"id", "deletedDateTime", "appId", "createdDateTime", "displayName", "publisherDomain", "@odata.type"},
)


def new(given: Mapping[str, Any]) -> dict[str, Any]:
    """A whole application from what is known of it; what is missing or null gets its default."""
    return complete(given, DEFAULTS)


def shown(document: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The application as a version of the API shows it. Certificates' keys come only when they are selected, which the
    stand-in does not model, so never.
    """
    hidden = _HIDDEN if version == "beta" else (*_HIDDEN, *_BETA_ONLY)
    visible = {"id": document["id"]} | {name: value for name, value in document.items() if name not in hidden}
    visible["keyCredentials"] = [{**credential, "key": None} for credential in document["keyCredentials"]]
    return visible
