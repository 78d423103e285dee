"""Every rule both ways, with what it says word for word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from components.developer_client import DEVELOPMENT_STACKS
from policy.resource import UNKNOWN, Resource
from policy.rules import RULES, check

APPLICATION = "azuread:index/application:Application"
APP_ROLE = "azuread:index/applicationAppRole:ApplicationAppRole"
APP_ROLE_ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment"
IDENTIFIER_URI = "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri"
CERTIFICATE = "azuread:index/servicePrincipalCertificate:ServicePrincipalCertificate"
PASSWORD = "azuread:index/applicationPassword:ApplicationPassword"
SERVICE_PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
ROLE_ASSIGNMENT = "azure-native:authorization:RoleAssignment"
USER_ASSIGNED = "azure-native:managedidentity:UserAssignedIdentity"
ACCOUNT = "azure-native:storage:StorageAccount"
CONTAINER = "azure-native:storage:BlobContainer"
SITE = "azure-native:web:WebApp"
APP_SETTINGS = "azure-native:web:WebAppApplicationSettings"
FTP, SCM = "azure-native:web:WebAppFtpAllowed", "azure-native:web:WebAppScmAllowed"

TENANT = "a0000000-0000-4000-8000-000000000001"
CLIENT = "b0000000-0000-4000-8000-000000000002"
PRINCIPAL = "c0000000-0000-4000-8000-000000000003"
SUBSCRIPTION = "/subscriptions/50000000-0000-4000-8000-000000000002"
DEFINITIONS = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
TAKEOVER = "06b708a9-e830-4db3-a914-8e69da51d44f"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
ROLE = {"id": "68672307-9df6-550a-86c7-7785b5e38140", "value": "Things.Read.All", "allowedMemberTypes": ["Application"]}


def urn(kind: str, name: str = "it", stack: str = "prod") -> str:
    return f"urn:pulumi:{stack}::keyless::keyless:some:Parent${kind}::{name}"


def it(kind: str, /, *, protected: bool = False, **properties: Any) -> Resource:
    return Resource(urn(kind), properties, protected)


def only(rule: str, settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A configuration in which one rule alone is asked."""
    return {"all": "disabled", rule: {"enforcementLevel": "mandatory", **(settings or {})}}


def said(rule: str, *resources: Resource, stack: str = "prod", **settings: Any) -> list[str]:
    violations = check(resources, stack, only(rule, settings))
    assert {violation.rule for violation in violations} <= {rule}
    return [violation.message for violation in violations]


