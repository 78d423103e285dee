"""The ResourceMonitor: the door through which a program registers its resources.

What a parent passes on, when which transform runs and what is answered follows pulumi/pulumi,
pkg/resource/deploy/source_eval.go.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import alias_pb2, provider_pb2, resource_pb2, resource_pb2_grpc

from rehearsal.engine import urn as urns
from rehearsal.engine.protocol import requests
from rehearsal.engine.protocol.callbacks import Callbacks
from rehearsal.engine.protocol.host import Host, Refused, Registered, Run, ShutDown
from rehearsal.engine.protocol.provider import ProviderError
from rehearsal.engine.protocol.wire import Hash, WireError, from_struct, from_value, to_struct
from rehearsal.engine.resource import Goal, ReadGoal
from rehearsal.engine.values import Properties, contains_unknowns, without_outputs

_FEATURES = {
    "secrets": resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    "resourceReferences": resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    "outputValues": resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    "aliasSpecs": resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    "replacementTrigger": resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    "deletedWith": resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    "replaceWith": resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    "transforms": resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    "invokeTransforms": resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
}
"""What the SDK may rely on. It refuses by itself, with a message, to use what isn't here."""
_OUTCOMES = {
    "succeeded": resource_pb2.Result.SUCCESS,
    "failed": resource_pb2.Result.FAIL,
    "skipped": resource_pb2.Result.FAIL,
}


@dataclass
class _Ancestor:
    """What a registered resource passes on to its children."""

    parent: str
    goal: Goal
    providers: dict[str, str]
    transforms: list[Any] = field(default_factory=list)


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Serves one program. Each request has a thread of its own, in which it waits for its answer."""

    def __init__(self, host: Host, run: Run, hashed: Hash) -> None:
        """`hashed` completes assets and archives with the hash of their content."""
        self._host, self._run, self._hashed = host, run, hashed
        self._lock = threading.Lock()
        self._ancestors: dict[str, _Ancestor] = {}
        self._stack_transforms: list[Any] = []
        self._invoke_transforms: list[Any] = []
        self.callbacks = Callbacks()

    def GetDeploymentInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        run = self._run
        return resource_pb2.DeploymentInfo(
            project=run.project,
            stack=run.stack,
            organization="organization",
            config=run.configuration,
            configSecretKeys=sorted(run.secret_keys),
            dryRun=run.preview,
            parallel=run.parallel,
            supportedFeatures=_FEATURES.values(),
        )

    def SupportsFeature(self, request: Any, context: grpc.ServicerContext) -> Any:
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURES)

    def RegisterStackTransform(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._lock:
            self._stack_transforms.append(request)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, request: Any, context: grpc.ServicerContext) -> Any:
        with self._lock:
            self._invoke_transforms.append(request)
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: Any, context: grpc.ServicerContext) -> Any:
        def finished() -> Any:
            self._host.finish()
            return empty_pb2.Empty()

        return _answered(context, finished)

    def RegisterResourceOutputs(self, request: Any, context: grpc.ServicerContext) -> Any:
        def registered() -> Any:
            self._host.register_outputs(request.urn, from_struct(request.outputs, hashed=self._hashed))
            return empty_pb2.Empty()

        return _answered(context, registered)

    def RegisterResource(self, request: Any, context: grpc.ServicerContext) -> Any:
        return _answered(context, lambda: self._registered(request))

    def ReadResource(self, request: Any, context: grpc.ServicerContext) -> Any:
        return _answered(context, lambda: self._was_read(request))

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        return _answered(context, lambda: self._invoked(request))

    def _registered(self, request: Any) -> Any:
        requests.refuse_unsupported(request)
        with self._lock:
            parent = self._ancestors.get(request.parent)
        if parent is not None:
            _inherit(request, parent.goal)
        properties = from_struct(request.object, outputs=True, hashed=self._hashed)
        used = requests.property_dependencies(request, properties)
        inherited = parent.providers if parent else {}
        options = self._options(request, inherited)
        if request.transforms:
            properties = requests.tracked(properties, used)
        for callback in self._transforms(request, parent):
            properties, options = self.callbacks.transform_resource(
                callback,
                properties,
                options,
                name=request.name,
                type=request.type,
                custom=request.custom,
                parent=request.parent,
            )
        dependencies = list(dict.fromkeys(request.dependencies))
        if request.transforms:
            used = requests.with_outputs({}, properties)
            dependencies = list(
                dict.fromkeys([*options.depends_on, *(urn for urns_ in used.values() for urn in urns_)])
            )
        else:
            used = requests.with_outputs(used, properties)
        providers = dict(options.providers)
        if not request.custom:
            providers = {**inherited, **providers}
        goal = self._goal(request, options, without_outputs(properties), dependencies, used)
        result = self._host.register(goal)
        with self._lock:
            self._ancestors[result.resource.urn] = _Ancestor(
                request.parent, goal, providers if not request.custom else {}, list(request.transforms)
            )
        return self._response(request, result)

    def _options(self, request: Any, inherited: dict[str, str]) -> Any:
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

    def _transforms(self, request: Any, parent: _Ancestor | None) -> list[Any]:
        """Every transform of a resource: its own, those of its ancestors from the nearest on, and the stack's."""
        found = list(request.transforms)
        with self._lock:
            while parent is not None:
                found += parent.transforms
                parent = self._ancestors.get(parent.parent)
            return [*found, *self._stack_transforms]

    def _goal(
        self, request: Any, options: Any, properties: Properties, dependencies: list[str], used: dict[str, list[str]]
    ) -> Goal:
        provider = ""
        if request.custom and urns.is_provider_type(request.type):
            properties = _of_provider(properties, options.version, options.plugin_download_url)
        elif request.custom:
            provider = options.provider or self._host.default_provider(
                urns.package_of(request.type), options.version, options.plugin_download_url
            )
        trigger = options.replacement_trigger if options.HasField("replacement_trigger") else None
        return Goal(
            type=request.type,
            name=request.name,
            custom=request.custom,
            properties=properties,
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
            hide_diff=list(options.hide_diff),
        )

    def _response(self, request: Any, result: Registered) -> Any:
        if result.outcome != "succeeded" and not request.supportsResultReporting:
            raise Refused("resource registration failed")
        outputs = result.resource.outputs if request.custom else {}
        if not request.supportsPartialValues:
            outputs = {key: value for key, value in outputs.items() if not contains_unknowns(value)}
        return resource_pb2.RegisterResourceResponse(
            urn=result.resource.urn,
            id=result.resource.id,
            object=to_struct(outputs, secrets=request.acceptSecrets),
            result=_OUTCOMES[result.outcome],
            unknown=result.unknown,
        )

    def _was_read(self, request: Any) -> Any:
        requests.refuse_unsupported(request)
        provider = request.provider or self._host.default_provider(
            urns.package_of(request.type), request.version, request.pluginDownloadURL
        )
        goal = ReadGoal(
            type=request.type,
            name=request.name,
            id=request.id,
            properties=from_struct(request.properties, hashed=self._hashed),
            parent=request.parent,
            provider=provider,
            dependencies=list(request.dependencies),
            additional_secret_outputs=list(request.additionalSecretOutputs),
        )
        result = self._host.read(goal)
        return resource_pb2.ReadResourceResponse(
            urn=result.resource.urn,
            id=result.resource.id,
            properties=to_struct(result.resource.outputs, secrets=request.acceptSecrets),
            result=_OUTCOMES[result.outcome],
            unknown=result.unknown,
        )

    def _invoked(self, request: Any) -> Any:
        if request.packageRef:
            raise Refused(f"{request.tok} is of a parameterized package, which this engine does not support")
        arguments = from_struct(request.args)
        options: Any = resource_pb2.TransformInvokeOptions(
            provider=request.provider, version=request.version, plugin_download_url=request.pluginDownloadURL
        )
        with self._lock:
            transforms = list(self._invoke_transforms)
        for callback in transforms:
            arguments, options = self.callbacks.transform_invoke(callback, request.tok, arguments, options)
        arguments = without_outputs(arguments)
        if request.tok == "pulumi:pulumi:getResource":
            return _found(self._host, arguments)
        package = urns.package_of(request.tok)
        provider = options.provider or self._host.default_provider(
            package, options.version, options.plugin_download_url
        )
        answer = self._host.invoke(request.tok, arguments, provider)
        failures = [provider_pb2.CheckFailure(property=f.property, reason=f.reason) for f in answer.failures]
        return _returned(answer.inputs, failures)


