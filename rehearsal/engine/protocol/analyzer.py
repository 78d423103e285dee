"""A client of one running policy pack (pulumi/pulumi, proto/pulumi/analyzer.proto)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from rehearsal.engine.plan.questions import PlanError
from rehearsal.engine.policy_configuration import Policy, PolicySettings
from rehearsal.engine.policy_pack import Level, Violation
from rehearsal.engine.protocol.channel import OPTIONS
from rehearsal.engine.protocol.host import Run
from rehearsal.engine.protocol.wire import to_struct
from rehearsal.engine.resource import Goal, Resource
from rehearsal.engine.values import Properties, mapped

_LEVELS = {0: Level.ADVISORY, 1: Level.MANDATORY, 2: Level.DISABLED, 3: Level.REMEDIATE}
_NUMBERS = {level: number for number, level in _LEVELS.items()}
_SEVERITIES = {1: "low", 2: "medium", 3: "high", 4: "critical"}


@dataclass(frozen=True)
class Information:
    """What a pack says of itself."""

    name: str
    version: str
    policies: tuple[Policy, ...]
    initial: Mapping[str, PolicySettings]
    """The configuration that it was programmed with."""
    takes_configuration: bool


class AnalyzerClient:
    """Speaks to the pack at an address; safe to use from several threads. What the pack refuses is a PlanError."""

    def __init__(self, address: str) -> None:
        self._channel = grpc.insecure_channel(address, options=OPTIONS)
        self._stub = analyzer_pb2_grpc.AnalyzerStub(self._channel)

    def close(self) -> None:
        """End the connection; the process is its owner's."""
        self._channel.close()

    def configure_stack(self, run: Run) -> None:
        """Tell the pack which stack it is asked about; a pack may not care."""
        request = analyzer_pb2.AnalyzerStackConfigureRequest(
            stack=run.stack,
            project=run.project,
            organization="organization",
            dry_run=run.preview,
            config=run.configuration,
            config_secret_keys=sorted(run.secret_keys),
        )
        _call(self._stub.ConfigureStack, request, optional=True)

    def information(self) -> Information:
        """What the pack is, and which policies it has."""
        told = _call(self._stub.GetAnalyzerInfo, empty_pb2.Empty())
        policies = tuple(
            Policy(
                each.name,
                _LEVELS[each.enforcementLevel],
                {
                    "properties": json_format.MessageToDict(each.configSchema.properties),
                    "required": list(each.configSchema.required),
                },
            )
            for each in sorted(told.policies, key=lambda policy: str(policy.name))
        )
        initial = {
            name: PolicySettings(_LEVELS[each.enforcementLevel], json_format.MessageToDict(each.properties))
            for name, each in told.initialConfig.items()
        }
        return Information(told.name, told.version, policies, initial, told.supportsConfig)

    def configure(self, settings: Mapping[str, PolicySettings]) -> None:
        """Tell the pack how strict each policy is, and what else it should know."""
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for name, each in settings.items():
            properties = struct_pb2.Struct()
            properties.update(dict(each.properties))
            level = _NUMBERS[each.level or Level.ADVISORY]
            request.policyConfig[name].CopyFrom(
                analyzer_pb2.PolicyConfig(enforcementLevel=level, properties=properties)  # type: ignore[arg-type]
            )
        _call(self._stub.Configure, request)

    def analyse(self, resource: Resource, goal: Goal, provider: Resource | None) -> list[Violation]:
        """What the pack has against a resource with these inputs, before it is operated on."""
        request = analyzer_pb2.AnalyzeRequest(
            type=resource.type,
            urn=resource.urn,
            name=resource.name,
            properties=_public(resource.inputs),
            options=_options(resource, goal.delete_before_replace),
            provider=_provider(provider),
        )
        return _violations(_call(self._stub.Analyze, request).diagnostics, resource.urn)

    def analyse_stack(
        self, resources: Iterable[Resource], providers: Mapping[str, Resource], root: str
    ) -> list[Violation]:
        """What the pack has against a stack whose resources are these; what is about none of them is about `root`."""
        parts = [_part(resource, providers.get(resource.provider_urn)) for resource in resources]
        urns = {part.urn for part in parts}
        answer = _call(self._stub.AnalyzeStack, analyzer_pb2.AnalyzeStackRequest(resources=parts))
        return [
            violation
            for each in answer.diagnostics
            for violation in _violations([each], each.urn if each.urn in urns else root)
        ]


def _call(method: Any, request: Any, *, optional: bool = False) -> Any:
    try:
        return method(request)
    except grpc.RpcError as error:
        if optional and error.code() is grpc.StatusCode.UNIMPLEMENTED:
            return None
        raise PlanError(f"failed to run policy: {error.details()}") from error


def _part(resource: Resource, provider: Resource | None) -> analyzer_pb2.AnalyzerResource:
    """A resource of a whole stack: what it has come to, and where its properties come from."""
    return analyzer_pb2.AnalyzerResource(
        type=resource.type,
        urn=resource.urn,
        name=resource.name,
        properties=_public(resource.outputs),
        options=_options(resource, None),
        provider=_provider(provider),
        parent=resource.parent,
        dependencies=resource.dependencies,
        propertyDependencies={
            name: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
            for name, urns in resource.property_dependencies.items()
            if urns
        },
    )


def _options(resource: Resource, delete_before_replace: bool | None) -> analyzer_pb2.AnalyzerResourceOptions:
    timeouts = resource.timeouts
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=resource.protect,
        ignoreChanges=resource.ignore_changes,
        deleteBeforeReplace=bool(delete_before_replace),
        deleteBeforeReplaceDefined=delete_before_replace is not None,
        additionalSecretOutputs=resource.additional_secret_outputs,
        aliases=resource.aliases,
        customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(
            create=timeouts.create, update=timeouts.update, delete=timeouts.delete
        ),
        parent=resource.parent,
    )


def _provider(provider: Resource | None) -> analyzer_pb2.AnalyzerProviderResource | None:
    if provider is None:
        return None
    return analyzer_pb2.AnalyzerProviderResource(
        type=provider.type, urn=provider.urn, name=provider.name, properties=_public(provider.inputs)
    )


def _public(properties: Properties) -> struct_pb2.Struct:
    """Properties without those that engine and SDKs keep to themselves (pulumi, `resource.IsInternalPropertyKey`)."""
    return to_struct(mapped(properties, _without_internal))


def _without_internal(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: inner for key, inner in value.items() if not key.startswith("__")}
    return value


def _violations(diagnostics: Iterable[Any], urn: str) -> list[Violation]:
    return [
        Violation(
            urn=urn,
            policy=each.policyName,
            pack=each.policyPackName,
            version=each.policyPackVersion,
            level=_LEVELS[each.enforcementLevel],
            message=each.message,
            severity=_SEVERITIES.get(each.severity, ""),
        )
        for each in diagnostics
    ]