ALONE: list[tuple[str, Resource, str | None]] = [
    ("no-takeover-role", it(APP_ROLE_ASSIGNMENT, appRoleId="df021288-bdef-4463-88db-98f22de89214"), None),
    ("no-takeover-role", it(APP_ROLE_ASSIGNMENT, appRoleId=UNKNOWN), None),
    ("no-takeover-role", it(APP_ROLE_ASSIGNMENT, appRoleId=TAKEOVER),
     ("it gives AppRoleAssignment.ReadWrite.All, which takes over the tenant by granting itself any app role. Grant a "
     "narrower role, or list this one with a reason under `allowed` in the configuration of the policy pack.")),
    ("no-takeover-role", it(APP_ROLE_ASSIGNMENT, appRoleId=TAKEOVER.upper()),
     ("it gives AppRoleAssignment.ReadWrite.All, which takes over the tenant by granting itself any app role. Grant a "
     "narrower role, or list this one with a reason under `allowed` in the configuration of the policy pack.")),
    ("no-takeover-role", it(ROLE_ASSIGNMENT, roleDefinitionId=f"{DEFINITIONS}/b7e6dc6d-f1e8-4753-8033-0f276bb0955b"),
     None),
    ("no-takeover-role", it(ROLE_ASSIGNMENT, roleDefinitionId=f"{DEFINITIONS}/{OWNER}"),
     ("it gives Owner, which takes over its scope by assigning itself any role there. Grant a narrower role, or list "
     "this one with a reason under `allowed` in the configuration of the policy pack.")),
    ("no-takeover-role", it(APPLICATION, requiredResourceAccesses=[
        {"resourceAccesses": [{"type": "Scope", "id": TAKEOVER}, {"type": "Role", "id": UNKNOWN}]},
        {"resourceAccesses": UNKNOWN}, UNKNOWN]), None),
    ("no-takeover-role", it(APPLICATION, requiredResourceAccesses=[
        {"resourceAccesses": [{"type": "Role", "id": TAKEOVER}]}]),
     ("it gives AppRoleAssignment.ReadWrite.All, which takes over the tenant by granting itself any app role. Grant a "
     "narrower role, or list this one with a reason under `allowed` in the configuration of the policy pack.")),
    ("no-user-role-outside-development", it(APPLICATION, appRoles=[ROLE]), None),
    ("no-user-role-outside-development", it(APPLICATION, appRoles=UNKNOWN), None),
    ("no-user-role-outside-development", it(SERVICE_PRINCIPAL, allowedMemberTypes=["User"]), None),
    ("no-user-role-outside-development", it(APPLICATION, appRoles=[
        ROLE, {**ROLE, "allowedMemberTypes": ["User", "Application"]}]),
     ("it lets users have the role 'Things.Read.All' in the stack 'prod'. Take 'User' out of allowedMemberTypes; sign "
     "people in on a development stack.")),
    ("no-user-role-outside-development", it(APP_ROLE, value="Things.Write.All", allowedMemberTypes=["User"]),
     ("it lets users have the role 'Things.Write.All' in the stack 'prod'. Take 'User' out of allowedMemberTypes; sign "
     "people in on a development stack.")),
    ("no-developer-client-outside-development", it(APPLICATION, displayName="things", password=None), None),
    ("no-developer-client-outside-development", it(PASSWORD, displayName="laptop"),
     ("it makes a client secret in the stack 'prod': somebody would hold a key. Use a managed identity; a developer's "
     "client belongs on a development stack (dev, dev-*), on a registration of its own.")),
    ("no-developer-client-outside-development", it(APPLICATION, password={"displayName": "laptop"}),
     ("it makes a client secret in the stack 'prod': somebody would hold a key. Use a managed identity; a developer's "
     "client belongs on a development stack (dev, dev-*), on a registration of its own.")),
    ("no-developer-client-outside-development", it(CERTIFICATE),
     ("it makes a certificate in the stack 'prod': somebody would hold a key. Use a managed identity; a developer's "
     "client belongs on a development stack (dev, dev-*), on a registration of its own.")),
    ("no-developer-client-outside-development",
     it("azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"),
     ("it makes a federated credential in the stack 'prod': somebody would hold a key. Use a managed identity; a "
     "developer's client belongs on a development stack (dev, dev-*), on a registration of its own.")),
    ("version-2-tokens", it(APPLICATION, appRoles=[ROLE], api={"requestedAccessTokenVersion": 2}), None),
    ("version-2-tokens", it(APPLICATION, appRoles=[ROLE], api={"requestedAccessTokenVersion": 2.0}), None),
    ("version-2-tokens", it(APPLICATION, appRoles=[ROLE], api=UNKNOWN), None),
    ("version-2-tokens", it(APPLICATION, displayName="a client, not an API"), None),
    ("version-2-tokens", it(APPLICATION, appRoles=[ROLE], api={"requestedAccessTokenVersion": 1.0}),
     "it takes tokens of version 1. Set api.requestedAccessTokenVersion to 2."),
    ("version-2-tokens", it(APPLICATION, identifierUris=["api://x"]),
     "it takes tokens of version 1. Set api.requestedAccessTokenVersion to 2."),
    ("identifier-uri-form", it(IDENTIFIER_URI, identifierUri=f"api://{CLIENT}"), None),
    ("identifier-uri-form", it(IDENTIFIER_URI, identifierUri=f"api://{TENANT}/things"), None),
    ("identifier-uri-form", it(IDENTIFIER_URI, identifierUri=f"api://things/{CLIENT}"), None),
    ("identifier-uri-form", it(IDENTIFIER_URI, identifierUri="https://contoso.onmicrosoft.com/things"), None),
    ("identifier-uri-form", it(IDENTIFIER_URI, identifierUri=UNKNOWN), None),
    ("identifier-uri-form", it(APPLICATION, identifierUris=[f"api://{CLIENT}"]), None),
    ("identifier-uri-form", it(SITE, identifierUri="api://things"), None),
    *(
        ("identifier-uri-form", it(IDENTIFIER_URI, identifierUri=uri),
         (f"it has the identifier URI '{uri}', which any tenant could take for itself. Use api://{{clientId}}, "
         "api://{tenantId}/NAME, api://NAME/{clientId}, or a verified domain that is listed under `verifiedDomains` "
         "in the configuration of the policy pack; no trailing slash."))
        for uri in ("api://things", f"api://{CLIENT}/", "https://things.example.com", "http://contoso.onmicrosoft.com/a",
                    "https://contoso.onmicrosoft.com", "https://evil.example#.onmicrosoft.com/a", f"urn:{CLIENT}",
                    f"api://a/b/{CLIENT}")
    ),
    ("identifier-uri-form", it(APPLICATION, identifierUris=["api://things"]),
     ("it has the identifier URI 'api://things', which any tenant could take for itself. Use api://{clientId}, "
     "api://{tenantId}/NAME, api://NAME/{clientId}, or a verified domain that is listed under `verifiedDomains` in "
     "the configuration of the policy pack; no trailing slash.")),
    ("protected-in-production", it(APPLICATION, protected=True, appRoles=[ROLE]), None),
    ("protected-in-production", it(APPLICATION, displayName="a client, not an API"), None),
    ("protected-in-production", it(SITE, protected=True, identity={"type": "SystemAssigned"}), None),
    ("protected-in-production", it(SITE, identity={"type": "UserAssigned"}), None),
    ("protected-in-production", it(APPLICATION, appRoles=[ROLE]),
     ("it can be deleted in the stack 'prod', and with it every permission that anybody holds on the API. Set the "
     "resource option protect.")),
    ("protected-in-production", it(SITE, identity={"type": "SystemAssigned, UserAssigned"}),
     ("it can be deleted in the stack 'prod', and with it its identity and every permission that this holds. Set the "
     "resource option protect.")),
    ("https-only", it(SITE, httpsOnly=True), None),
    ("https-only", it(SITE, httpsOnly=UNKNOWN), None),
    ("https-only", it(SITE, httpsOnly=False), "it answers over plain HTTP too. Set httpsOnly to true."),
    ("https-only", it(SITE), "it answers over plain HTTP too. Set httpsOnly to true."),
    ("https-only", it("azure-native:web/v20240401:WebApp"),
     "it answers over plain HTTP too. Set httpsOnly to true."),
    ("modern-tls", it(SITE, siteConfig={"minTlsVersion": "1.2", "scmMinTlsVersion": "1.3"}), None),
    ("modern-tls", it(SITE), None),
    ("modern-tls", it(SITE, siteConfig=UNKNOWN), None),
    ("modern-tls", it(SITE, siteConfig={"minTlsVersion": "1.1"}),
     "it takes TLS 1.1 (minTlsVersion). Set siteConfig.minTlsVersion to 1.2 or 1.3."),
    ("modern-tls", it(SITE, siteConfig={"scmMinTlsVersion": "1.0"}),
     "it takes TLS 1.0 (scmMinTlsVersion). Set siteConfig.scmMinTlsVersion to 1.2 or 1.3."),
    ("no-ftp", it(SITE, siteConfig={"ftpsState": "Disabled"}), None),
    ("no-ftp", it(SITE, siteConfig={"minTlsVersion": "1.2"}), None),
    ("no-ftp", it(SITE, siteConfig={"ftpsState": "FtpsOnly"}),
     "it can be changed over FTP (ftpsState is 'FtpsOnly'). Set siteConfig.ftpsState to Disabled."),
    ("no-ftp", it(FTP, allow=False), None),
    ("no-ftp", it(FTP, allow=True), "it lets FTP take a password. Set allow to false."),
    ("no-ftp", it(SCM, allow=True), "it lets SCM take a password. Set allow to false."),
    ("no-key-in-app-settings", it(APP_SETTINGS, properties={
        "API_URL": "https://things.example.com", "AzureWebJobsStorage__credential": "managedidentity", "X": UNKNOWN}),
     None),
    ("no-key-in-app-settings", it(APP_SETTINGS, properties=UNKNOWN), None),
    ("no-key-in-app-settings", it(APP_SETTINGS, properties={"STORE": "AccountName=a;AccountKey=c2VjcmV0"}),
     ("it gives the app a key, in the setting STORE. Use the identity: for storage, "
     "AzureWebJobsStorage__accountName and __credential.")),
    ("no-key-in-app-settings", it(APP_SETTINGS, properties={"BLOB": "https://a.blob.core.windows.net/b?sv=1&sig=x"}),
     ("it gives the app a key, in the setting BLOB. Use the identity: for storage, "
     "AzureWebJobsStorage__accountName and __credential.")),
    ("no-key-in-app-settings", it(APP_SETTINGS, properties={"AzureWebJobsStorage": UNKNOWN}),
     ("it gives the app a key, in the setting AzureWebJobsStorage. Use the identity: for storage, "
     "AzureWebJobsStorage__accountName and __credential.")),
    ("no-key-in-app-settings", it(SITE, siteConfig={"appSettings": [{"name": "AZURE_CLIENT_SECRET", "value": "x"}]}),
     ("it gives the app a key, in the setting AZURE_CLIENT_SECRET. Use the identity: for storage, "
     "AzureWebJobsStorage__accountName and __credential.")),
    ("storage-transport", it(ACCOUNT, enableHttpsTrafficOnly=True, minimumTlsVersion="TLS1_2"), None),
    ("storage-transport", it(ACCOUNT, minimumTlsVersion="TLS1_3"), None),
    ("storage-transport", it(ACCOUNT, enableHttpsTrafficOnly=False, minimumTlsVersion="TLS1_2"),
     "it answers over plain HTTP too. Set enableHttpsTrafficOnly to true."),
    ("storage-transport", it(ACCOUNT, minimumTlsVersion="TLS1_0"),
     "it takes TLS1_0. Set minimumTlsVersion to TLS1_2 or TLS1_3."),
    ("storage-transport", it(ACCOUNT),
     "it takes any version of TLS. Set minimumTlsVersion to TLS1_2 or TLS1_3."),
    ("no-shared-keys", it(ACCOUNT, allowSharedKeyAccess=False), None),
    ("no-shared-keys", it(ACCOUNT), "it can be opened with a key. Set allowSharedKeyAccess to false."),
    ("no-public-access", it(ACCOUNT, allowBlobPublicAccess=False), None),
    ("no-public-access", it(ACCOUNT), "it lets containers be public. Set allowBlobPublicAccess to false."),
    ("no-public-access", it(CONTAINER), None),
    ("no-public-access", it(CONTAINER, publicAccess="None"), None),
    ("no-public-access", it(CONTAINER, publicAccess="Blob"),
     "it can be read by anybody (publicAccess is 'Blob'). Set it to None."),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "resource", "message"), ALONE)
