"""The stand-in's own routes, under one prefix that Azure does not have."""

from __future__ import annotations

from rehearsal.azure.control import conditions, contents, identities, state, subscriptions
from rehearsal.azure.routing import HEALTH, Reply, Request, Route, Service


def health(request: Request) -> Reply:
    """`GET /_rehearsal/health`: that the stand-in answers, and for which tenant."""
    return Reply(body={"status": "ok", "tenantId": request.context.tenant.id})


ROUTES: tuple[Route, ...] = (
    Route(Service.CONTROL, "GET", HEALTH, health, summary="That the stand-in answers; no key needed"),
    *contents.ROUTES,
    *identities.ROUTES,
    *conditions.ROUTES,
    *state.ROUTES,
    *subscriptions.ROUTES,
)
