"""What exists in the subscriptions: resources and role assignments as documents in the store.

A resource's document has `id`, `name`, `type`, `location` as Azure shows them, and whatever its own module keeps
beside them.
"""

from typing import Any

from rehearsal.azure.arm import resource_ids
from rehearsal.azure.context import Context

SUBSCRIPTION = "armSubscription"
RESOURCE = "armResource"
ROLE_ASSIGNMENT = "armRoleAssignment"
LOCK = "armLock"
BLOB = "armBlob"

Document = dict[str, Any]


def subscriptions(context: Context) -> list[Document]:
    """Every subscription, each with `id` (its GUID) and `name`; the stand-in's own comes first."""
    own = {"id": context.tenant.subscription_id, "name": context.tenant.subscription_name}
    return [own, *context.store.all(SUBSCRIPTION)]


def is_subscription(context: Context, subscription: str) -> bool:
    """Whether there is a subscription with this GUID."""
    return any(known["id"] == subscription.lower() for known in subscriptions(context))


def add_subscription(context: Context, subscription: str, name: str) -> None:
    """Write a subscription besides the stand-in's own."""
    context.store.put(SUBSCRIPTION, subscription, {"id": subscription, "name": name})


def find(context: Context, resource_id: str) -> Document | None:
    """The resource with this id, or None."""
    return context.store.get(RESOURCE, resource_ids.key(resource_id))


def keep(context: Context, document: Document) -> None:
    """Write a resource, new or changed."""
    context.store.put(RESOURCE, resource_ids.key(document["id"]), document)


def remove(context: Context, resource_id: str) -> None:
    """Forget a resource, everything below it, the blobs in it, and the role assignments and locks made there.

    Azure removes assignments whose scope is gone (Azure documentation, "Troubleshoot Azure RBAC", "orphaned").
    """
    for document in within(context, resource_id):
        context.store.remove(RESOURCE, resource_ids.key(document["id"]))
    for kind in (ROLE_ASSIGNMENT, LOCK, BLOB):
        for extension in context.store.all(kind):
            if resource_ids.covers(resource_id, extension["scope"]):
                context.store.remove(kind, resource_ids.key(extension["id"]))


def within(context: Context, scope: str, resource_type: str | None = None) -> list[Document]:
    """The resources at or below a scope in order of creation; `resource_type` (`Microsoft.Web/sites`) narrows them."""
    documents = of_type(context, resource_type) if resource_type else context.store.all(RESOURCE)
    return [document for document in documents if resource_ids.covers(scope, document["id"])]


def of_type(context: Context, resource_type: str) -> list[Document]:
    """The resources of a type in order of creation."""
    return context.store.find(RESOURCE, type=resource_type)


def sites_on(context: Context, plan_id: str) -> list[Document]:
    """The sites assigned to an App Service plan, in whatever group they are."""
    wanted = resource_ids.key(plan_id)
    return [
        site for site in of_type(context, "Microsoft.Web/sites") if resource_ids.key(site["serverFarmId"]) == wanted
    ]


def named(context: Context, resource_type: str, name: str) -> Document | None:
    """The resource of a type whose names are global (`Microsoft.Web/sites`, storage accounts), or None."""
    for document in of_type(context, resource_type):
        if document["name"].lower() == name.lower():
            return document
    return None


def resources(context: Context) -> list[Document]:
    """Every resource and resource group, each as `{"id", "name", "type"}`."""
    return [{name: document[name] for name in ("id", "name", "type")} for document in context.store.all(RESOURCE)]


def role_assignments(context: Context, *, principal_id: str | None = None) -> list[Document]:
    """Every role assignment, or those of one principal."""
    if principal_id is None:
        return context.store.all(ROLE_ASSIGNMENT)
    return context.store.find(ROLE_ASSIGNMENT, principalId=principal_id)


def keep_role_assignment(context: Context, document: Document) -> None:
    """Write a role assignment, new or changed."""
    context.store.put(ROLE_ASSIGNMENT, resource_ids.key(document["id"]), document)
