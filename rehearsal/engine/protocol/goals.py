"""From a registration as the program sends it to the goal the engine plans for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi.runtime.proto import alias_pb2, resource_pb2

from rehearsal.engine import urn as urns
from rehearsal.engine.protocol import requests
from rehearsal.engine.protocol.wire import from_value
from rehearsal.engine.resource import Goal
from rehearsal.engine.values import Properties, without_outputs

DefaultProvider = Callable[[str, str, str], str]
"""The default provider's reference for a package, a version and a plugin's download URL."""


def options_of(request: Any, inherited: Mapping[str, str]) -> Any:
    """A registration's options in the form in which transforms see and change them."""
    provider = request.provider
    if request.custom:
        package = urns.package_of(request.type)
        provider = requests.provider_for(package, request.provider, request.providers, inherited)
    options = resource_pb2.TransformResourceOptions(
        depends_on=request.dependencies,
        ignore_changes=request.ignoreChanges,
        replace_on_changes=request.replaceOnChanges,
        replacement_trigger=request.replacement_trigger if request.HasField("replacement_trigger") else None,
        version=request.version,
        aliases=[*(alias_pb2.Alias(urn=urn) for urn in request.aliasURNs), *request.aliases],
        provider=provider,
        providers=request.providers,
        hide_diff=request.hideDiffs,
        custom_timeouts=request.customTimeouts,
        plugin_download_url=request.pluginDownloadURL,
        deleted_with=request.deletedWith,
        replace_with=request.replace_with,
        additional_secret_outputs=request.additionalSecretOutputs,
        **{"import": request.importId},
    )
    if request.HasField("protect"):
        options.protect = request.protect
    if request.HasField("retainOnDelete"):
        options.retain_on_delete = request.retainOnDelete
    if request.deleteBeforeReplaceDefined or request.deleteBeforeReplace:
        options.delete_before_replace = request.deleteBeforeReplace
    return options


def goal_of(
    request: Any,
    options: Any,
    properties: Properties,
    dependencies: list[str],
    used: dict[str, list[str]],
    default_provider: DefaultProvider,
) -> Goal:
    """The goal: `used` are the URNs each property comes from.

    Raises Refused for a timeout that is none, and for options only transforms have set that this engine doesn't honour.
    """
    requests.refuse_unsupported_options(request.name, options)
    provider = ""
    if request.custom and urns.is_provider_type(request.type):
        properties = _of_provider(properties, options.version, options.plugin_download_url)
    elif request.custom:
        package = urns.package_of(request.type)
        provider = options.provider or default_provider(package, options.version, options.plugin_download_url)
    trigger = options.replacement_trigger if options.HasField("replacement_trigger") else None
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        properties=without_outputs(properties),
        parent=request.parent,
        provider=provider,
        dependencies=dependencies,
        property_dependencies=used,
        protect=options.protect if options.HasField("protect") else None,
        delete_before_replace=options.delete_before_replace if options.HasField("delete_before_replace") else None,
        ignore_changes=list(options.ignore_changes),
        replace_on_changes=list(options.replace_on_changes),
        replacement_trigger=without_outputs(from_value(trigger)) if trigger is not None else None,
        additional_secret_outputs=list(options.additional_secret_outputs),
        aliases=requests.aliases(options.aliases),
        import_id=getattr(options, "import"),
        timeouts=requests.timeouts(options.custom_timeouts),
        retain_on_delete=options.retain_on_delete if options.HasField("retain_on_delete") else None,
        deleted_with=options.deleted_with,
        replace_with=list(options.replace_with),
    )


def _of_provider(properties: Properties, version: str, url: str) -> Properties:
    """A provider's inputs with what the engine itself keeps among them."""
    if version:
        properties = {**properties, "__internal": properties.get("__internal", {}), "version": version}
    if url:
        properties = {**properties, "__internal": {**properties.get("__internal", {}), "pluginDownloadURL": url}}
    return properties