def test_a_rule_about_one_resource_says_what_is_wrong_or_nothing(
    rule: str, resource: Resource, message: str | None
) -> None:
    assert said(rule, resource) == ([message] if message else [])


def test_every_rule_is_tested_both_ways() -> None:
    about_stacks = {"assignment-required", "grants-reach-own-identity", "no-publishing-password"}
    refused = {rule for rule, _, message in ALONE if message}
    accepted = {rule for rule, _, message in ALONE if message is None}
    assert refused == accepted == {rule.name for rule in RULES} - about_stacks


@pytest.mark.parametrize(
    ("resource", "rule"),
    [
        (it(APPLICATION, appRoles=[{**ROLE, "allowedMemberTypes": ["User"]}]), "no-user-role-outside-development"),
        (it(PASSWORD), "no-developer-client-outside-development"),
    ],
)
def test_what_is_for_development_is_allowed_on_development_stacks_only(resource: Resource, rule: str) -> None:
    assert said(rule, resource, stack="dev") == []
    assert said(rule, resource, stack="dev-alice") == []
    for stack in ("pr-12", "prod", "Dev", "my-dev", "device", "prod-dev-"):
        assert said(rule, resource, stack=stack) != []
    assert said(rule, resource, stack="pr-12", developmentStacks=["dev", "pr-*"]) == []


