"""Serves a provider on a loopback gRPC port, from this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from rehearsal.providers.packages import Package, PackageName, package
from rehearsal.providers.servicer import ProviderServicer

CALLS_AT_ONCE: Final = 128
"""How many provider calls may wait at a time: more than the engine's default `--parallel`, four times the cores."""

# Messages as large as Pulumi's own limit (`rpcutil.MaxRPCMessageSize`, 400 MiB).
_OPTIONS: Final = [
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
    ("grpc.so_reuseport", 0),
]


@contextmanager
def serving(name: PackageName, environment: Mapping[str, str]) -> Iterator[str]:
    """Serve the provider of that package until the block ends; yields its gRPC address, `127.0.0.1:port`.

    `environment` is read for ARM_METADATA_HOSTNAME, ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET,
    ARM_SUBSCRIPTION_ID, SSL_CERT_FILE and the other variables of the real provider, and only that: this process's own
    environment is not looked at. Nothing is contacted before the engine sends Configure.
    """
    served = package(name, environment)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name=f"{name} provider", daemon=True)
    thread.start()
    server = grpc.server(ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix=f"{name} call"), options=_OPTIONS)
    servicer = ProviderServicer(served.provider, served.name, served.version, loop)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        stopped = server.stop(grace=5)
        asyncio.run_coroutine_threadsafe(_finish(served), loop).result()
        stopped.wait()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _finish(served: Package) -> None:
    """Stop the calls that still run and close the provider's connections."""
    running = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await served.provider.close()
    # A connection that was cut off is closed in the loop's next turn.
    await asyncio.sleep(0)
