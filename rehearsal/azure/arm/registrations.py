"""Which resource providers a subscription is registered with. A fresh subscription is registered with all modelled
ones, so that clients need not wait; unregistering one shows what they do when it is missing.
"""

from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError

KIND = "armRegistration"


def state(context: Context, subscription: str, namespace: str) -> str:
    """`Registered` or `NotRegistered`."""
    document: dict[str, Any] | None = context.store.get(KIND, _key(subscription, namespace))
    return str(document["state"]) if document else "Registered"


def change(context: Context, subscription: str, namespace: str, *, registered: bool) -> None:
    """Register or unregister a namespace, at once."""
    wanted = "Registered" if registered else "NotRegistered"
    context.store.put(KIND, _key(subscription, namespace), {"namespace": namespace, "state": wanted})


def check(context: Context, subscription: str, namespace: str) -> None:
    """Raises 409 `MissingSubscriptionRegistration` when the namespace is not registered (Azure/OpenShift#21)."""
    if not subscription or state(context, subscription, namespace) == "Registered":
        return
    text = (
        f"The subscription is not registered to use namespace '{namespace}'. "
        "See https://aka.ms/rps-not-found for how to register subscriptions."
    )
    detail = {"code": "MissingSubscriptionRegistration", "message": text, "target": namespace}
    raise ArmError(409, "MissingSubscriptionRegistration", text, [detail])


def _key(subscription: str, namespace: str) -> str:
    return f"{subscription}/{namespace}".lower()
