"""Long-running operations: answered 202 with an address to ask, until the work is done.

Whoever knows an operation's name may ask about it: the right to delete a group ends with the group.
An operation takes as long as the weather says, by default no time: it is done when it is first asked about.
`Retry-After` is never 0: azure-core takes 0 for "not given" and waits 30 seconds (azure-core 1.41,
`polling/base_polling.py`, `_extract_delay`).
"""

import math
import uuid
from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Request

GROUP_DELETION = 60
STORAGE_ACCOUNT_CREATION = 17
"""Seconds that recorded operations took in Azure (Azure/azure-dev and Azure/azure-cli test recordings)."""

KIND = "armOperation"
_LONGEST_PAUSE = 15
_KEPT = 86_400


def start(context: Context, seconds: float, **facts: Any) -> dict[str, Any]:
    """Begin an operation that takes `seconds` in Azure and keep `facts` with it; forget those older than a day."""
    now = context.clock.now()
    for old in context.store.all(KIND):
        if old["ends"] < now - _KEPT:
            context.store.remove(KIND, old["name"])
    operation = {"name": str(uuid.uuid4()), "ends": now + context.weather.pace(seconds), **facts}
    context.store.put(KIND, operation["name"], operation)
    return operation


def find(context: Context, name: str) -> dict[str, Any]:
    """An operation by name. Raises 404 for one that never was or is forgotten."""
    operation = context.store.get(KIND, name.lower())
    if operation is None:
        raise ArmError(404, "NotFound", f"The operation '{name}' was not found.")
    return operation


def change(context: Context, operation: dict[str, Any], **facts: Any) -> None:
    """Keep further facts with an operation."""
    context.store.put(KIND, operation["name"], {**operation, **facts})


def done(context: Context, operation: dict[str, Any]) -> bool:
    """Whether the operation's time is over."""
    return bool(operation["ends"] <= context.clock.now())


def polling(request: Request, operation: dict[str, Any], path: str, **query: str) -> dict[str, str]:
    """Headers of a 202: where to ask, as an absolute URL on the host the client used (the Go SDK refuses relative
    ones), and in how many seconds.
    """
    parameters = "".join(f"{name}={value}&" for name, value in query.items())
    left = math.ceil(operation["ends"] - request.context.clock.now())
    return {
        "Location": f"{request.base_url}{path}?{parameters}api-version={request.query['api-version']}",
        "Retry-After": str(min(max(left, 1), _LONGEST_PAUSE)),
    }
