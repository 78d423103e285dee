"""Deleting a resource group with everything in it.

Resource Manager answers 202 and deletes what is inside one by one; a resource that refuses ends the operation with
`ResourceGroupDeletionBlocked`, and the group stays (Azure documentation, "Azure Resource Manager resource group and
resource deletion"; Azure/bicep-registry-modules#1607).
"""

from typing import Any

from rehearsal.azure.arm import deleted_vaults, inventory, operations, resource_ids, site_identity, vaults, workspaces
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request


def start(request: Request, group: dict[str, Any]) -> Reply:
    """Begin the deletion, or point at the one under way."""
    context = request.context
    if under_way(group):
        operation = operations.find(context, group["deletion"])
    else:
        operation = operations.start(context, operations.GROUP_DELETION, group=group["id"])
        inventory.keep(context, {**group, "deletion": operation["name"]})
        settle(context)
    subscription = resource_ids.subscription_id(resource_ids.subscription_of(group["id"]))
    path = f"{subscription}/operationresults/{operation['name']}"
    return Reply(202, headers=operations.polling(request, operation, path))


def poll(request: Request) -> Reply:
    """How the deletion stands: 202 while it runs, 200 when the group is gone, 409 when something refused."""
    settle(request.context)
    operation = operations.find(request.context, request.parameters["operation"])
    if not operations.done(request.context, operation):
        return Reply(202, headers=operations.polling(request, operation, request.path))
    if operation.get("blocked"):
        raise _blocked(operation)
    return Reply(200)


def under_way(group: dict[str, Any]) -> bool:
    """Whether the group is being deleted."""
    return bool(group.get("deletion"))


def refusal(group: str) -> ArmError:
    """What a write into a group that is being deleted gets (Azure/azure-cli#28679)."""
    text = f"The resource group '{group}' is in deprovisioning state and cannot perform this operation."
    return ArmError(409, "ResourceGroupBeingDeleted", text)


def settle(context: Context) -> None:
    """Carry out the deletions whose time is over."""
    for group in inventory.of_type(context, "Microsoft.Resources/resourceGroups"):
        if not under_way(group):
            continue
        operation = operations.find(context, group["deletion"])
        if operations.done(context, operation):
            _finish(context, group, operation)


def _finish(context: Context, group: dict[str, Any], operation: dict[str, Any]) -> None:
    blocked = [
        plan["id"]
        for plan in inventory.within(context, group["id"], "Microsoft.Web/serverfarms")
        if any(not resource_ids.covers(group["id"], site["id"]) for site in inventory.sites_on(context, plan["id"]))
    ]
    if blocked:
        inventory.keep(context, {**group, "deletion": None})
        operations.change(context, operation, blocked=blocked)
        return
    for site in inventory.within(context, group["id"], "Microsoft.Web/sites"):
        site_identity.remove(context, site)
    for workspace in inventory.within(context, group["id"], workspaces.TYPE):
        workspaces.remember(context, workspace)
    for vault in inventory.within(context, group["id"], vaults.TYPE):
        deleted_vaults.delete(context, vault)
    inventory.remove(context, group["id"])


def _blocked(operation: dict[str, Any]) -> ArmError:
    name = resource_ids.group_name(operation["group"])
    refused = ",".join(resource_ids.type_and_name(blocked) for blocked in operation["blocked"])
    return ArmError(
        409,
        "ResourceGroupDeletionBlocked",
        f"Deletion of resource group '{name}' failed as resources with identifiers '{refused}' could not be deleted. "
        "The provisioning state of the resource group will be rolled back. "
        f"The tracking Id is '{operation['name']}'. Please check audit logs for more details.",
        [
            {"target": blocked, "message": "An App Service plan cannot be deleted while web apps are assigned to it."}
            for blocked in operation["blocked"]
        ],
    )
