"""The engine's side of the provider interface as tests of a provider need it: plain Python in and out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2

from rehearsal.providers.values import UNKNOWN_STRING, decode_map, encode_map, plain_map, property_map

Document = dict[str, Any]

APPLICATION = "azuread:index/application:Application"
IDENTIFIER_URI = "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri"
FEDERATED_CREDENTIAL = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"
APPLICATION_PASSWORD = "azuread:index/applicationPassword:ApplicationPassword"
SERVICE_PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
APP_ROLE_ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment"

_KINDS = {number: name.lower().replace("_", "-") for name, number in pb.PropertyDiff.Kind.items()}


class Refused(Exception):  # noqa: N818 (the name says what happened)
    """A call ended in an error. `left` is what the provider says was created nevertheless."""

    def __init__(self, error: grpc.RpcError) -> None:
        assert isinstance(error, grpc.Call)
        super().__init__(error.details())
        self.code: grpc.StatusCode = error.code()
        self.left: pb.ErrorResourceInitFailed | None = None
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                for detail in status_pb2.Status.FromString(value).details:
                    self.left = pb.ErrorResourceInitFailed()
                    assert detail.Unpack(self.left)


@dataclass(frozen=True)
class Diff:
    """An answer to Diff."""

    changes: bool
    detailed: Mapping[str, str]
    replaces: Sequence[str] = ()
    stables: Sequence[str] = ()
    diffs: Sequence[str] = ()
    delete_before_replace: bool = False
    input_diffs: frozenset[bool] = field(default_factory=frozenset)


class Caller:
    """A connection to one provider, and the URNs of a stack `dev` of a project `tests`."""

    def __init__(self, address: str) -> None:
        self._channel = grpc.insecure_channel(address)
        self.stub: Any = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._channel.close()

    def configure(self, **values: Any) -> pb.ConfigureResponse:
        answer: pb.ConfigureResponse = self.call("Configure", pb.ConfigureRequest(args=bag(values)))
        return answer

    def check_config(self, **values: Any) -> list[str]:
        urn = "urn:pulumi:dev::tests::pulumi:providers:any::default"
        return [
            failure.reason for failure in self.call("CheckConfig", pb.CheckRequest(urn=urn, news=bag(values))).failures
        ]

    def check(
        self, type_: str, inputs: Document, *, name: str = "it", old: Document | None = None, **options: Any
    ) -> tuple[Document, list[str]]:
        request = pb.CheckRequest(urn=urn(type_, name), news=bag(inputs), olds=bag(old or {}), **options)
        answer = self.call("Check", request)
        assert {failure.property for failure in answer.failures} <= {""}
        return plain(answer.inputs), [failure.reason for failure in answer.failures]

    def checked(self, type_: str, inputs: Document, **options: Any) -> Document:
        found, faults = self.check(type_, inputs, **options)
        assert faults == []
        return found

    def diff(
        self,
        type_: str,
        new: Document,
        *,
        old_inputs: Document,
        old: Document,
        resource_id: str = "it",
        ignored: Sequence[str] = (),
    ) -> Diff:
        request = pb.DiffRequest(
            urn=urn(type_),
            id=resource_id,
            olds=bag(old),
            old_inputs=bag(old_inputs),
            news=bag(new),
            ignoreChanges=ignored,
        )
        answer = self.call("Diff", request)
        assert answer.hasDetailedDiff
        return Diff(
            changes={pb.DiffResponse.DIFF_SOME: True, pb.DiffResponse.DIFF_NONE: False}[answer.changes],
            detailed={key: _KINDS[diff.kind] for key, diff in answer.detailedDiff.items()},
            replaces=list(answer.replaces),
            stables=list(answer.stables),
            diffs=list(answer.diffs),
            delete_before_replace=answer.deleteBeforeReplace,
            input_diffs=frozenset(diff.inputDiff for diff in answer.detailedDiff.values()),
        )

    def create(
        self, type_: str, inputs: Document, *, preview: bool = False, timeout: float = 0, name: str = "it"
    ) -> tuple[str, Document]:
        request = pb.CreateRequest(urn=urn(type_, name), properties=bag(inputs), preview=preview, timeout=timeout)
        answer = self.call("Create", request)
        return answer.id, plain(answer.properties)

    def read(
        self, type_: str, resource_id: str, *, state: Document | None = None, inputs: Document | None = None
    ) -> tuple[str, Document, Document]:
        request = pb.ReadRequest(urn=urn(type_), id=resource_id, properties=bag(state or {}), inputs=bag(inputs or {}))
        answer = self.call("Read", request)
        return answer.id, plain(answer.properties), plain(answer.inputs)

    def update(
        self,
        type_: str,
        resource_id: str,
        new: Document,
        *,
        old_inputs: Document,
        old: Document,
        preview: bool = False,
        ignored: Sequence[str] = (),
        timeout: float = 0,
    ) -> Document:
        request = pb.UpdateRequest(
            urn=urn(type_),
            id=resource_id,
            olds=bag(old),
            old_inputs=bag(old_inputs),
            news=bag(new),
            preview=preview,
            ignoreChanges=ignored,
            timeout=timeout,
        )
        return plain(self.call("Update", request).properties)

    def delete(
        self, type_: str, resource_id: str, *, state: Document, inputs: Document | None = None, timeout: float = 0
    ) -> None:
        request = pb.DeleteRequest(
            urn=urn(type_), id=resource_id, properties=bag(state), old_inputs=bag(inputs or {}), timeout=timeout
        )
        self.call("Delete", request)

    def invoke(self, token: str, arguments: Document | None = None) -> tuple[Document, list[str]]:
        answer = self.call("Invoke", pb.InvokeRequest(tok=token, args=bag(arguments or {})))
        return plain(getattr(answer, "return")), [failure.reason for failure in answer.failures]

    def candidates(self, type_: str, inputs: Document) -> list[str] | None:
        """Ids that List names; None when it says that they are not known yet."""
        try:
            answers = list(self.stub.List(pb.ListRequest(token=type_, query=bag(inputs))))
        except grpc.RpcError as error:
            raise Refused(error) from None
        return None if any(each.HasField("computed") for each in answers) else [each.result.id for each in answers]

    def call(self, method: str, request: Any) -> Any:
        """Any method of the interface; raises `Refused` for an error."""
        try:
            return getattr(self.stub, method)(request)
        except grpc.RpcError as error:
            raise Refused(error) from None


def urn(type_: str, name: str = "it") -> str:
    """The URN of a resource of that type."""
    return f"urn:pulumi:dev::tests::{type_}::{name}"


def bag(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """A property bag for the wire."""
    return encode_map(property_map(values))


def plain(values: struct_pb2.Struct) -> Document:
    """A property bag off the wire."""
    return plain_map(decode_map(values))


def on_the_wire(values: Document) -> Document:
    """JSON as it is recorded, unknowns being their marker, of a property bag."""
    written: Document = json_format.MessageToDict(bag(values))
    return written


def with_unknowns(recorded: Document) -> Document:
    """A property bag from JSON as it is recorded."""
    return plain(json_format.ParseDict(recorded, struct_pb2.Struct()))


__all__ = ["UNKNOWN_STRING", "Caller", "Diff", "Document", "Refused"]
