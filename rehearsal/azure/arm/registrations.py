"""Which resource providers the subscription is registered with. A fresh subscription is registered with all modelled
ones, so that clients need not wait; unregistering one shows what they do when it is missing.
"""

from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError

KIND = "armRegistration"


def state(context: Context, namespace: str) -> str:
    """`Registered` or `NotRegistered`."""
    document: dict[str, Any] | None = context.store.get(KIND, namespace.lower())
    return str(document["state"]) if document else "Registered"


def change(context: Context, namespace: str, *, registered: bool) -> None:
    """Register or unregister a namespace, at once."""
    wanted = "Registered" if registered else "NotRegistered"
    context.store.put(KIND, namespace.lower(), {"namespace": namespace, "state": wanted})


def check(context: Context, namespace: str) -> None:
    """Raises 409 `MissingSubscriptionRegistration` when the namespace is not registered (Azure/OpenShift#21)."""
    if state(context, namespace) == "Registered":
        return
    text = (
        f"The subscription is not registered to use namespace '{namespace}'. "
        "See https://aka.ms/rps-not-found for how to register subscriptions."
    )
    detail = {"code": "MissingSubscriptionRegistration", "message": text, "target": namespace}
    raise ArmError(409, "MissingSubscriptionRegistration", text, [detail])
