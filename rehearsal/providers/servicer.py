"""Pulumi's provider interface (`pulumirpc.ResourceProvider`) over an experimental `Provider`.

The SDK's own `ProviderServicer` does not fit: it drops `old_inputs` and the autonaming options, puts Python tracebacks
into error messages, leaves unknowns as marker strings and has no way to say that a resource was partly created.
"""

# ruff: noqa: N802 - gRPC names the methods

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.provider.experimental import provider as sdk
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc, status_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from rehearsal.providers import requests
from rehearsal.providers.errors import PartlyCreatedError, ProviderError
from rehearsal.providers.provider import ServedProvider
from rehearsal.providers.values import decode_map, encode_map, plain_map, property_map

_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)
_KINDS = {
    sdk.PropertyDiffKind.ADD: pb.PropertyDiff.ADD,
    sdk.PropertyDiffKind.ADD_REPLACE: pb.PropertyDiff.ADD_REPLACE,
    sdk.PropertyDiffKind.DELETE: pb.PropertyDiff.DELETE,
    sdk.PropertyDiffKind.DELETE_REPLACE: pb.PropertyDiff.DELETE_REPLACE,
    sdk.PropertyDiffKind.UPDATE: pb.PropertyDiff.UPDATE,
    sdk.PropertyDiffKind.UPDATE_REPLACE: pb.PropertyDiff.UPDATE_REPLACE,
}


class _Status(NamedTuple):
    code: grpc.StatusCode
    details: str
    trailing_metadata: Sequence[tuple[str, bytes]]


