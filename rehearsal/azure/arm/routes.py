"""Every operation of Resource Manager that the stand-in models."""

from rehearsal.azure.arm import (
    authorization_routes,
    key_vault_routes,
    monitor_routes,
    resource_routes,
    storage_routes,
    web_routes,
)
from rehearsal.azure.routing import Route

ROUTES: tuple[Route, ...] = (
    *resource_routes.ROUTES,
    *storage_routes.ROUTES,
    *web_routes.ROUTES,
    *authorization_routes.ROUTES,
    *monitor_routes.ROUTES,
    *key_vault_routes.ROUTES,
)
