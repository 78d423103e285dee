"""Subscriptions besides the one that every stand-in has: where they come from in Azure is a contract, not a call."""

from __future__ import annotations

import uuid

from rehearsal.azure.arm import inventory
from rehearsal.azure.arm import seed as subscription
from rehearsal.azure.errors import ControlError
from rehearsal.azure.routing import Reply, Request, Route, Service


def add(request: Request) -> Reply:
    """`PUT /_rehearsal/subscriptions/{id}` with an optional `name`: an empty subscription that the deployer owns. One
    that is there stays as it is.
    """
    context, asked = request.context, request.parameters["subscription"]
    name = request.body.get("name", "Rehearsal") if isinstance(request.body, dict) else "Rehearsal"
    try:
        known = str(uuid.UUID(asked))
    except ValueError as error:
        raise ControlError(400, f"'{asked}' is no subscription id: it has to be a GUID.") from error
    if not isinstance(name, str) or not name:
        raise ControlError(400, "'name' must be text.")
    if not inventory.is_subscription(context, known):
        inventory.add_subscription(context, known, name)
        subscription.seed(context, known, context.tenant.deployer_principal_id)
    return Reply(204)


ROUTES = (
    Route(Service.CONTROL, "PUT", "/_rehearsal/subscriptions/{subscription}", add, summary="Have another subscription"),
)