def test_the_pack_and_the_programs_settings_have_the_same_development_stacks() -> None:
    rules = {rule.name: rule for rule in RULES}
    for name in ("no-user-role-outside-development", "no-developer-client-outside-development"):
        assert rules[name].settings["developmentStacks"].default == list(DEVELOPMENT_STACKS)


def test_what_has_to_be_protected_is_asked_of_production_stacks_only() -> None:
    api = it(APPLICATION, appRoles=[ROLE])
    assert said("protected-in-production", api, stack="dev") == []
    assert said("protected-in-production", api, stack="live", productionStacks=["live"]) != []


def test_a_takeover_role_that_is_listed_with_a_reason_is_allowed() -> None:
    grant = it(APP_ROLE_ASSIGNMENT, appRoleId=TAKEOVER)
    listed = [{"role": "AppRoleAssignment.ReadWrite.All", "reason": "deploys this stack"}]
    assert said("no-takeover-role", grant, allowed=listed) == []
    assert (
        said("no-takeover-role", it(ROLE_ASSIGNMENT, roleDefinitionId=f"{DEFINITIONS}/{OWNER}"), allowed=listed) != []
    )


def test_a_credential_that_trusts_a_listed_issuer_is_held_by_nobody() -> None:
    rule, github = "no-developer-client-outside-development", "https://token.actions.githubusercontent.com"
    kind = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"
    assert said(rule, it(kind, issuer=github), issuers=[github]) == []
    assert said(rule, it(kind, issuer=f"{github}/contoso"), issuers=[github]) != []
    assert said(rule, it(PASSWORD, issuer=github), issuers=[github]) != []


