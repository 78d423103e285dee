"""The ResourceMonitor: the door through which a program registers its resources.

When which transform runs and what is answered follows pulumi/pulumi,
pkg/resource/deploy/source_eval.go.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from rehearsal.engine import urn as urns
from rehearsal.engine.protocol import goals, requests
from rehearsal.engine.protocol.callbacks import Callbacks
from rehearsal.engine.protocol.family import Family
from rehearsal.engine.protocol.host import Host, Refused, Registered, Run, ShutDown
from rehearsal.engine.protocol.replies import ProviderError
from rehearsal.engine.protocol.wire import Hash, WireError, from_struct, to_struct
from rehearsal.engine.resource import ReadGoal
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


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Serves one program. Each request has a thread of its own, in which it waits for its answer."""

    def __init__(self, host: Host, run: Run, hashed: Hash) -> None:
        """`hashed` completes assets and archives with the hash of their content."""
        self._host, self._run, self._hashed = host, run, hashed
        self._lock = threading.Lock()
        self._family = Family()
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

    def Call(self, request: Any, context: grpc.ServicerContext) -> Any:
        message = (
            f"{request.tok} is a method of a component, which this engine does not support. Deploy it with pulumi."
        )
        _abort(context, grpc.StatusCode.UNIMPLEMENTED, message)

    def _registered(self, request: Any) -> Any:
        requests.refuse_unsupported(request)
        inherited = self._family.complete(request)
        properties = from_struct(request.object, outputs=True, hashed=self._hashed)
        used = requests.property_dependencies(request, properties)
        options = goals.options_of(request, inherited)
        with self._lock:
            transforms = [*self._family.transforms(request), *self._stack_transforms]
        if request.transforms:
            properties = requests.tracked(properties, used)
        for callback in transforms:
            properties, options = self.callbacks.transform_resource(
                callback,
                properties,
                options,
                name=request.name,
                type=request.type,
                custom=request.custom,
                parent=request.parent,
            )
        dependencies = list(request.dependencies)
        if request.transforms:
            # Only a resource's own transforms can change what it depends on, as in Pulumi.
            used = requests.with_outputs({}, properties)
            dependencies = [*options.depends_on, *(urn for urns_ in used.values() for urn in urns_)]
        else:
            used = requests.with_outputs(used, properties)
        dependencies = list(dict.fromkeys(dependencies))
        providers = {} if request.custom else {**inherited, **options.providers}
        goal = goals.goal_of(request, options, properties, dependencies, used, self._host.default_provider)
        result = self._host.register(goal)
        self._family.add(result.resource.urn, request, goal, providers)
        return self._response(request, result)

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
