"""The stand-in's own routes, under one prefix that Azure does not have."""

from __future__ import annotations

from rehearsal.azure.routing import Reply, Request, Route, Service


def health(request: Request) -> Reply:
    """That the stand-in answers, and for which tenant."""
    return Reply(body={"status": "ok", "tenantId": request.context.tenant.id})


ROUTES = (
    Route(Service.CONTROL, "GET", "/_rehearsal/health", health, summary="That the stand-in answers; no key needed"),
)
