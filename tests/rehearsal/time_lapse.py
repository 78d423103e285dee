"""Time that passes faster where nothing is done but waiting, for everybody who takes part in a rehearsal alike.

There is one clock, the stand-in's. Work takes the time it takes. A wait of the providers, or of the plugin for dynamic
resources, is over after a small part of its seconds, and then the clock stands where the wait was to end: what spreads
in 30 seconds spreads in 30 seconds of that clock, and who has five minutes to try again has five minutes of it.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import pytest

from rehearsal.azure.clock import Clock
from rehearsal.azure.server import Endpoint
from rehearsal.child_process import child

ROOT = Path(__file__).parents[2]
_T = TypeVar("_T")
_IN_THE_PLUGIN = """
import json, os, queue, selectors, threading, time, urllib.request

_began, _ahead = time.monotonic, 0.0

def _sleep(seconds):
    global _ahead
    _ahead += seconds
    authorization = {"Authorization": "Bearer " + os.environ["REHEARSAL_CONTROL_KEY"]}
    body = json.dumps({"advance": seconds}).encode()
    address = os.environ["REHEARSAL_CLOCK"]
    urllib.request.urlopen(urllib.request.Request(address, body, authorization, method="POST")).close()

time.sleep, time.monotonic = _sleep, lambda: _began() + _ahead
"""
"""Python runs a module of the name `sitecustomize` first. The modules that it imports keep the time of the machine."""


class TimeLapse:
    """The clock, and the ways to wait by it."""

    def __init__(self, pace: float) -> None:
        self.clock = Clock()
        self._pace = pace
        self._turn = threading.Lock()

    def monotonic(self) -> float:
        return self.clock.now()

    async def sleep(self, seconds: float) -> None:
        end = self.clock.now() + seconds
        await asyncio.sleep(seconds / self._pace)
        self._reach(end)

    async def wait_for(self, awaited: Awaitable[_T], seconds: float) -> _T:
        end = self.clock.now() + seconds
        try:
            return await asyncio.wait_for(awaited, seconds / self._pace)
        except TimeoutError:
            self._reach(end)
            raise

    def _reach(self, moment: float) -> None:
        """Somebody else's wait may have brought the clock there already."""
        with self._turn:
            self.clock.advance(max(0.0, moment - self.clock.now()))

    @contextmanager
    def plugin(self, project: Path, environment: Mapping[str, str], endpoint: Endpoint, folder: Path) -> Iterator[str]:
        """The plugin for dynamic resources, waiting by the clock; yields its gRPC address."""
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(_IN_THE_PLUGIN, encoding="utf-8")
        variables = {
            "PATH": os.environ["PATH"],
            **environment,
            "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
            "REHEARSAL_CLOCK": f"{endpoint.http_url}/_rehearsal/clock",
            "REHEARSAL_CONTROL_KEY": endpoint.control_key,
        }
        ready, log = r"^(\d+)$", folder / "plugin.log"
        with child(
            "the plugin", ["pulumi.dynamic"], ready=ready, environment=variables, folder=project, log=log
        ) as port:
            yield f"127.0.0.1:{port}"


@contextmanager
def time_lapse(pace: float = 100) -> Iterator[TimeLapse]:
    """Lets stand-ins and providers that are started in the block wait by one clock, `pace` seconds in one."""
    lapse = TimeLapse(pace)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rehearsal.azure.server.Clock", lambda: lapse.clock)
        patch.setattr("rehearsal.providers.http.asyncio", SimpleNamespace(sleep=lapse.sleep, wait_for=lapse.wait_for))
        for module in ("http", "credentials"):
            patch.setattr(f"rehearsal.providers.{module}.time", SimpleNamespace(monotonic=lapse.monotonic))
        yield lapse
