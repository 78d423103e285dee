"""A deployment recorded: what a program registers, with which options, in a preview and in an up."""

from __future__ import annotations

import asyncio
import contextvars
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi import runtime
from pulumi.runtime import rpc
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import Settings as RuntimeSettings
from pulumi.runtime.stack import run_in_stack

UNKNOWN = rpc.UNKNOWN
"""How a value that is not known yet travels."""
SECRET = {rpc._special_sig_key: rpc._special_secret_sig}
"""What marks a secret on its way to the engine."""
SUBSCRIPTION = "50000000-0000-4000-8000-000000000002"
PRINCIPAL = "10000000-0000-4000-8000-000000000004"
"""The identity that the site gets."""
CLIENT_SECRET = "8Q~shown-once"
"""The secret that an application gets."""
CONNECTION = "InstrumentationKey=0;IngestionEndpoint=https://westeurope.in.applicationinsights.azure.com/"
"""Where Application Insights takes telemetry."""
KEY_VERSION = "0123456789abcdef0123456789abcdef"
"""The version that every key gets."""


class AnswerError(grpc.RpcError):
    """An error that a provider answers with, as it travels to the program."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self._message = message

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self._message


@dataclass(frozen=True)
class Registration:
    """A resource as the program registered it."""

    type: str
    name: str
    urn: str
    inputs: Mapping[str, Any]
    request: resource_pb2.RegisterResourceRequest
    """With parent and options: `protect`, `ignoreChanges`, `deletedWith`, ..."""


@dataclass
class Deployment:
    """What one run of a program did."""

    registrations: list[Registration] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Registered outputs by URN."""
    invokes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Function and arguments of what was asked of the directory, in order."""
    looked_up: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Function and arguments of what was asked of Resource Manager about the deployment's own resources."""

    def one(self, type_: str) -> Registration:
        """Returns the only resource of this type."""
        (registration,) = self.all(type_)
        return registration

    def all(self, type_: str) -> list[Registration]:
        """Returns the resources of this type, in the order of their names."""
        found = [registration for registration in self.registrations if registration.type == type_]
        return sorted(found, key=lambda registration: registration.name)

    @property
    def stack_outputs(self) -> dict[str, Any]:
        """What the program exports."""
        return self.outputs[self.one("pulumi:pulumi:Stack").urn]


Answer = Callable[[str, dict[str, Any]], dict[str, Any]]


