"""The rules of Flex Consumption (FC1): what a site must say and may not say.

Sources: Azure documentation, "Azure Functions Flex Consumption plan hosting" and "App settings reference for Azure
Functions" (Flex Consumption plan deprecations); the service's own words as quoted in
Azure-Samples/azure-functions-flex-consumption-samples#7, microsoft/azure-pipelines-tasks#21032,
Azure/azure-functions-host#10643, polymind-inc/acmebot#946, Azure/azure-rest-api-specs#40898.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from rehearsal.azure.arm import content
from rehearsal.azure.errors import WebError

_FORBIDDEN_SETTINGS = ("FUNCTIONS_WORKER_RUNTIME",)
_FORBIDDEN_PROPERTIES = (
    "FtpsState",
    "FunctionAppScaleLimit",
    "FunctionsRuntimeScaleMonitoringEnabled",
    "LinuxFxVersion",
    "NetFrameworkVersion",
    "PreWarmedInstanceCount",
    "Use32BitWorkerProcess",
)
_RUNTIMES = ("dotnet-isolated", "java", "node", "python", "powershell", "custom")
_AUTHENTICATIONS = {
    "systemassignedidentity": None,
    "userassignedidentity": "userAssignedIdentityResourceId",
    "storageaccountconnectionstring": "storageAccountConnectionStringName",
}
_MEMORY_SIZES = (512, 2048, 4096)
_MOST_INSTANCES = 1000
_CONFIG = "Site.FunctionAppConfig"


def check_settings(names: Iterable[str]) -> None:
    """Refuse application settings that Flex Consumption does not allow: the worker runtime is in `functionAppConfig`,
    and names with a colon are reported as if they were that setting (Azure/azure-functions-host#11908).
    """
    wrong = [name for name in names if name.upper() in _FORBIDDEN_SETTINGS]
    if not wrong and any(":" in name for name in names):
        wrong = ["FUNCTIONS_WORKER_RUNTIME"]
    _refuse_names("app setting", [f"Site.SiteConfig.AppSettings.{name}" for name in wrong])


def check_site_config(given: Mapping[str, Any]) -> None:
    """Refuse `siteConfig` properties that belong to `functionAppConfig` or to other plans; null is refused as well."""
    names = {name.lower(): name for name in _FORBIDDEN_PROPERTIES}
    wrong = [names[name.lower()] for name in given if name.lower() in names]
    _refuse_names("site configuration property", [f"Site.SiteConfig.{name}" for name in wrong])


def check_config(config: Any, *, creating: bool) -> dict[str, Any] | None:
    """`functionAppConfig` of a request as the service keeps it, or None when it was left out of an update.

    Raises Microsoft.Web's 400 for one that is missing on create or breaks a rule.
    """
    if config is None:
        if creating:
            _refuse(
                _CONFIG,
                "The FunctionAppConfig section was not specified in the request, which is required for Flex "
                "Consumption sites. To proceed, please add the FunctionAppConfig section in your request.",
            )
        return None
    section = _object(config, _CONFIG)
    update = content.member(section, "siteUpdateStrategy")
    strategy = _object(update, f"{_CONFIG}.SiteUpdateStrategy") if update is not None else {}
    return {
        "deployment": {"storage": _storage(content.member(section, "deployment"))},
        "runtime": _runtime(content.member(section, "runtime")),
        "scaleAndConcurrency": _scale(content.member(section, "scaleAndConcurrency")),
        "siteUpdateStrategy": {"type": content.member(strategy, "type") or "Recreate"},
    }


def one_site_only(plan: str) -> WebError:
    """The refusal of a second site on a plan."""
    return WebError(
        400,
        "BadRequest",
        "{0} is invalid.  {1}",
        "properties.serverFarmId",
        f"There is already a site linked to the specified Flex Consumption serverfarm {plan}. "
        "There can only be one site per Flex Consumption serverfarm.",
        extended_code="51021",
    )


def _storage(deployment: Any) -> dict[str, Any]:
    where = f"{_CONFIG}.Deployment.Storage"
    storage = _object(content.member(_object(deployment, f"{_CONFIG}.Deployment"), "storage"), where)
    kind, value = content.member(storage, "type"), content.member(storage, "value")
    if str(kind).lower() != "blobcontainer":
        _refuse(f"{where}.Type", f"The specified value of type '{kind}' is not supported. Allowed: blobContainer")
    if not (isinstance(value, str) and value.lower().startswith("https://")):
        _refuse(f"{where}.Value", "The URL of a blob container must be provided.")
    sign_in = _object(content.member(storage, "authentication"), f"{where}.Authentication")
    way = str(content.member(sign_in, "type")).lower()
    if way not in _AUTHENTICATIONS:
        allowed = "SystemAssignedIdentity, UserAssignedIdentity, StorageAccountConnectionString"
        _refuse(f"{where}.Authentication.Type", f"The specified value of type is not supported. Allowed: {allowed}")
    names = ("userAssignedIdentityResourceId", "storageAccountConnectionStringName")
    details = {name: content.member(sign_in, name) for name in names}
    needed = _AUTHENTICATIONS[way]
    if needed == "userAssignedIdentityResourceId" and not details[needed]:
        _refuse(f"{where}.Authentication", f"{needed} must be provided.")
    if needed == "storageAccountConnectionStringName" and not details[needed]:
        details[needed] = "DEPLOYMENT_STORAGE_CONNECTION_STRING"
    return {"type": "blobcontainer", "value": value, "authentication": {"type": way, **details}}


def _runtime(runtime: Any) -> dict[str, str]:
    where = f"{_CONFIG}.Runtime"
    given = runtime if isinstance(runtime, dict) else {}
    name, version = content.member(given, "name"), content.member(given, "version")
    if not (isinstance(name, str) and name and isinstance(version, str) and version):
        _refuse(where, "Runtime name and version must be provided.")
    if name.lower() not in _RUNTIMES:
        _refuse(
            f"{where}.Name",
            f"The specified value of runtime name '{name}' is not supported. "
            f"Please set it to one of the allowed values: {', '.join(_RUNTIMES[:-1])}",
        )
    return {"name": name.lower(), "version": version}


def _scale(scale: Any) -> dict[str, Any]:
    where = f"{_CONFIG}.ScaleAndConcurrency"
    if scale is None:
        return {"alwaysReady": None, "maximumInstanceCount": 100, "instanceMemoryMB": 2048, "triggers": None}
    given = _object(scale, where)
    most, memory = content.member(given, "maximumInstanceCount"), content.member(given, "instanceMemoryMB")
    if not _whole(most) or not 1 <= most <= _MOST_INSTANCES:
        _refuse(
            where,
            "InvalidMaximumInstanceCount - The specified value of maximumInstanceCount "
            f"({'' if most is None else most}) is not allowed, the allowed value range is [1, {_MOST_INSTANCES}].",
        )
    if memory is not None and (not _whole(memory) or memory not in _MEMORY_SIZES):
        sizes = ", ".join(str(size) for size in _MEMORY_SIZES)
        _refuse(
            where,
            f"InvalidInstanceMemoryMB - The specified value of instanceMemoryMB ({memory}) is not allowed, the allowed "
            f"values are {sizes}.",
        )
    ready = content.member(given, "alwaysReady")
    return {
        "alwaysReady": _always_ready(ready, where) if ready else None,
        "maximumInstanceCount": most,
        "instanceMemoryMB": memory or 2048,
        "triggers": content.member(given, "triggers"),
    }


def _always_ready(ready: Any, where: str) -> list[dict[str, Any]]:
    if not isinstance(ready, list):
        _refuse(f"{where}.AlwaysReady", "A list of name and instanceCount must be provided.")
    kept = []
    for entry in ready:
        given = _object(entry, f"{where}.AlwaysReady")
        name, count = content.member(given, "name"), content.member(given, "instanceCount")
        if not isinstance(name, str) or not _whole(count) or not 0 <= count <= _MOST_INSTANCES:
            _refuse(f"{where}.AlwaysReady", "Each entry needs a name and an instanceCount that is an integer.")
        kept.append({"name": name, "instanceCount": count})
    return kept


def _whole(value: Any) -> bool:
    """Integers only: `2048.0` is refused (Azure/azure-sdk-for-java#41223)."""
    return isinstance(value, int) and not isinstance(value, bool)


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(where, "The section must be provided as an object.")
    return value


def _refuse_names(what: str, names: list[str]) -> None:
    if len(names) == 1:
        first, second = f"The following {what} ({names[0]})", "Please remove or rename it before retrying."
    elif names:
        several = what.replace("property", "properties").replace("setting", "settings")
        first = f"The following list of {len(names)} {several} ({', '.join(names)})"
        second = "Please remove or rename them before retrying."
    else:
        return
    _refuse(f"{first} for Flex Consumption sites", second)


def _refuse(what: str, why: str) -> NoReturn:
    raise WebError(400, "BadRequest", "{0} is invalid.  {1}", what, why, extended_code="51021")