def _found(host: Host, arguments: Properties) -> Any:
    """`pulumi:pulumi:getResource`: what a resource reference stands for."""
    resource = host.find(arguments.get("urn", ""))
    if resource is None:
        raise Refused(f"unknown resource {arguments.get('urn')}")
    return _returned({"urn": resource.urn, "id": resource.id, "state": resource.outputs})


def _returned(value: Properties, failures: Sequence[Any] = ()) -> Any:
    reply = resource_pb2.ResourceInvokeResponse(failures=failures)
    getattr(reply, "return").CopyFrom(to_struct(value))
    return reply


def _inherit(request: Any, parent: Goal) -> None:
    """What a child has from its parent unless it says otherwise."""
    request.deletedWith = request.deletedWith or parent.deleted_with
    if not request.HasField("protect") and parent.protect is not None:
        request.protect = parent.protect
    if not request.HasField("retainOnDelete") and parent.retain_on_delete is not None:
        request.retainOnDelete = parent.retain_on_delete
    if not request.provider and (not request.custom or requests.fits_package(parent.provider, request.type)):
        request.provider = parent.provider


def _of_provider(properties: Properties, version: str, url: str) -> Properties:
    """A provider's inputs with what the engine itself keeps among them."""
    if version:
        properties = {**properties, "__internal": properties.get("__internal", {}), "version": version}
    if url:
        properties = {**properties, "__internal": {**properties.get("__internal", {}), "pluginDownloadURL": url}}
    return properties


def _answered(context: grpc.ServicerContext, answer: Callable[[], Any]) -> Any:
    try:
        return answer()
    except ShutDown as over:
        _abort(context, grpc.StatusCode.UNAVAILABLE, str(over))
    except (Refused, ProviderError, WireError) as refused:
        _abort(context, grpc.StatusCode.UNKNOWN, str(refused))
    except grpc.RpcError as failed:
        _abort(context, grpc.StatusCode.UNKNOWN, failed.details() or str(failed))


def _abort(context: grpc.ServicerContext, code: grpc.StatusCode, message: str) -> NoReturn:
    context.abort(code, message)
    raise AssertionError("abort does not return")
