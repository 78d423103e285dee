"""Every route of the stand-in, service by service."""

from __future__ import annotations

from rehearsal.azure.control.routes import ROUTES as CONTROL
from rehearsal.azure.metadata import ROUTES as METADATA
from rehearsal.azure.routing import Route

try:
    from rehearsal.azure.arm.routes import ROUTES as ARM
except ModuleNotFoundError:
    ARM = ()

ROUTES: tuple[Route, ...] = (*METADATA, *CONTROL, *ARM)
