"""A toy cloud with a provider of its own, over the real gRPC protocol.

Every resource of `toy:index:Thing` is a record of its inputs. What a test can make the provider do is part of the
inputs: `Replace` at the end of a property's name makes its change a replacement, `deleteFirst` asks for delete before
replace, `within` is the address of a thing with which this one goes, `fail: create` (update, delete, read, check)
refuses, `rejected: <reason>` fails the check, `halfway: <reason>` creates but fails to initialise. Deleting what is
gone succeeds, as with most providers.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from rehearsal.engine.protocol.replies import annotate
from rehearsal.engine.protocol.wire import from_struct, to_struct
from rehearsal.engine.values import Properties, contains_unknowns, equal, without_secrets


@dataclass
class Cloud:
    """What exists, and every change in the order in which it happened (`create name`, `delete name`, …)."""

    things: dict[str, Properties] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    configurations: list[dict[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    created: Counter[str] = field(default_factory=Counter)
    accepts_secrets: bool = True
    marks_secrets: bool = False
    """Whether what was secret is so too when it is read."""
    lists: bool = True
    refuses: Callable[[str, str], str] = lambda call, name: ""
    """Called with each change that is asked for and the resource's name: why it is not made; "" makes it."""

    def new_id(self, name: str) -> str:
        """The first thing of a name is `name-1`, the next one `name-2`."""
        with self.lock:
            self.created[name] += 1
            return f"{name}-{self.created[name]}"

    def remove(self, id_: str) -> None:
        """Remove a thing, if it is there, with those that go with it."""
        self.things.pop(id_, None)
        for other, thing in list(self.things.items()):
            if thing.get("within") == f"at-{id_}":
                self.remove(other)

    def note(self, change: str) -> None:
        with self.lock:
            self.changes.append(change)

    def names(self) -> list[str]:
        """The logical names of everything that exists."""
        return sorted(thing["__name"] for thing in self.things.values())


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        replaces = ["region"] if old.get("region") != new.get("region") else []
        changes = provider_pb2.DiffResponse.DIFF_NONE if equal(old, new) else provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=changes, replaces=replaces)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.cloud.configurations.append(dict(request.variables))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=self.cloud.accepts_secrets, supportsPreview=True, acceptResources=True
        )

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        news = from_struct(request.news)
        failures = []
        if news.get("fail") == "check":
            failures.append(provider_pb2.CheckFailure(property="fail", reason="refused by the check"))
        if "rejected" in news:
            reason = without_secrets(news["rejected"])
            failures.append(provider_pb2.CheckFailure(property="rejected", reason=reason))
        if failures:
            return provider_pb2.CheckResponse(inputs=request.news, failures=failures)
        news.setdefault("size", 1)
        return provider_pb2.CheckResponse(inputs=to_struct(news))

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        changed = sorted(key for key in old.keys() | new.keys() if not equal(old.get(key), new.get(key)))
        replaces = [key for key in changed if key.endswith("Replace")]
        detailed = {
            key: provider_pb2.PropertyDiff(
                kind=provider_pb2.PropertyDiff.UPDATE_REPLACE if key in replaces else provider_pb2.PropertyDiff.UPDATE
            )
            for key in changed
        }
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=changed,
            replaces=replaces,
            detailedDiff=detailed,
            hasDetailedDiff=True,
            deleteBeforeReplace=bool(without_secrets(new).get("deleteFirst")),
        )

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        inputs = from_struct(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=to_struct(inputs))
        self._refuse(inputs, "create", context, request.name)
        id_ = self.cloud.new_id(request.name)
        outputs = {**inputs, "address": f"at-{id_}"}
        with self.cloud.lock:
            self.cloud.things[id_] = {**without_secrets(outputs), "__name": request.name}
            self.cloud.changes.append(f"create {request.name}")
        if inputs.get("halfway"):
            _halfway(context, id_, outputs, without_secrets(inputs["halfway"]))
        return provider_pb2.CreateResponse(id=id_, properties=to_struct(outputs))

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        inputs = from_struct(request.news)
        outputs = {**inputs, "address": f"at-{request.id}"}
        if request.preview:
            return provider_pb2.UpdateResponse(properties=to_struct(outputs))
        self._refuse(inputs, "update", context, request.name)
        with self.cloud.lock:
            self.cloud.things[request.id] = {**without_secrets(outputs), "__name": request.name}
            self.cloud.changes.append(f"update {request.name}")
        if inputs.get("halfway"):
            _halfway(context, request.id, outputs, without_secrets(inputs["halfway"]))
        return provider_pb2.UpdateResponse(properties=to_struct(outputs))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._refuse(from_struct(request.properties), "delete", context, request.name)
        with self.cloud.lock:
            self.cloud.changes.append(f"delete {request.name}")
            self.cloud.remove(request.id)
        return empty_pb2.Empty()

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        thing = self.cloud.things.get(request.id)
        if thing is None:
            return provider_pb2.ReadResponse()
        self._refuse(thing, "read", context, request.name)
        outputs = {key: value for key, value in thing.items() if key != "__name"}
        inputs = {key: value for key, value in outputs.items() if key != "address"}
        if self.cloud.marks_secrets:
            annotate(outputs, from_struct(request.properties))
            annotate(inputs, from_struct(request.inputs))
        return provider_pb2.ReadResponse(id=request.id, properties=to_struct(outputs), inputs=to_struct(inputs))

    def List(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        if not self.cloud.lists:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "this provider cannot list")
        query = without_secrets(from_struct(request.query))
        for id_, thing in list(self.cloud.things.items()):
            if all(equal(thing.get(key), value) for key, value in query.items()):
                result = provider_pb2.ListResponse.Result(id=id_, name=thing["__name"])
                yield provider_pb2.ListResponse(result=result)

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        reply = provider_pb2.InvokeResponse()
        getattr(reply, "return").CopyFrom(to_struct({"said": from_struct(request.args).get("say")}))
        return reply

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.cloud.note("cancel")
        return empty_pb2.Empty()

    def _refuse(self, inputs: Properties, call: str, context: grpc.ServicerContext, name: str) -> None:
        reason = self.cloud.refuses(call, name)
        if reason:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, reason)
        if without_secrets(inputs).get("fail") == call:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"the cloud refuses to {call} this")
        if contains_unknowns(inputs):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{call} was asked for with unknown values")


def _halfway(context: grpc.ServicerContext, id_: str, outputs: Properties, reason: str) -> None:
    failed = provider_pb2.ErrorResourceInitFailed(id=id_, properties=to_struct(outputs), reasons=[reason])
    detail = any_pb2.Any()
    detail.Pack(failed)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, reason)


@contextmanager
def serving(cloud: Cloud) -> Iterator[str]:
    """Serve a cloud's provider; yields its address."""
    with ThreadPoolExecutor(max_workers=64) as threads:
        server = grpc.server(threads)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(cloud), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(None).wait()
