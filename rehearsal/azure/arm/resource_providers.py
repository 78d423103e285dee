"""Resource providers: the namespaces, their types, and the subscription's registration (REST reference,
"Providers").
"""

from typing import Any

from rehearsal.azure.arm import registrations, resource_ids, resource_types
from rehearsal.azure.arm.pages import page
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request


def listing(request: Request) -> Reply:
    """Every modelled namespace."""
    return page(request, [_shown(request, namespace) for namespace in resource_types.NAMESPACES])


def get(request: Request) -> Reply:
    """One namespace, or 404."""
    return Reply(body=_shown(request, _namespace(request)))


def register(request: Request) -> Reply:
    """Register the subscription, at once."""
    namespace = _namespace(request)
    registrations.change(request.context, resource_ids.subscription_of(request.path), namespace, registered=True)
    return Reply(body=_shown(request, namespace))


def unregister(request: Request) -> Reply:
    """Unregister the subscription, at once."""
    namespace = _namespace(request)
    registrations.change(request.context, resource_ids.subscription_of(request.path), namespace, registered=False)
    return Reply(body=_shown(request, namespace))


def _namespace(request: Request) -> str:
    asked = resource_ids.segments(request.path)[3]
    namespace = resource_types.namespace(asked)
    if namespace is None:
        names = ", ".join(resource_types.NAMESPACES)
        text = f"The resource namespace '{asked}' is invalid. (The stand-in models {names}.)"
        raise ArmError(404, "InvalidResourceNamespace", text)
    return namespace


def _shown(request: Request, namespace: str) -> dict[str, Any]:
    subscription = resource_ids.subscription_of(request.path)
    return {
        "id": f"{resource_ids.subscription_id(subscription)}/providers/{namespace}",
        "namespace": namespace,
        "registrationPolicy": "RegistrationRequired",
        "registrationState": registrations.state(request.context, subscription, namespace),
        "resourceTypes": [
            {
                "resourceType": known.name,
                "locations": [place.display_name for place in known.regions],
                "apiVersions": list(known.api_versions),
                "capabilities": "None",
            }
            for known in resource_types.of_namespace(namespace)
        ],
    }
