"""Every route of the stand-in, service by service."""

from __future__ import annotations

from rehearsal.azure.arm.deployments import ROUTES as DEPLOYMENTS
from rehearsal.azure.arm.routes import ROUTES as ARM
from rehearsal.azure.control.routes import ROUTES as CONTROL
from rehearsal.azure.graph.routes import ROUTES as GRAPH
from rehearsal.azure.identity.app_service import ROUTES as APP_SERVICE
from rehearsal.azure.identity.imds import ROUTES as IMDS
from rehearsal.azure.login.discovery import ROUTES as DISCOVERY
from rehearsal.azure.login.token_endpoint import ROUTES as TOKEN
from rehearsal.azure.metadata import ROUTES as METADATA
from rehearsal.azure.routing import Route

ROUTES: tuple[Route, ...] = (*METADATA, *DISCOVERY, *TOKEN, *APP_SERVICE, *IMDS, *GRAPH, *ARM, *DEPLOYMENTS, *CONTROL)
