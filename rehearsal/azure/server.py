"""The stand-in as a server: two listeners on loopback, HTTPS under a CA of its own and HTTP, over one pipeline."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import resource
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import trustme
import uvicorn

from rehearsal.azure import seed
from rehearsal.azure.clock import Clock
from rehearsal.azure.context import Context
from rehearsal.azure.http_adapter import Connection, HttpAdapter
from rehearsal.azure.pipeline import Pipeline
from rehearsal.azure.routes import ROUTES
from rehearsal.azure.state_folder import StateFolder, StateLocked
from rehearsal.azure.store import BrokenState, Store
from rehearsal.azure.weather import Latency, Weather

__all__ = ["BrokenState", "Endpoint", "Latency", "Options", "PortInUse", "StateLocked", "running", "serve"]

_log = logging.getLogger("rehearsal.azure")

_WORKERS = 8
_IDLE_CONNECTION_LIFE = 120
_LAST_ANSWERS = 2
_OPEN_FILES = 65_536


class PortInUse(Exception):  # noqa: N818 (the name says what the user meets)
    """A port asked for is taken; the message names it and what to do."""


@dataclass(frozen=True)
class Options:
    """How to run a stand-in.

    `state` is the folder for CA, credentials and the durable store; ports of 0 mean those of the last run if free, else
    any; `durable` False keeps Azure's contents in memory only. `latency`, `speed` (divides the times of the `azure`
    profile), `replication_delay` in seconds, `stale_reads` and `cached_identity_tokens` are the weather at the start,
    see `weather.py`. `tenant_id` and `domain` are for a new state folder.
    `host` other than a loopback address opens an Azure without real secrets to the network, and warns.
    """

    state: Path
    https_port: int = 0
    http_port: int = 0
    durable: bool = True
    latency: Latency = Latency.NONE
    speed: float = 1.0
    replication_delay: float = 0.0
    stale_reads: bool = False
    cached_identity_tokens: bool = False
    host: str = "127.0.0.1"
    tenant_id: str | None = None
    domain: str | None = None


@dataclass(frozen=True)
class Endpoint:
    """Everything a client needs."""

    https_url: str
    http_url: str
    ca_file: Path
    tenant_id: str
    subscription_id: str
    client_id: str
    client_secret: str = field(repr=False)
    control_key: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """The variables that point Terraform, Pulumi, azure-identity and Python's HTTP clients at the stand-in."""
        return {
            "ARM_METADATA_HOSTNAME": self.https_url.removeprefix("https://"),
            # The Pulumi bridge reads the name even beside a metadata host, and takes only names it knows.
            "ARM_ENVIRONMENT": "public",
            "ARM_TENANT_ID": self.tenant_id,
            "ARM_CLIENT_ID": self.client_id,
            "ARM_CLIENT_SECRET": self.client_secret,
            "ARM_SUBSCRIPTION_ID": self.subscription_id,
            "ARM_USE_CLI": "false",
            "AZURE_AUTHORITY_HOST": self.https_url,
            "AZURE_TENANT_ID": self.tenant_id,
            "AZURE_CLIENT_ID": self.client_id,
            "AZURE_CLIENT_SECRET": self.client_secret,
            "AZURE_SUBSCRIPTION_ID": self.subscription_id,
            # Go, aiohttp, httpx and urllib read the first, requests the second.
            "SSL_CERT_FILE": str(self.ca_file),
            "REQUESTS_CA_BUNDLE": str(self.ca_file),
        }


def serve(options: Options, on_ready: Callable[[Endpoint], None]) -> None:
    """Run a stand-in until SIGTERM or SIGINT; `on_ready` is called once it answers.

    Must be called from the main thread. Raises `PortInUse`, `StateLocked` or `BrokenState`.
    """

    async def until_signal() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await _run(options, on_ready, stop)

    asyncio.run(until_signal())


@contextmanager
def running(options: Options) -> Iterator[Endpoint]:
    """A stand-in on a thread of its own for the length of a `with` block. Raises as `serve` does."""
    ready: Future[tuple[Endpoint, Callable[[], None]]] = Future()

    async def until_told() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        await _run(options, lambda endpoint: ready.set_result((endpoint, lambda: _stop(loop, stop))), stop)

    def run() -> None:
        try:
            asyncio.run(until_told())
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=run, name="azure stand-in")
    thread.start()
    try:
        endpoint, stop = ready.result()
        try:
            yield endpoint
        finally:
            stop()
    finally:
        thread.join()


def _stop(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(stop.set)


async def _run(options: Options, on_ready: Callable[[Endpoint], None], stop: asyncio.Event) -> None:
    folder = StateFolder(options.state)
    with ExitStack() as cleanup:
        cleanup.enter_context(folder.locked())
        credentials = folder.credentials(options.tenant_id, options.domain)
        authority = folder.certificate_authority()
        store = Store(folder.store_file if options.durable else None)
        cleanup.callback(store.close)
        _warn_unless_loopback(options.host)
        last_https, last_http = folder.last_ports()
        https = cleanup.enter_context(_listen(options.host, options.https_port, last_https, "HTTPS"))
        http = cleanup.enter_context(_listen(options.host, options.http_port, last_http, "HTTP"))
        folder.remember_ports(_port(https), _port(http))
        context = Context(
            store=store,
            clock=Clock(),
            tenant=credentials.tenant,
            https_url=f"https://{_authority(options.host, https)}",
            http_url=f"http://{_authority(options.host, http)}",
            client_secret=credentials.client_secret,
            control_key=credentials.control_key,
            weather=Weather(
                latency=options.latency,
                speed=options.speed,
                replication_delay=options.replication_delay,
                stale_reads=options.stale_reads,
                cached_identity_tokens=options.cached_identity_tokens,
            ),
        )
        seed.seed(context, credentials.client_secret)
        workers = cleanup.enter_context(ThreadPoolExecutor(_WORKERS, thread_name_prefix="azure stand-in"))
        adapter = HttpAdapter(Pipeline(context, ROUTES), workers)
        endpoint = Endpoint(
            https_url=context.https_url,
            http_url=context.http_url,
            ca_file=folder.ca_file,
            tenant_id=credentials.tenant.id,
            subscription_id=credentials.tenant.subscription_id,
            client_id=credentials.tenant.deployer_app_id,
            client_secret=credentials.client_secret,
            control_key=credentials.control_key,
        )
        _allow_many_connections()
        await _listen_until(
            stop, adapter, {https: _tls(authority, options.host), http: None}, lambda: on_ready(endpoint)
        )


async def _listen_until(
    stop: asyncio.Event,
    adapter: HttpAdapter,
    listeners: dict[socket.socket, ssl.SSLContext | None],
    on_ready: Callable[[], None],
) -> None:
    servers = [(_server(adapter, tls), listener) for listener, tls in listeners.items()]
    tasks = [asyncio.create_task(server._serve(sockets=[listener])) for server, listener in servers]
    try:
        while not all(server.started for server, _ in servers):
            await asyncio.sleep(0.01)
        on_ready()
        await stop.wait()
    finally:
        for server, _ in servers:
            server.should_exit = True
            for connection in list(server.server_state.connections):
                if isinstance(connection, Connection):
                    connection.abandon_if_idle()
        await asyncio.gather(*tasks)


def _server(adapter: HttpAdapter, tls: ssl.SSLContext | None) -> uvicorn.Server:
    config = uvicorn.Config(
        adapter,
        http=Connection,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        # Longer than clients keep idle connections for re-use (Go: 90 s), so that it is they who close.
        timeout_keep_alive=_IDLE_CONNECTION_LIFE,
        timeout_graceful_shutdown=_LAST_ANSWERS,
        ssl_context_factory=(lambda *_: tls) if tls else None,
    )
    return uvicorn.Server(config)


def _tls(authority: trustme.CA, host: str) -> ssl.SSLContext:
    names = dict.fromkeys(["localhost", "127.0.0.1", "::1", host])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert(*names).configure_cert(context)
    return context


def _listen(host: str, port: int, last: int, name: str) -> socket.socket:
    for attempt in [port] if port else [last, 0]:
        # asyncio turns Nagle's algorithm off only where the socket says that it is TCP, which those of
        # socket.create_server do not; with it a small answer waits 40 ms for the acknowledgement of its headers.
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, attempt))
            listener.listen(2048)
        except OSError as error:
            listener.close()
            reason, taken = error.strerror or str(error), attempt
        else:
            return listener
    raise PortInUse(
        f"The stand-in cannot listen on {host} port {taken} for {name}: {reason}. "
        "Stop what uses the port, or choose another one (0 for any free port)."
    )


def _port(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def _authority(host: str, listener: socket.socket) -> str:
    return f"[{host}]:{_port(listener)}" if ":" in host else f"{host}:{_port(listener)}"


def _warn_unless_loopback(host: str) -> None:
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback:
        _log.warning("The stand-in listens on %s: everybody who reaches this address can use it.", host)


def _allow_many_connections() -> None:
    """Each request of the azuread provider is a connection of its own, left open for 90 seconds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
