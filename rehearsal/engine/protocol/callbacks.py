"""Calling back into the program: the transforms it has registered (pulumi/pulumi, proto/pulumi/callback.proto)."""

from __future__ import annotations

import threading
from typing import Any

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from rehearsal.engine.protocol.channel import OPTIONS
from rehearsal.engine.protocol.wire import from_struct, to_struct
from rehearsal.engine.values import Properties


class Callbacks:
    """The program's callback servers, by address."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channels: dict[str, grpc.Channel] = {}

    def close(self) -> None:
        """End all connections."""
        for channel in self._channels.values():
            channel.close()

    def transform_resource(
        self, callback: Any, properties: Properties, options: Any, **about: Any
    ) -> tuple[Properties, Any]:
        """A resource's properties and options as a transform wants them; `about` is its name, type, parent, custom."""
        request = resource_pb2.TransformRequest(
            properties=to_struct(properties, outputs=True), options=options, **about
        )
        answer = resource_pb2.TransformResponse.FromString(self._invoke(callback, request))
        if answer.HasField("properties"):
            properties = from_struct(answer.properties, outputs=True)
        return properties, answer.options if answer.HasField("options") else options

    def transform_invoke(
        self, callback: Any, token: str, arguments: Properties, options: Any
    ) -> tuple[Properties, Any]:
        """A function's arguments and options as a transform wants them."""
        request = resource_pb2.TransformInvokeRequest(
            token=token, args=to_struct(arguments, outputs=True), options=options
        )
        answer = resource_pb2.TransformInvokeResponse.FromString(self._invoke(callback, request))
        if answer.HasField("args"):
            arguments = from_struct(answer.args, outputs=True)
        return arguments, answer.options if answer.HasField("options") else options

    def _invoke(self, callback: Any, request: Any) -> bytes:
        with self._lock:
            channel = self._channels.get(callback.target)
            if channel is None:
                channel = self._channels[callback.target] = grpc.insecure_channel(callback.target, options=OPTIONS)
        stub = callback_pb2_grpc.CallbacksStub(channel)
        reply = stub.Invoke(
            callback_pb2.CallbackInvokeRequest(token=callback.token, request=request.SerializeToString())
        )
        return bytes(reply.response)
