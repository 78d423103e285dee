"""Every operation of Resource Manager that the stand-in models."""

from rehearsal.azure.routing import Route

ROUTES: tuple[Route, ...] = ()