def test_a_verified_domain_that_is_listed_is_allowed() -> None:
    uri = it(IDENTIFIER_URI, identifierUri="https://Things.example.com")
    assert said("identifier-uri-form", uri, verifiedDomains=["things.example.com"]) == []
    assert said("identifier-uri-form", uri, verifiedDomains=["example.com"]) != []


def principal(**properties: Any) -> Resource:
    return Resource(
        urn(SERVICE_PRINCIPAL, "principal"),
        {"clientId": UNKNOWN, **properties},
        sources={"clientId": (urn(APPLICATION, "application"),)},
    )


API = Resource(urn(APPLICATION, "application"), {"appRoles": [ROLE]})
CLIENT_ONLY = Resource(urn(APPLICATION, "application"), {"displayName": "a client, not an API"})
TOKENS_FOR_ALL = "principal gives everybody in the tenant a token for its API. Set appRoleAssignmentRequired to true."


def test_an_api_gives_tokens_to_those_with_a_role_only() -> None:
    rule = "assignment-required"
    assert said(rule, API, principal(appRoleAssignmentRequired=True)) == []
    assert said(rule, API, principal(appRoleAssignmentRequired=UNKNOWN)) == []
    assert said(rule, CLIENT_ONLY, principal()) == []
    assert said(rule, API, principal()) == [TOKENS_FOR_ALL]
    assert said(rule, API, principal(appRoleAssignmentRequired=False)) == [TOKENS_FOR_ALL]


