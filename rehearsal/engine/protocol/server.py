"""The gRPC server of a run, for the program and the providers: Engine and ResourceMonitor on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, resource_pb2_grpc

from rehearsal.engine.protocol.channel import LOOPBACK, OPTIONS
from rehearsal.engine.protocol.host import Host
from rehearsal.engine.protocol.monitor import Monitor

_SEVERITIES = {
    engine_pb2.DEBUG: "debug",
    engine_pb2.INFO: "info",
    engine_pb2.WARNING: "warning",
    engine_pb2.ERROR: "error",
}


class _Engine(engine_pb2_grpc.EngineServicer):
    """Messages of programs and providers, and the root resource."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._root = ""

    def Log(self, request: Any, context: grpc.ServicerContext) -> Any:
        severity = _SEVERITIES.get(request.severity, "info")
        self._host.log(severity, request.message, request.urn, ephemeral=request.ephemeral, stream=request.streamId)
        return empty_pb2.Empty()

    def GetRootResource(self, request: Any, context: grpc.ServicerContext) -> Any:
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()


@contextmanager
def served(host: Host, monitor: Monitor, requests_at_once: int) -> Iterator[str]:
    """Serve both for as long as the block runs; yields the address.

    `requests_at_once` is how many requests may wait for their answer at the same time.
    """
    with ThreadPoolExecutor(max_workers=requests_at_once, thread_name_prefix="request") as threads:
        server = grpc.server(threads, options=OPTIONS)
        engine_pb2_grpc.add_EngineServicer_to_server(_Engine(host), server)
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
        port = server.add_insecure_port(f"{LOOPBACK}:0")
        server.start()
        try:
            yield f"{LOOPBACK}:{port}"
        finally:
            server.stop(grace=None).wait()
            monitor.callbacks.close()
