"""OpenID Connect discovery and the published keys, in the version 1 and the version 2 form.

Issuers are the real ones although the documents come from loopback, because APIs compare a token's `iss` with the
document; endpoints point at the stand-in (Microsoft Entra documentation, "OpenID Connect on the Microsoft identity
platform"; Azure/azure-cli#32943 shows a whole document).
"""

from __future__ import annotations

from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.login import keys, tenants
from rehearsal.azure.routing import Reply, Request, Route, Service

_CACHED = {"Cache-Control": "max-age=86400, private", "Access-Control-Allow-Origin": "*"}
_V1_ALGORITHMS = ["RS256"]


def issuer_v1(tenant_id: str) -> str:
    """Who issues version 1 tokens."""
    return f"https://sts.windows.net/{tenant_id}/"


def issuer_v2(tenant_id: str) -> str:
    """Who issues version 2 tokens."""
    return f"https://login.microsoftonline.com/{tenant_id}/v2.0"


def configuration_v1(request: Request) -> Reply:
    """The version 1 discovery document."""
    tenant = tenants.check(request.context, request.parameters["tenant"], shared=True)
    base = f"{request.context.https_url}/{tenant}"
    document = {
        "authorization_endpoint": f"{base}/oauth2/authorize",
        "token_endpoint": f"{base}/oauth2/token",
        "jwks_uri": f"{request.context.https_url}/common/discovery/keys",
        "userinfo_endpoint": f"{base}/openid/userinfo",
        "device_authorization_endpoint": f"{base}/oauth2/devicecode",
        "end_session_endpoint": f"{base}/oauth2/logout",
        "check_session_iframe": f"{base}/oauth2/checksession",
        "response_types_supported": ["code", "id_token", "code id_token", "token id_token", "token"],
        "scopes_supported": ["openid"],
        "issuer": issuer_v1(_in_issuer(request.context, tenant)),
        "microsoft_multi_refresh_token": True,
        **_common(request.context, tenant),
    }
    return Reply(body=document, headers=_CACHED)


def configuration_v2(request: Request) -> Reply:
    """The version 2 discovery document."""
    tenant = tenants.check(request.context, request.parameters["tenant"], shared=True)
    base = f"{request.context.https_url}/{tenant}"
    document = {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
        "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "request_uri_parameter_supported": False,
        "kerberos_endpoint": f"{base}/kerberos",
        "issuer": issuer_v2(_in_issuer(request.context, tenant)),
        **_common(request.context, tenant),
    }
    return Reply(body=document, headers=_CACHED)


def keys_v1(request: Request) -> Reply:
    """The published keys, without issuers."""
    tenants.check(request.context, request.parameters["tenant"], shared=True)
    return Reply(body={"keys": keys.published(request.context)}, headers=_CACHED)


def keys_v2(request: Request) -> Reply:
    """The published keys, each with the issuer it signs for."""
    tenant = tenants.check(request.context, request.parameters["tenant"], shared=True)
    issuer = issuer_v2(_in_issuer(request.context, tenant))
    documents = [{**document, "issuer": issuer} for document in keys.published(request.context)]
    return Reply(body={"keys": documents}, headers=_CACHED)


def instances(request: Request) -> Reply:
    """Instance discovery: the stand-in knows itself as an authority, beside the public cloud's names."""
    own = request.context.https_url.removeprefix("https://")
    public = ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"]
    document = {
        "tenant_discovery_endpoint": f"{request.context.https_url}/common/.well-known/openid-configuration",
        "api-version": request.query.get("api-version", "1.1"),
        "metadata": [
            {"preferred_network": own, "preferred_cache": own, "aliases": [own]},
            {"preferred_network": public[0], "preferred_cache": public[1], "aliases": public},
        ],
    }
    return Reply(body=document)


def _common(context: Context, tenant: str) -> dict[str, Any]:
    return {
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "tid", "ver", "name", "email"],
        "tenant_region_scope": "EU" if tenant == context.tenant.id else None,
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    }


def _in_issuer(context: Context, tenant: str) -> str:
    """`common` and `organizations` show a template, which a client fills in from the token's `tid`."""
    return tenant if tenant == context.tenant.id else "{tenantid}"


def _login(path: str, handler: Any, summary: str) -> Route:
    return Route(Service.LOGIN, "GET", path, handler, summary=summary)


ROUTES = (
    _login("/{tenant}/.well-known/openid-configuration", configuration_v1, "OpenID configuration, version 1"),
    _login("/{tenant}/v2.0/.well-known/openid-configuration", configuration_v2, "OpenID configuration, version 2"),
    _login("/{tenant}/discovery/keys", keys_v1, "Signing keys, version 1"),
    _login("/{tenant}/discovery/v2.0/keys", keys_v2, "Signing keys, version 2"),
    _login("/common/discovery/instance", instances, "Instance discovery"),
)
