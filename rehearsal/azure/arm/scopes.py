"""What exists, as a resource or as the scope of an extension resource: a lock, a role assignment."""

from rehearsal.azure.arm import inventory, resource_ids
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError

_IMPLIED = ("/blobservices/default",)


def check_exists(context: Context, scope: str) -> None:
    """Raises 404 for a scope that is neither a subscription nor a resource or group in one."""
    key = resource_ids.key(scope)
    if key == resource_ids.subscription_id(resource_ids.subscription_of(scope)):
        check_subscription(context, scope)
        return
    for implied in _IMPLIED:
        key = key.removesuffix(implied)
    if inventory.find(context, key) is None:
        raise not_found(scope)


def check_subscription(context: Context, path: str) -> None:
    """Raises 404 `SubscriptionNotFound` for a path in a subscription that there is not."""
    subscription = resource_ids.subscription_of(path)
    if subscription and not inventory.is_subscription(context, subscription):
        asked = resource_ids.segments(path)[1]
        raise ArmError(404, "SubscriptionNotFound", f"The subscription '{asked}' could not be found.")


def existing_resource(context: Context, resource_id: str) -> inventory.Document:
    """The resource or group with this id. Raises 404 when there is none."""
    document = inventory.find(context, resource_id)
    if document is None:
        raise not_found(resource_id)
    return document


def not_found(resource_id: str) -> ArmError:
    """404 for a resource that does not exist, in Resource Manager's words (https://aka.ms/ARMResourceNotFoundFix)."""
    group = resource_ids.group_name(resource_id)
    if len(resource_ids.segments(resource_id)) == 4 and group:
        return ArmError(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
    return ArmError(
        404,
        "ResourceNotFound",
        f"The Resource '{resource_ids.type_and_name(resource_id)}' under resource group '{group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )
