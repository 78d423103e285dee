"""The host as a process: one loopback listener, a ready line, and an end with its parent."""

import asyncio
import os
import signal
import socket
import sys
import threading
from pathlib import Path

import uvicorn

from rehearsal.azure.functions_host.functions import load
from rehearsal.azure.functions_host.host import Host

_LAST_ANSWERS = 2


class PortInUse(Exception):  # noqa: N818 (the name says what the user meets)
    """The port asked for is taken; the message names it and what to do."""


def run(folder: Path, port: int, *, end_with_stdin: bool) -> None:
    """Serve the app in a folder on 127.0.0.1 until SIGTERM or SIGINT, or until standard input closes if asked to.

    Prints `ready http://127.0.0.1:{port}` once it answers. Raises `AppError` or `PortInUse`.
    """
    if end_with_stdin:
        threading.Thread(target=_end_with_input, name="parent watch", daemon=True).start()
    folder = folder.resolve()
    with _listen(port) as listener:
        os.chdir(folder)
        application = Host(load(folder), folder)
        asyncio.run(_serve(application, listener))


async def _serve(application: Host, listener: socket.socket) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    config = uvicorn.Config(
        application,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    print(f"ready http://127.0.0.1:{listener.getsockname()[1]}", flush=True)  # noqa: T201 (the contract with whoever starts it)
    await stop.wait()
    server.should_exit = True
    await serving


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port), backlog=2048)
    except OSError as error:
        raise PortInUse(
            f"The functions host cannot listen on 127.0.0.1 port {port}: {os.strerror(error.errno or 0)}. "
            "Stop what uses the port, or choose another one (0 for any free port)."
        ) from error


def _end_with_input() -> None:
    """A parent that dies, however it dies, closes the pipe that is our standard input."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