class Monitor:
    """The engine's side of Pulumi's resource protocol: records each request and answers as azuread and azure-native do.

    Inputs come back as outputs; what a provider adds is known after an up and unknown in a preview.
    """

    def __init__(self, deployment: Deployment, answer: Answer, *, stack: str, preview: bool) -> None:
        self._deployment = deployment
        self._stack = stack
        self._answer = answer
        self._preview = preview

    def RegisterResource(self, request: Any, *_: Any) -> Any:  # noqa: N802 (names of the protocol)
        inputs = json_format.MessageToDict(request.object)
        parent = request.parent.split("::")[2] if request.parent and "pulumi:pulumi:Stack" not in request.parent else ""
        urn = f"urn:pulumi:dev::keyless::{parent}{'$' if parent else ''}{request.type}::{request.name}"
        self._deployment.registrations.append(Registration(request.type, request.name, urn, inputs, request))
        guid = guid_of(request.name, stack=self._stack)
        identifier, outputs = _provided(request.type, guid, inputs, preview=self._preview)
        answer = resource_pb2.RegisterResourceResponse(urn=urn, id=identifier)
        json_format.ParseDict({**inputs, **outputs}, answer.object)
        return answer

    def RegisterResourceOutputs(self, request: Any, *_: Any) -> Any:  # noqa: N802
        self._deployment.outputs[request.urn] = json_format.MessageToDict(request.outputs)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, *_: Any) -> Any:  # noqa: N802
        function, args = request.tok.rpartition(":")[2], json_format.MessageToDict(request.args)
        response = resource_pb2.ResourceInvokeResponse()
        if request.tok.startswith("azure-native:"):
            self._deployment.looked_up.append((function, args))
            answer = _live(function, args)
        else:
            self._deployment.invokes.append((function, args))
            answer = self._answer(function, args)
        json_format.ParseDict(answer, getattr(response, "return"))
        return response

    def GetDeploymentInfo(self, *_: Any) -> Any:  # noqa: N802
        features = (
            resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
            resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
            resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
        )
        return resource_pb2.DeploymentInfo(supportedFeatures=features)

    def SupportsFeature(self, request: Any, *_: Any) -> Any:  # noqa: N802
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in ("secrets", "aliasSpecs", "deletedWith"))

    def SignalAndWaitForShutdown(self, *_: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()


def guid_of(name: str, *, stack: str = "dev") -> str:
    """Returns the id that the directory gives the resource of this name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{stack}/{name}"))


def arm_id(tail: str) -> str:
    """Returns the id that Resource Manager gives what `tail` names."""
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/group/providers/{tail}"


def _live(function: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what Resource Manager tells of a resource that is there."""
    if function == "getClientConfig":
        return {"subscriptionId": SUBSCRIPTION}
    if function == "getComponent":
        return {"connectionString": CONNECTION}
    return {
        "name": args["name"],
        "defaultHostName": f"{args['name']}.azurewebsites.net",
        "identity": {"type": "SystemAssigned", "principalId": PRINCIPAL, "tenantId": str(uuid.UUID(int=9))},
    }


def _provided(type_: str, guid: str, inputs: Mapping[str, Any], *, preview: bool) -> tuple[str, dict[str, Any]]:
    """Returns the id of a resource and the outputs that its provider adds to the inputs."""
    identifier, outputs = f"/{guid}", dict[str, Any]()
    match type_:
        case "azuread:index/application:Application":
            outputs = {"clientId": guid}
        case "azuread:index/servicePrincipal:ServicePrincipal":
            outputs = {"objectId": guid}
        case "azuread:index/applicationPassword:ApplicationPassword":
            outputs = {"keyId": guid, "value": CLIENT_SECRET}
        case "azure-native:resources:ResourceGroup":
            outputs = {"name": inputs["resourceGroupName"]}
        case "azure-native:storage:StorageAccount":
            outputs = {"name": inputs["accountName"]}
            identifier = arm_id(f"Microsoft.Storage/storageAccounts/{inputs['accountName']}")
        case "azure-native:storage:BlobContainer":
            containers = f"Microsoft.Storage/storageAccounts/{inputs['accountName']}/blobServices/default/containers"
            identifier = arm_id(f"{containers}/{inputs['containerName']}")
        case "azure-native:keyvault:Vault":
            outputs = {"name": inputs["vaultName"]}
            identifier = arm_id(f"Microsoft.KeyVault/vaults/{inputs['vaultName']}")
        case "azure-native:keyvault:Key":
            address = f"https://{inputs['vaultName']}.vault.azure.net/keys/{inputs['keyName']}"
            outputs = {"keyUriWithVersion": f"{address}/{KEY_VERSION}"}
            identifier = arm_id(f"Microsoft.KeyVault/vaults/{inputs['vaultName']}/keys/{inputs['keyName']}")
        case "azure-native:operationalinsights:Workspace":
            identifier = arm_id(f"Microsoft.OperationalInsights/workspaces/{inputs['workspaceName']}")
        case "azure-native:applicationinsights:Component":
            outputs = {"connectionString": CONNECTION}
            identifier = arm_id(f"microsoft.insights/components/{inputs['resourceName']}")
        case "azure-native:web:WebApp":
            identifier = arm_id(f"Microsoft.Web/sites/{inputs['name']}")
            outputs = {
                "defaultHostName": f"{inputs['name']}.azurewebsites.net",
                "identity": {**inputs["identity"], "principalId": UNKNOWN if preview else PRINCIPAL},
            }
    if preview:
        return "", {key: value if isinstance(value, dict) else UNKNOWN for key, value in outputs.items()}
    return identifier, outputs


def deploy(
    program: Callable[[], object],
    *,
    preview: bool = False,
    project: str = "keyless",
    stack: str = "dev",
    config: Mapping[str, str] | None = None,
    secret_keys: Iterable[str] = (),
    answer: Answer | None = None,
    into: Deployment | None = None,
) -> Deployment:
    """Runs `program` as Pulumi's language host does, in a context of its own, and returns what it registered.

    A program that fails leaves what it did until then in `into`.
    """
    deployment = into or Deployment()
    monitor = Monitor(deployment, answer or _no_answer, stack=stack, preview=preview)

    def run() -> None:
        runtime.set_all_config(dict(config or {}), list(secret_keys))
        runtime.configure(
            RuntimeSettings(project=project, stack=stack, monitor=monitor, engine=_Engine(), dry_run=preview)
        )
        with asyncio.Runner() as runner:
            runner.run(run_in_stack(main))

    def main() -> None:
        program()

    contextvars.copy_context().run(run)
    return deployment


class _Engine:
    """Where a program logs to. What goes wrong is raised as well, and seen there."""

    def Log(self, _request: Any, *_: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()


def _no_answer(function: str, _args: dict[str, Any]) -> dict[str, Any]:
    raise AnswerError(f"nobody expects {function} here")
