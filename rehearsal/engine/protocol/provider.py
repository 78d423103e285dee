"""A client of one provider process (pulumi/pulumi, proto/pulumi/provider.proto)."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from rehearsal.engine import urn as urns
from rehearsal.engine.plan.difference import Changes, Checked, Difference
from rehearsal.engine.protocol.channel import OPTIONS
from rehearsal.engine.protocol.replies import (
    Answer,
    DiffUnavailable,
    ProviderError,
    annotate,
    answer,
    call,
    call_if_known,
    difference,
    failures_in,
    initialisation_failure,
)
from rehearsal.engine.protocol.wire import from_struct, to_struct
from rehearsal.engine.resource import Resource
from rehearsal.engine.values import Properties, Secret, Value, contains_secrets, contains_unknowns, without_secrets

_PATIENCE = 1.0
"""Seconds a provider has to acknowledge that it is to abort."""


class ProviderClient:
    """Speaks to the provider at an address, once configured; safe to use from several threads."""

    def __init__(self, package: str, address: str, *, preview: bool) -> None:
        """`preview`: creations and updates are not carried out, and values may be unknown."""
        self.package, self._preview = package, preview
        self._channel = grpc.insecure_channel(address, options=OPTIONS)
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._known = False
        self._accepts_secrets = False
        self._previews = False

    def close(self) -> None:
        """End the connection; the process is its owner's."""
        self._channel.close()

    def terminate(self) -> None:
        """Ask the provider to abort what it is doing, and end the connection: calls under way fail at once."""
        with contextlib.suppress(grpc.RpcError):
            self._stub.Cancel(empty_pb2.Empty(), timeout=_PATIENCE)
        self._channel.close()

    def check_config(self, urn: str, olds: Properties, news: Properties) -> Checked:
        """Have the provider check its own configuration."""
        request = provider_pb2.CheckRequest(
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            olds=to_struct(olds, secrets=False),
            news=to_struct(news, secrets=False),
        )
        reply = call_if_known(self._stub.CheckConfig, request)
        if reply is None:
            return Checked(news)
        inputs = from_struct(reply.inputs)
        annotate(inputs, news)
        return Checked(inputs, failures_in(reply.failures))

    def diff_config(self, urn: str, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Difference:
        """What a change of configuration means for the resources it manages."""
        request = provider_pb2.DiffRequest(
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            old_inputs=to_struct(old_inputs, secrets=False),
            olds=to_struct(old_outputs, secrets=False),
            news=to_struct(news, secrets=False),
        )
        reply = call_if_known(self._stub.DiffConfig, request)
        return Difference(Changes.UNKNOWN) if reply is None else difference(reply)

    def configure(self, urn: str, id_: str, inputs: Properties) -> None:
        """Hand the provider its configuration; with unknowns in it, as in some previews, it stays unconfigured.

        Raises ProviderError when the provider refuses it.
        """
        if contains_unknowns(inputs):
            return
        variables = {
            f"{self.package}:config:{key}": _variable(value) for key, value in inputs.items() if key != "version"
        }
        request = provider_pb2.ConfigureRequest(
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            id=id_,
            args=to_struct(inputs),
            variables=variables,
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
        )
        reply = call(self._stub.Configure, request)
        self._known, self._accepts_secrets, self._previews = True, reply.acceptSecrets, reply.supportsPreview

    def check(self, resource: Resource, olds: Properties | None, news: Properties, seed: bytes) -> Checked:
        """Have the provider validate a resource's inputs and fill in defaults."""
        if not self._known:
            return Checked(news)
        request = provider_pb2.CheckRequest(
            **_named(resource), olds=self._struct(olds or {}), news=self._struct(news), randomSeed=seed
        )
        reply = call(self._stub.Check, request)
        inputs = from_struct(reply.inputs)
        self._restore_secrets(inputs, news)
        return Checked(inputs, failures_in(reply.failures))

    def diff(self, old: Resource, resource: Resource, news: Properties, ignored: Iterable[str]) -> Difference:
        """What becomes of `old` when its inputs become `news`.

        Raises DiffUnavailable in a preview where the provider isn't configured yet.
        """
        if not self._known:
            raise DiffUnavailable(
                "The provider for this resource has inputs that are not known during preview.\n"
                "This preview may not correctly represent the changes that will be applied during an update."
            )
        request = provider_pb2.DiffRequest(
            id=old.id,
            **_named(resource),
            old_inputs=self._struct(old.inputs, contents=False),
            olds=self._struct(old.outputs, contents=False),
            news=self._struct(news, contents=False),
            ignoreChanges=ignored,
        )
        return difference(call(self._stub.Diff, request))

    def create(self, resource: Resource) -> Answer:
        """Create a resource, or say what a creation would give.

        Raises ProviderError when it was not created.
        """
        if self._preview and not (self._known and self._previews):
            return Answer("", dict(resource.inputs) if self._known else {})
        request = provider_pb2.CreateRequest(
            **_named(resource),
            properties=self._struct(resource.inputs),
            timeout=resource.timeouts.create,
            preview=self._preview,
        )
        created = self._changed(self._stub.Create, request, resource.inputs)
        if not created.id and not self._preview:
            raise ProviderError(f"plugin returned empty resource.ID from create '{resource.urn}'")
        return created

    def update(self, old: Resource, resource: Resource, ignored: Iterable[str]) -> Answer:
        """Update a resource in place, or say what an update would give.

        Raises ProviderError when it was not updated.
        """
        if self._preview and not (self._known and self._previews):
            return Answer(old.id, dict(resource.inputs) if self._known else {})
        request = provider_pb2.UpdateRequest(
            id=old.id,
            **_named(resource),
            old_inputs=self._struct(old.inputs, contents=False),
            olds=self._struct(old.outputs, contents=False),
            news=self._struct(resource.inputs),
            timeout=resource.timeouts.update,
            ignoreChanges=ignored,
            preview=self._preview,
        )
        return self._changed(self._stub.Update, request, resource.inputs)

    def delete(self, resource: Resource) -> None:
        """Delete a resource. Raises ProviderError when it is still there."""
        request = provider_pb2.DeleteRequest(
            id=resource.id,
            **_named(resource),
            old_inputs=self._struct(resource.inputs, contents=False),
            properties=self._struct(resource.outputs, contents=False),
            timeout=resource.timeouts.delete,
        )
        call(self._stub.Delete, request)

    def read(self, resource: Resource, id_: str, inputs: Properties | None, state: Properties) -> Answer:
        """Look at the resource that has an id; the answer has no id when there is none (any more).

        Raises ProviderError when the provider can't tell.
        """
        if not self._known:
            return Answer("", {}, {})
        request = provider_pb2.ReadRequest(
            id=id_,
            **_named(resource),
            properties=self._struct(state, contents=False),
            inputs=self._struct(inputs, contents=False) if inputs is not None else None,
            timeout=resource.timeouts.read,
        )
        found = self._changed(self._stub.Read, request, state)
        # What was secret stays so, also with providers that mark secrets themselves and may forget to.
        annotate(found.outputs, state)
        if found.inputs is not None:
            annotate(found.inputs, inputs or {})
        return found

    def list(self, token: str, query: Properties) -> list[str] | None:
        """The ids of a type's resources that fit a query; None when the provider can't say."""
        found: list[str] = []
        page = ""
        while True:
            request = provider_pb2.ListRequest(token=token, query=self._struct(query), continuation_token=page)
            try:
                replies = list(self._stub.List(request))
            except grpc.RpcError as error:
                if error.code() is grpc.StatusCode.UNIMPLEMENTED:
                    return None
                raise ProviderError(error.details()) from error
            if any(reply.HasField("computed") for reply in replies):
                return None
            found += [reply.result.id for reply in replies if reply.HasField("result")]
            page = replies[-1].continuation.continuation_token if replies else ""
            if not page:
                return found

    def invoke(self, token: str, arguments: Properties) -> Checked:
        """Call one of the provider's functions; the answer's `inputs` are what it returned."""
        if not self._known:
            return Checked({})
        given = self._struct(arguments, unknowns=False)
        request = provider_pb2.InvokeRequest(tok=token, args=given, preview=self._preview)
        reply = call(self._stub.Invoke, request)
        returned = from_struct(getattr(reply, "return"))
        if contains_secrets(arguments) and not self._accepts_secrets:
            returned = {key: Secret(value) for key, value in returned.items()}
        return Checked(returned, failures_in(reply.failures))

    def _struct(self, properties: Properties, *, unknowns: bool = True, contents: bool = True) -> Any:
        return to_struct(properties, unknowns=unknowns, secrets=self._accepts_secrets, contents=contents)

    def _restore_secrets(self, found: Properties, given: Properties) -> None:
        if not self._accepts_secrets:
            annotate(found, given)

    def _changed(self, method: Any, request: Any, given: Properties) -> Answer:
        try:
            changed = answer(method(request))
        except grpc.RpcError as error:
            failed = initialisation_failure(error)
            if failed is None:
                raise ProviderError(error.details()) from error
            changed = answer(failed, tuple(failed.reasons) or ("resource init failed",))
        self._restore_secrets(changed.outputs, given)
        return changed


def _named(resource: Resource) -> dict[str, Any]:
    return {"urn": resource.urn, "name": resource.name, "type": urns.type_of(resource.urn)}


def _variable(value: Value) -> str:
    """A configuration value as the old `variables` carry it: text as it is, anything else as JSON."""
    plain = without_secrets(value)
    return plain if isinstance(plain, str) else json.dumps(plain, separators=(",", ":"))
