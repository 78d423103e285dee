"""Names of app settings: which of them a person may set on a Flex Consumption app."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pulumi

from components.refusal import Refusal

API_SCOPE = "API_SCOPE"
"""Tells the code which scope to ask a token for."""
HOST_STORAGE_ACCOUNT = "AzureWebJobsStorage__accountName"
HOST_STORAGE_CREDENTIAL = "AzureWebJobsStorage__credential"
"""With its own identity the host needs both settings, or it never starts (Azure/bicep-registry-modules,
avm-res-web-site#376)."""
TELEMETRY_CONNECTION = "APPLICATIONINSIGHTS_CONNECTION_STRING"
TELEMETRY_AUTHENTICATION = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING"
"""`Authorization=AAD` lets the host send telemetry as the app's identity (Azure Functions, "App settings
reference")."""

_IN_RUNTIME = "the runtime is part of the site (functionAppConfig.runtime)"
_IN_SCALE = "scale and concurrency are part of the site (functionAppConfig.scaleAndConcurrency)"
_IN_DEPLOYMENT = "where the package lies is part of the site (functionAppConfig.deployment)"
_IN_BUILD = "the deployment itself says whether to build remotely"
_UNSUPPORTED = "Flex Consumption has no such setting"

REFUSED_BY_FLEX_CONSUMPTION = {
    "ENABLE_ORYX_BUILD": _IN_BUILD,
    "FUNCTIONS_EXTENSION_VERSION": "the platform sets it",
    "FUNCTIONS_MAX_HTTP_CONCURRENCY": _IN_SCALE,
    "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED": _UNSUPPORTED,
    "FUNCTIONS_WORKER_PROCESS_COUNT": _UNSUPPORTED,
    "FUNCTIONS_WORKER_RUNTIME": _IN_RUNTIME,
    "FUNCTIONS_WORKER_RUNTIME_VERSION": _IN_RUNTIME,
    "SCM_DO_BUILD_DURING_DEPLOYMENT": _IN_BUILD,
    "TZ": _UNSUPPORTED,
    "WEBSITES_CONTAINER_START_TIME_LIMIT": _UNSUPPORTED,
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING": _IN_DEPLOYMENT,
    "WEBSITE_CONTENTSHARE": _IN_DEPLOYMENT,
    "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT": _IN_SCALE,
    "WEBSITE_NODE_DEFAULT_VERSION": _IN_RUNTIME,
    "WEBSITE_RUN_FROM_PACKAGE": "a Flex Consumption app always runs from its package",
    "WEBSITE_SKIP_CONTENTSHARE_VALIDATION": _IN_DEPLOYMENT,
    "WEBSITE_TIME_ZONE": _UNSUPPORTED,
    "WEBSITE_VNET_ROUTE_ALL": _UNSUPPORTED,
}
"""Setting and why not. Some are refused by ARM, some make the deployment fail, some do nothing.

Source: Azure Functions, "App settings reference", section "Flex Consumption plan deprecations".
"""

_SET_BY_PROGRAM = {
    API_SCOPE: "the program sets it to the scope of the API",
    HOST_STORAGE_ACCOUNT: "the program sets it to the app's own storage account",
    HOST_STORAGE_CREDENTIAL: "the program sets it: the host reaches its storage as the identity",
    TELEMETRY_CONNECTION: "the program sets it to the app's own Application Insights",
    TELEMETRY_AUTHENTICATION: "the program sets it: telemetry is sent as the identity",
    "APPINSIGHTS_INSTRUMENTATIONKEY": "it would be a key, and Application Insights takes none",
    "AzureWebJobsStorage": "it would be a connection string with a key, and the storage account takes none",
}
_SET_BY_PLATFORM = ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT", "MSI_SECRET", "WEBSITE_HOSTNAME")

_REASONS = {
    **{name.upper(): reason for name, reason in REFUSED_BY_FLEX_CONSUMPTION.items()},
    **{name.upper(): reason for name, reason in _SET_BY_PROGRAM.items()},
    **dict.fromkeys(_SET_BY_PLATFORM, "the platform sets it, and the code finds its identity by it"),
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


def scopes(of: Mapping[str, pulumi.Input[str]]) -> dict[str, pulumi.Input[str]]:
    """Returns the settings that tell the code the scopes `of` the APIs it calls, by their names.

    The first API's is API_SCOPE; with several, each also has its own, such as API_SCOPE_THINGS.
    """
    settings: dict[str, pulumi.Input[str]] = {}
    for api, scope in of.items():
        settings.setdefault(API_SCOPE, scope)
        if len(of) > 1:
            settings[f"{API_SCOPE}_{re.sub(r'[^A-Z0-9]', '_', api.upper())}"] = scope
    return settings


def refusal_of_name(name: str) -> Refusal | None:
    """Says why an app setting of this name cannot be set by hand, or None if it can. Azure ignores case in names."""
    if not _NAME.fullmatch(name):
        repaired = re.sub(r"[^A-Za-z0-9_.]+", "_", name.replace(":", "__").strip())
        return Refusal(
            problem=f"{name!r} is not a name for an app setting.",
            allowed="letters, digits, '_' and '.', not beginning with a digit or '.'",
            instead=repaired if _NAME.fullmatch(repaired) else None,
        )
    reason = _REASONS.get(name.upper())
    if reason is None and name.upper().startswith("AZUREWEBJOBSSTORAGE__"):
        reason = "the program decides how the host reaches its storage"
    if reason is None:
        return None
    return Refusal(problem=f"{name!r} cannot be set: {reason}.", allowed="any other name")
