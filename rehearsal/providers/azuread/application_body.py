"""An application between its attributes and Microsoft Graph's JSON ("application resource type", v1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.providers.azuread.application_schema import SCHEMA
from rehearsal.providers.azuread.sets import as_sent, in_order
from rehearsal.providers.values import Properties

_API: Final = SCHEMA["api"].fields
_ROLES: Final = SCHEMA["appRoles"]
_FEATURES: Final = {
    "WindowsAzureActiveDirectoryCustomSingleSignOnApplication": "customSingleSignOn",
    "WindowsAzureActiveDirectoryIntegratedApp": "enterprise",
    "WindowsAzureActiveDirectoryGalleryApplicationNonPrimaryV1": "gallery",
    "HideApp": "hide",
}


def body(planned: Properties) -> dict[str, Any]:
    """The whole application as a create sends it, but for its owners; empty strings go out as null."""
    web = planned.get("web") or {}
    grant = web.get("implicitGrant") or {}
    return {
        "@odata.type": "#microsoft.graph.application",
        "api": api(planned.get("api") or {}),
        "appRoles": roles(planned.get("appRoles") or []),
        "description": planned.get("description") or None,
        "displayName": planned["displayName"],
        "groupMembershipClaims": ",".join(_sent(planned, "groupMembershipClaims")) or None,
        "identifierUris": _sent(planned, "identifierUris"),
        "info": {
            name: planned.get(name) or None
            for name in ("marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl")
        },
        "isDeviceOnlyAuthSupported": bool(planned.get("deviceOnlyAuthEnabled")),
        "isFallbackPublicClient": bool(planned.get("fallbackPublicClientEnabled")),
        "notes": planned.get("notes") or None,
        "optionalClaims": {},
        "publicClient": _redirects(planned, "publicClient"),
        "requiredResourceAccess": [
            {"resourceAppId": access["resourceAppId"], "resourceAccess": access.get("resourceAccesses") or []}
            for access in _sent(planned, "requiredResourceAccesses")
        ],
        "serviceManagementReference": planned.get("serviceManagementReference") or None,
        "signInAudience": planned["signInAudience"],
        "spa": _redirects(planned, "singlePageApplication"),
        "tags": _sent(planned, "tags"),
        "web": {
            "homePageUrl": web.get("homepageUrl") or None,
            "implicitGrantSettings": {
                "enableAccessTokenIssuance": bool(grant.get("accessTokenIssuanceEnabled")),
                "enableIdTokenIssuance": bool(grant.get("idTokenIssuanceEnabled")),
            },
            "logoutUrl": web.get("logoutUrl") or None,
            "redirectUris": as_sent(SCHEMA["web"].fields["redirectUris"], web.get("redirectUris") or []),
        },
    }


def api(planned: Properties) -> dict[str, Any]:
    """The part of a body that makes an application an API; `planned` is the block `api`."""
    return {
        "acceptMappedClaims": bool(planned.get("mappedClaimsEnabled")),
        "knownClientApplications": as_sent(
            _API["knownClientApplications"], planned.get("knownClientApplications") or []
        ),
        "oauth2PermissionScopes": [
            {
                "adminConsentDescription": scope.get("adminConsentDescription") or "",
                "adminConsentDisplayName": scope.get("adminConsentDisplayName") or "",
                "id": scope["id"],
                "isEnabled": bool(scope.get("enabled")),
                "type": scope.get("type") or "",
                "userConsentDescription": scope.get("userConsentDescription") or "",
                "userConsentDisplayName": scope.get("userConsentDisplayName") or "",
                "value": scope.get("value") or "",
            }
            for scope in as_sent(_API["oauth2PermissionScopes"], planned.get("oauth2PermissionScopes") or [])
        ],
        "requestedAccessTokenVersion": planned.get("requestedAccessTokenVersion") or 1,
    }


def roles(planned: list[Properties]) -> list[dict[str, Any]]:
    """App roles as they are sent."""
    return [
        {
            "allowedMemberTypes": as_sent(_ROLES.fields["allowedMemberTypes"], role.get("allowedMemberTypes") or []),
            "description": role["description"],
            "displayName": role["displayName"],
            "id": role["id"],
            "isEnabled": bool(role.get("enabled")),
            "value": role.get("value") or "",
        }
        for role in as_sent(_ROLES, planned)
    ]


def attributes(found: Mapping[str, Any], *, beta: Mapping[str, Any], owners: list[str]) -> Properties:
    """The attributes of an application: `found` from v1.0, and `beta` for what only the beta version tells."""
    info, about_api = found.get("info") or {}, found.get("api")
    tags = found.get("tags") or []
    groups = found.get("groupMembershipClaims")
    optional = found.get("optionalClaims")
    return {
        "api": api_attributes(about_api) if about_api is not None else None,
        "appRoleIds": ids_by_value(found.get("appRoles")),
        "appRoles": in_order(_ROLES, role_attributes(found.get("appRoles"))),
        "clientId": found.get("appId") or "",
        "description": found.get("description") or "",
        "deviceOnlyAuthEnabled": bool(found.get("isDeviceOnlyAuthSupported")),
        "disabledByMicrosoft": found.get("disabledByMicrosoftStatus") or "",
        "displayName": found.get("displayName") or "",
        "fallbackPublicClientEnabled": bool(found.get("isFallbackPublicClient")),
        "featureTags": [features(tags)],
        "groupMembershipClaims": sorted(claim.strip() for claim in groups.split(",")) if groups is not None else [],
        "identifierUris": sorted(found.get("identifierUris") or []),
        "logoImage": "",
        "logoUrl": info.get("logoUrl") or "",
        "marketingUrl": info.get("marketingUrl") or "",
        "notes": found.get("notes") or "",
        "oauth2PermissionScopeIds": ids_by_value((about_api or {}).get("oauth2PermissionScopes")),
        "oauth2PostResponseRequired": bool(beta.get("oauth2RequirePostResponse")),
        "objectId": found.get("id") or "",
        "optionalClaims": _optional_claims(optional) if optional is not None else None,
        "owners": sorted(owners),
        "password": None,
        "privacyStatementUrl": info.get("privacyStatementUrl") or "",
        "publicClient": _redirect_attributes(found.get("publicClient")),
        "publisherDomain": found.get("publisherDomain") or "",
        "requiredResourceAccesses": in_order(
            SCHEMA["requiredResourceAccesses"],
            [
                {
                    "resourceAppId": access.get("resourceAppId") or "",
                    "resourceAccesses": [
                        {"id": item.get("id"), "type": item.get("type") or ""}
                        for item in access.get("resourceAccess") or []
                    ],
                }
                for access in found.get("requiredResourceAccess") or []
            ],
        ),
        "serviceManagementReference": found.get("serviceManagementReference") or "",
        "signInAudience": found.get("signInAudience") or "",
        "singlePageApplication": _redirect_attributes(found.get("spa")),
        "supportUrl": info.get("supportUrl") or "",
        "tags": sorted(tags),
        "templateId": found.get("applicationTemplateId") or "",
        "termsOfServiceUrl": info.get("termsOfServiceUrl") or "",
        "web": _web_attributes(found.get("web")),
    }


def api_attributes(found: Mapping[str, Any]) -> Properties:
    """The block `api` of Graph's `apiApplication`."""
    version = found.get("requestedAccessTokenVersion")
    return {
        "knownClientApplications": sorted(found.get("knownClientApplications") or []),
        "mappedClaimsEnabled": bool(found.get("acceptMappedClaims")),
        "oauth2PermissionScopes": in_order(
            _API["oauth2PermissionScopes"], scope_attributes(found.get("oauth2PermissionScopes"))
        ),
        "requestedAccessTokenVersion": 1 if version is None else version,
    }


