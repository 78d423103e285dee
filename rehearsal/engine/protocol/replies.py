"""What providers answer, in the engine's terms (pulumi/pulumi, proto/pulumi/provider.proto)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from rehearsal.engine.plan.difference import Changes, Difference, Failure, PropertyDifference
from rehearsal.engine.protocol.wire import from_struct
from rehearsal.engine.values import Properties, Secret, contains_secrets

_KINDS = {0: "add", 1: "add-replace", 2: "delete", 3: "delete-replace", 4: "update", 5: "update-replace"}


@dataclass(frozen=True)
class Answer:
    """What a provider says of a resource: its id ("" when there is none), its outputs and, from a read, its inputs."""

    id: str
    outputs: Properties
    inputs: Properties | None = None
    refresh_before_update: bool = False
    init_errors: tuple[str, ...] = ()
    """Why it exists but doesn't work yet."""


class ProviderError(Exception):
    """A provider's refusal or fault, in its own words."""


class DiffUnavailable(Exception):
    """In this preview nobody can say what would change."""


def call(method: Any, request: Any) -> Any:
    """The provider's reply; its errors as ProviderError."""
    try:
        return method(request)
    except grpc.RpcError as error:
        raise ProviderError(error.details()) from error


def call_if_known(method: Any, request: Any) -> Any:
    """The provider's reply; None when it doesn't know the method."""
    try:
        return method(request)
    except grpc.RpcError as error:
        if error.code() is grpc.StatusCode.UNIMPLEMENTED:
            return None
        raise ProviderError(error.details()) from error


def failures_in(failures: Iterable[Any]) -> tuple[Failure, ...]:
    """What a check has found wrong."""
    return tuple(Failure(failure.property, failure.reason) for failure in failures)


def difference(reply: Any) -> Difference:
    """What a diff has found."""
    detailed = None
    if reply.hasDetailedDiff:
        detailed = {
            path: PropertyDifference(_KINDS.get(item.kind, "update"), item.inputDiff)
            for path, item in reply.detailedDiff.items()
        }
    return Difference(
        Changes(reply.changes),
        tuple(reply.replaces),
        tuple(reply.diffs),
        detailed,
        reply.deleteBeforeReplace,
    )


def answer(reply: Any, init_errors: tuple[str, ...] = ()) -> Answer:
    """What is said of a resource in the reply to a create, update or read, or in the details of an error."""
    fields = reply.DESCRIPTOR.fields_by_name
    return Answer(
        reply.id if "id" in fields else "",
        from_struct(reply.properties),
        from_struct(reply.inputs) if "inputs" in fields and reply.HasField("inputs") else None,
        reply.refresh_before_update,
        init_errors,
    )


def initialisation_failure(error: grpc.RpcError) -> Any:
    """What the provider did create, when it says so in the details of its error."""
    trailing: Any = error.trailing_metadata() or ()
    for key, value in trailing:
        if key != "grpc-status-details-bin":
            continue
        status = status_pb2.Status.FromString(value)
        for detail in status.details:
            failed = provider_pb2.ErrorResourceInitFailed()
            if detail.Unpack(failed):
                return failed
    return None


def annotate(found: Properties, given: Properties) -> None:
    """Mark what was given as a secret as a secret again, for providers that know none."""
    for key, value in given.items():
        if key not in found:
            continue
        if isinstance(found[key], dict) and isinstance(value, dict):
            annotate(found[key], value)
        elif not isinstance(found[key], Secret) and contains_secrets(value):
            found[key] = Secret(found[key])