class ProviderServicer(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one provider. Calls arrive on gRPC's threads and run as coroutines of `loop`, side by side.

    `version` is the version of the real package that the provider stands for, without a leading v.
    """

    def __init__(self, provider: ServedProvider, package: str, version: str, loop: asyncio.AbstractEventLoop) -> None:
        self._provider = provider
        self._package = package
        self._version = version
        self._loop = loop

    def Handshake(self, request: pb.ProviderHandshakeRequest, context: grpc.ServicerContext) -> Any:
        return pb.ProviderHandshakeResponse(supports_autonaming_configuration=True)

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=self._version)

    def GetSchema(self, request: pb.GetSchemaRequest, context: grpc.ServicerContext) -> Any:
        asked = sdk.GetSchemaRequest(request.version, request.subpackage_name, request.subpackage_version)
        return pb.GetSchemaResponse(schema=self._run(context, self._provider.get_schema(asked)).schema or "")

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> Any:
        self._run(context, self._provider.cancel())
        return empty_pb2.Empty()

    def Configure(self, request: pb.ConfigureRequest, context: grpc.ServicerContext) -> Any:
        asked = sdk.ConfigureRequest(
            dict(request.variables), decode_map(request.args), request.acceptSecrets, request.acceptResources
        )
        answer = self._run(context, self._provider.configure(asked))
        return pb.ConfigureResponse(
            acceptSecrets=answer.accept_secrets,
            supportsPreview=answer.supports_preview,
            acceptResources=answer.accept_resources,
            acceptOutputs=answer.accept_outputs,
            supports_autonaming_configuration=getattr(answer, "supports_autonaming", False),
        )

    def CheckConfig(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> Any:
        return _checked(self._run(context, self._provider.check_config(_check_request(request))))

    def DiffConfig(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> Any:
        return _diffed(self._run(context, self._provider.diff_config(_diff_request(request))))

    def Check(self, request: pb.CheckRequest, context: grpc.ServicerContext) -> Any:
        return _checked(self._run(context, self._provider.check(_check_request(request))))

    def Diff(self, request: pb.DiffRequest, context: grpc.ServicerContext) -> Any:
        return _diffed(self._run(context, self._provider.diff(_diff_request(request))))

    def Create(self, request: pb.CreateRequest, context: grpc.ServicerContext) -> Any:
        properties = decode_map(request.properties)
        asked = sdk.CreateRequest(request.urn, properties, request.timeout, request.preview)
        answer = self._run(context, self._provider.create(asked))
        return pb.CreateResponse(id=answer.resource_id or "", properties=encode_map(answer.properties))

    def Read(self, request: pb.ReadRequest, context: grpc.ServicerContext) -> Any:
        asked = sdk.ReadRequest(request.urn, request.id, decode_map(request.properties), decode_map(request.inputs))
        answer = self._run(context, self._provider.read(asked))
        return pb.ReadResponse(
            id=answer.resource_id or "", properties=encode_map(answer.properties), inputs=encode_map(answer.inputs)
        )

    def Update(self, request: pb.UpdateRequest, context: grpc.ServicerContext) -> Any:
        asked = requests.UpdateRequest(
            request.urn,
            request.id,
            decode_map(request.olds),
            decode_map(request.news),
            request.timeout,
            list(request.ignoreChanges),
            request.preview,
        )
        asked.old_inputs = decode_map(request.old_inputs)
        return pb.UpdateResponse(properties=encode_map(self._run(context, self._provider.update(asked)).properties))

    def Delete(self, request: pb.DeleteRequest, context: grpc.ServicerContext) -> Any:
        asked = requests.DeleteRequest(request.urn, request.id, decode_map(request.properties), request.timeout)
        asked.old_inputs = decode_map(request.old_inputs)
        self._run(context, self._provider.delete(asked))
        return empty_pb2.Empty()

    def Invoke(self, request: pb.InvokeRequest, context: grpc.ServicerContext) -> Any:
        answer = self._run(context, self._provider.invoke(sdk.InvokeRequest(request.tok, decode_map(request.args))))
        response = pb.InvokeResponse(failures=_failures(answer.failures))
        if answer.return_value is not None:
            getattr(response, "return").CopyFrom(encode_map(answer.return_value))
        return response

    def List(self, request: pb.ListRequest, context: grpc.ServicerContext) -> Iterator[pb.ListResponse]:
        ids = self._run(context, self._provider.listed(request.token, plain_map(decode_map(request.query))))
        if ids is None:
            yield pb.ListResponse(computed=pb.ListResponse.Computed())
        for id_ in ids or ():
            yield pb.ListResponse(result=pb.ListResponse.Result(id=id_))

    def _run(self, context: grpc.ServicerContext, call: Coroutine[Any, Any, _T]) -> _T:
        """The result of a call on the provider's own loop; its error becomes the call's gRPC status."""
        try:
            return asyncio.run_coroutine_threadsafe(call, self._loop).result()
        except PartlyCreatedError as error:
            _abort(context, grpc.StatusCode.UNKNOWN, str(error), _init_failed(error))
        except ProviderError as error:
            _abort(context, grpc.StatusCode.UNKNOWN, str(error))
        except NotImplementedError as error:
            _abort(context, grpc.StatusCode.UNIMPLEMENTED, str(error))
        except concurrent.futures.CancelledError:
            _abort(context, grpc.StatusCode.CANCELLED, f"the {self._package} provider was stopped")
        except Exception as error:
            _LOG.debug("the %s provider failed", self._package, exc_info=True)
            _abort(
                context,
                grpc.StatusCode.INTERNAL,
                f"the {self._package} provider of the rehearsal failed unexpectedly ({type(error).__name__}: {error})",
            )


def _abort(
    context: grpc.ServicerContext, code: grpc.StatusCode, message: str, detail: pb.ErrorResourceInitFailed | None = None
) -> NoReturn:
    metadata: list[tuple[str, bytes]] = []
    if detail is not None:
        status = status_pb2.Status(code=code.value[0], message=message)
        status.details.add().Pack(detail)
        metadata.append(("grpc-status-details-bin", status.SerializeToString()))
    context.abort_with_status(_Status(code, message, metadata))  # type: ignore[arg-type]
    raise AssertionError("abort_with_status always raises")


def _init_failed(error: PartlyCreatedError) -> pb.ErrorResourceInitFailed:
    return pb.ErrorResourceInitFailed(
        id=error.resource_id,
        properties=encode_map(property_map(error.properties)),
        reasons=error.reasons,
        inputs=encode_map(property_map(error.inputs)) if error.inputs else struct_pb2.Struct(),
    )


def _check_request(request: pb.CheckRequest) -> requests.CheckRequest:
    asked = requests.CheckRequest(request.urn, decode_map(request.olds), decode_map(request.news), request.randomSeed)
    if request.HasField("autonaming"):
        mode = pb.CheckRequest.AutonamingOptions.Mode.Name(request.autonaming.mode)
        asked.autonaming = requests.Autonaming(request.autonaming.proposed_name, mode)
    return asked


def _diff_request(request: pb.DiffRequest) -> requests.DiffRequest:
    asked = requests.DiffRequest(
        request.urn, request.id, decode_map(request.olds), decode_map(request.news), list(request.ignoreChanges)
    )
    asked.old_inputs = decode_map(request.old_inputs)
    return asked


def _failures(failures: Sequence[sdk.CheckFailure] | None) -> list[pb.CheckFailure]:
    return [pb.CheckFailure(property=failure.property, reason=failure.reason) for failure in failures or ()]


def _checked(answer: sdk.CheckResponse) -> pb.CheckResponse:
    return pb.CheckResponse(inputs=encode_map(answer.inputs or {}), failures=_failures(answer.failures))


def _diffed(answer: sdk.DiffResponse) -> pb.DiffResponse:
    changes = {None: pb.DiffResponse.DIFF_UNKNOWN, True: pb.DiffResponse.DIFF_SOME, False: pb.DiffResponse.DIFF_NONE}
    return pb.DiffResponse(
        changes=changes[answer.changes],
        replaces=answer.replaces,
        stables=answer.stables,
        deleteBeforeReplace=answer.delete_before_replace,
        diffs=answer.diffs,
        detailedDiff={
            key: pb.PropertyDiff(kind=_KINDS[diff.kind], inputDiff=diff.input_diff)
            for key, diff in answer.detailed_diff.items()
        },
        hasDetailedDiff=answer.changes is not None,
    )
