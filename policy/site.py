"""Sites: nothing but HTTPS, and nothing that takes a password."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy.resource import UNKNOWN, Resource, Stack
from policy.rule import Question, ResourceRule, StackRule

SITES = frozenset({"azure-native:web:WebApp", "azure-native:web:WebAppSlot"})
_SETTINGS = frozenset({"azure-native:web:WebAppApplicationSettings", "azure-native:web:WebAppApplicationSettingsSlot"})
_PUBLISHING = {"azure-native:web:WebAppFtpAllowed": "FTP", "azure-native:web:WebAppScmAllowed": "SCM"}
_TLS = ("1.2", "1.3", None, UNKNOWN)
"""None: App Service takes 1.2 where nothing is set (Azure REST API reference, `SiteConfig.minTlsVersion`)."""
_KEY = re.compile(r"(?:AccountKey|SharedAccessKey|SharedAccessSignature|ClientSecret|Password|Pwd)\s*=|[?&]sig=", re.I)
"""What connection strings and SAS URLs hold a key in (Azure Storage, "Configure Azure Storage connection strings")."""
_SECRET_NAMES = frozenset(
    {
        "azure_client_secret",
        "azurewebjobsstorage",
        "website_contentazurefileconnectionstring",
        "azure_client_certificate",
    }
)
"""Settings that mean a key by being there: with an identity they are not set (Azure Functions, "App settings
reference for Azure Functions")."""


def _https_only(resource: Resource, _: Question) -> Iterator[str]:
    if resource.type in SITES and resource.value("httpsOnly") not in (True, UNKNOWN):
        yield f"{resource.name} answers over plain HTTP too. Set httpsOnly to true."


def _modern_tls(resource: Resource, _: Question) -> Iterator[str]:
    if resource.type in SITES:
        for name in ("minTlsVersion", "scmMinTlsVersion"):
            version = resource.value("siteConfig", name)
            if version not in _TLS:
                yield f"{resource.name} takes TLS {version} ({name}). Set siteConfig.{name} to 1.2 or 1.3."


def _no_ftp(resource: Resource, _: Question) -> Iterator[str]:
    if resource.type in SITES:
        state = resource.value("siteConfig", "ftpsState")
        if state not in ("Disabled", None, UNKNOWN):
            problem = f"{resource.name} can be changed over FTP (ftpsState is {state!r}). "
            yield problem + "Set siteConfig.ftpsState to Disabled."
    elif resource.type in _PUBLISHING and resource.value("allow") not in (False, UNKNOWN):
        yield f"{resource.name} lets {_PUBLISHING[resource.type]} take a password. Set allow to false."


def _no_publishing_password(stack: Stack, _: Question) -> Iterator[tuple[Resource, str]]:
    for site in stack.of_type("azure-native:web:WebApp"):
        for kind, what in _PUBLISHING.items():
            if not any(_is_of(stack, policy, site) for policy in stack.of_type(kind)):
                problem = f"{site.name} has a publishing profile with a password for {what}. "
                yield site, f"{problem}Add a {kind.rpartition(':')[2]} with allow set to false."


def _is_of(stack: Stack, policy: Resource, site: Resource) -> bool:
    name = policy.value("name")
    return site in stack.sources(policy, "name") or (name not in (None, UNKNOWN) and name == site.value("name"))


def _no_key_in_settings(resource: Resource, _: Question) -> Iterator[str]:
    settings: list[tuple[object, object]] = []
    if resource.type in _SETTINGS:
        properties = resource.value("properties")
        settings = list(properties.items()) if isinstance(properties, dict) else []
    elif resource.type in SITES:
        settings = [(item.get("name"), item.get("value")) for item in resource.items("siteConfig", "appSettings")]
    for name, value in settings:
        if str(name).lower() in _SECRET_NAMES or (isinstance(value, str) and _KEY.search(value)):
            # The value is a secret: it is not shown.
            yield (
                f"{resource.name} gives the app a key, in the setting {name}. "
                "Use the identity: for storage, AzureWebJobsStorage__accountName and __credential."
            )


HTTPS_ONLY = ResourceRule("https-only", "A site answers over HTTPS only.", _https_only)
MODERN_TLS = ResourceRule("modern-tls", "A site takes TLS 1.2 or later.", _modern_tls)
NO_FTP = ResourceRule("no-ftp", "Nobody changes a site over FTP, or with a password.", _no_ftp)
NO_PUBLISHING_PASSWORD = StackRule(
    "no-publishing-password", "A site has no publishing profile with a password.", _no_publishing_password
)
NO_KEY_IN_SETTINGS = ResourceRule(
    "no-key-in-app-settings", "No key, connection string or client secret is in an app's settings.", _no_key_in_settings
)