def role_attributes(found: list[dict[str, Any]] | None) -> list[Properties]:
    """App roles as attributes, in Graph's order."""
    return [
        {
            "allowedMemberTypes": sorted(role.get("allowedMemberTypes") or []),
            "description": role.get("description") or "",
            "displayName": role.get("displayName") or "",
            "enabled": bool(role.get("isEnabled")),
            "id": role.get("id") or "",
            "value": role.get("value") or "",
        }
        for role in found or []
    ]


def scope_attributes(found: list[dict[str, Any]] | None) -> list[Properties]:
    """Delegated permissions as attributes, in Graph's order."""
    return [
        {
            "adminConsentDescription": scope.get("adminConsentDescription") or "",
            "adminConsentDisplayName": scope.get("adminConsentDisplayName") or "",
            "enabled": bool(scope.get("isEnabled")),
            "id": scope.get("id") or "",
            "type": scope.get("type") or "",
            "userConsentDescription": scope.get("userConsentDescription") or "",
            "userConsentDisplayName": scope.get("userConsentDisplayName") or "",
            "value": scope.get("value") or "",
        }
        for scope in found or []
    ]


def ids_by_value(found: list[dict[str, Any]] | None) -> dict[str, str]:
    """Roles' or scopes' ids by their values; one without a value is left out."""
    return {item["value"]: item["id"] for item in found or [] if item.get("value") and item.get("id")}


def features(tags: list[str]) -> Properties:
    """The meaning of the well-known tags (Microsoft Graph reference, "servicePrincipal resource type", `tags`)."""
    known = {tag.lower() for tag in tags}
    return {name: tag.lower() in known for tag, name in _FEATURES.items()}


def _sent(planned: Properties, name: str) -> list[Any]:
    elements = planned.get(name)
    return as_sent(SCHEMA[name], elements) if isinstance(elements, list) else []


def _redirects(planned: Properties, name: str) -> dict[str, Any]:
    uris = (planned.get(name) or {}).get("redirectUris") or []
    return {"redirectUris": as_sent(SCHEMA[name].fields["redirectUris"], uris)}


def _redirect_attributes(found: Mapping[str, Any] | None) -> Properties | None:
    return None if found is None else {"redirectUris": sorted(found.get("redirectUris") or [])}


def _web_attributes(found: Mapping[str, Any] | None) -> Properties | None:
    if found is None:
        return None
    grant = found.get("implicitGrantSettings")
    return {
        "homepageUrl": found.get("homePageUrl") or "",
        "implicitGrant": None
        if grant is None
        else {
            "accessTokenIssuanceEnabled": bool(grant.get("enableAccessTokenIssuance")),
            "idTokenIssuanceEnabled": bool(grant.get("enableIdTokenIssuance")),
        },
        "logoutUrl": found.get("logoutUrl") or "",
        "redirectUris": sorted(found.get("redirectUris") or []),
    }


def _optional_claims(found: Mapping[str, Any]) -> Properties:
    return {
        name: [
            {
                "additionalProperties": claim.get("additionalProperties") or [],
                "essential": bool(claim.get("essential")),
                "name": claim.get("name"),
                "source": claim.get("source") or "",
            }
            for claim in found.get(field) or []
        ]
        for name, field in (("accessTokens", "accessToken"), ("idTokens", "idToken"), ("saml2Tokens", "saml2Token"))
    }