def test_an_api_is_known_by_a_role_or_an_identifier_uri_of_its_own_or_by_its_client_id() -> None:
    rule = "assignment-required"
    for kind in (APP_ROLE, IDENTIFIER_URI):
        part = Resource(urn(kind, "part"), {}, sources={"applicationId": (CLIENT_ONLY.urn,)})
        assert said(rule, CLIENT_ONLY, part, principal()) == [TOKENS_FOR_ALL]
    deployed = Resource(API.urn, {"appRoles": [ROLE], "clientId": CLIENT})
    assert said(rule, deployed, Resource(urn(SERVICE_PRINCIPAL, "principal"), {"clientId": CLIENT})) == [TOKENS_FOR_ALL]


HOLDERS = [
    Resource(urn(SITE, "holder"), {"identity": {"type": "SystemAssigned", "principalId": PRINCIPAL}}),
    Resource(urn(SERVICE_PRINCIPAL, "holder"), {"objectId": PRINCIPAL}),
    Resource(urn(USER_ASSIGNED, "holder"), {"principalId": PRINCIPAL}),
]
GRANTS = [(APP_ROLE_ASSIGNMENT, "principalObjectId"), (ROLE_ASSIGNMENT, "principalId")]


@pytest.mark.parametrize("holder", HOLDERS, ids=["site", "service principal", "user-assigned identity"])
@pytest.mark.parametrize(("kind", "name"), GRANTS, ids=["app role", "Azure role"])
def test_a_grant_goes_to_an_identity_of_its_stack(kind: str, name: str, holder: Resource) -> None:
    rule = "grants-reach-own-identity"
    by_output = Resource(urn(kind, "grant"), {name: UNKNOWN}, sources={name: (holder.urn,)})
    by_id = Resource(urn(kind, "grant"), {name: PRINCIPAL.upper()})
    to_nobody = Resource(urn(kind, "grant"), {name: UNKNOWN})
    assert said(rule, holder, by_output) == []
    assert said(rule, holder, by_id) == []
    assert said(rule, by_id) == [
        (
            f"grant gives a permission to {PRINCIPAL.upper()}, which is no identity of this stack and would keep it "
            f"when the stack is gone. Take {name} from a resource of the stack."
        )
    ]
    assert said(rule, holder, to_nobody) == [
        (
            "grant gives a permission to an identity that is not known yet, which is no identity of this stack and "
            f"would keep it when the stack is gone. Take {name} from a resource of the stack."
        )
    ]


def test_a_site_has_no_publishing_password() -> None:
    rule = "no-publishing-password"
    site = Resource(urn(SITE, "site"), {"name": "keyless-dev"})
    by_name = [Resource(urn(kind, kind), {"name": "keyless-dev", "allow": False}) for kind in (FTP, SCM)]
    by_output = [Resource(urn(kind, kind), {"name": UNKNOWN}, sources={"name": (site.urn,)}) for kind in (FTP, SCM)]
    of_another = [Resource(urn(kind, kind), {"name": "other"}) for kind in (FTP, SCM)]
    assert said(rule, site, *by_name) == []
    assert said(rule, site, *by_output) == []
    assert said(rule, site, by_name[0]) == [
        "site has a publishing profile with a password for SCM. Add a WebAppScmAllowed with allow set to false."
    ]
    assert said(rule, site, *of_another) == [
        "site has a publishing profile with a password for FTP. Add a WebAppFtpAllowed with allow set to false.",
        "site has a publishing profile with a password for SCM. Add a WebAppScmAllowed with allow set to false.",
    ]


def test_a_value_that_may_be_a_secret_is_never_in_a_message() -> None:
    settings = it(APP_SETTINGS, properties={"STORE": "AccountKey=c2VjcmV0", "AZURE_CLIENT_SECRET": "c2VjcmV0"})
    assert "c2VjcmV0" not in " ".join(said("no-key-in-app-settings", settings))
