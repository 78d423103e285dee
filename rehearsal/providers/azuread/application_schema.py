"""The shape of an application registration: `azuread.Application`."""

from __future__ import annotations

from typing import Final

from rehearsal.providers.azuread.rules import (
    at_most,
    claim_value,
    is_uuid,
    logout_url,
    not_empty,
    one_of,
    redirect_uri,
    token_version,
    web_url,
)
from rehearsal.providers.azuread.schema import (
    Attribute,
    Kind,
    Schema,
    Use,
    block,
    blocks,
    boolean,
    string,
    string_map,
    strings,
    unmodelled,
)

SCOPE: Final[Schema] = {
    "id": string(Use.REQUIRED, is_uuid),
    "adminConsentDescription": string(Use.OPTIONAL, not_empty),
    "adminConsentDisplayName": string(Use.OPTIONAL, not_empty),
    "enabled": boolean(default=True),
    "type": string(Use.OPTIONAL, one_of("Admin", "User"), default="User"),
    "userConsentDescription": string(Use.OPTIONAL, not_empty),
    "userConsentDisplayName": string(Use.OPTIONAL, not_empty),
    "value": string(Use.OPTIONAL, claim_value),
}

ROLE: Final[Schema] = {
    "id": string(Use.REQUIRED, is_uuid),
    "allowedMemberTypes": strings(Use.REQUIRED, one_of("Application", "User")),
    "description": string(Use.REQUIRED, not_empty),
    "displayName": string(Use.REQUIRED, not_empty),
    "enabled": boolean(default=True),
    "value": string(Use.OPTIONAL, claim_value),
}

RESOURCE_ACCESS: Final[Schema] = {
    "resourceAppId": string(Use.REQUIRED),
    "resourceAccesses": blocks(
        {"id": string(Use.REQUIRED, is_uuid), "type": string(Use.REQUIRED, one_of("Role", "Scope"))},
        Use.REQUIRED,
        terraform="resource_access",
        ordered=True,
    ),
}

SCHEMA: Final[Schema] = {
    "displayName": string(Use.REQUIRED, not_empty),
    "api": block(
        {
            "knownClientApplications": strings(Use.OPTIONAL, is_uuid),
            "mappedClaimsEnabled": boolean(),
            "oauth2PermissionScopes": blocks(SCOPE, terraform="oauth2_permission_scope"),
            "requestedAccessTokenVersion": Attribute(Kind.INT, default=1, rules=(token_version,)),
        }
    ),
    "appRoles": blocks(ROLE, terraform="app_role"),
    "appRoleIds": string_map(),
    "clientId": string(Use.COMPUTED),
    "description": string(Use.OPTIONAL, at_most(1024)),
    "deviceOnlyAuthEnabled": boolean(),
    "disabledByMicrosoft": string(Use.COMPUTED),
    "fallbackPublicClientEnabled": boolean(),
    "featureTags": unmodelled(Kind.LIST, kept=True),
    "groupMembershipClaims": strings(
        Use.OPTIONAL, one_of("All", "None", "ApplicationGroup", "DirectoryRole", "SecurityGroup")
    ),
    "identifierUris": strings(Use.OPTIONAL, not_empty),
    "logoImage": unmodelled(),
    "logoUrl": string(Use.COMPUTED),
    "marketingUrl": string(),
    "notes": string(Use.OPTIONAL, not_empty),
    "oauth2PermissionScopeIds": string_map(),
    "oauth2PostResponseRequired": boolean(),
    "objectId": string(Use.COMPUTED),
    "optionalClaims": unmodelled(Kind.LIST, single=True),
    "owners": strings(Use.OPTIONAL, is_uuid),
    "password": unmodelled(Kind.SET, single=True),
    "preventDuplicateNames": boolean(default=False),
    "privacyStatementUrl": string(),
    "publicClient": block({"redirectUris": strings(Use.OPTIONAL, redirect_uri(urn=True, any_scheme=True))}),
    "publisherDomain": string(Use.COMPUTED),
    "requiredResourceAccesses": blocks(RESOURCE_ACCESS, terraform="required_resource_access"),
    "serviceManagementReference": string(),
    "signInAudience": string(
        Use.OPTIONAL,
        one_of("AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"),
        default="AzureADMyOrg",
    ),
    "singlePageApplication": block({"redirectUris": strings(Use.OPTIONAL, redirect_uri(urn=False, any_scheme=False))}),
    "supportUrl": string(),
    "tags": strings(Use.KEPT),
    "templateId": unmodelled(kept=True, force_new=True),
    "termsOfServiceUrl": string(),
    "web": block(
        {
            "homepageUrl": string(Use.OPTIONAL, web_url),
            "logoutUrl": string(Use.OPTIONAL, logout_url),
            "redirectUris": strings(Use.OPTIONAL, redirect_uri(urn=True, any_scheme=False)),
            "implicitGrant": block({"accessTokenIssuanceEnabled": boolean(), "idTokenIssuanceEnabled": boolean()}),
        },
        weighed=("redirectUris", "implicitGrant"),
    ),
}
