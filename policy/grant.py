"""Grants: who gets what a stack gives."""

from __future__ import annotations

from collections.abc import Iterator

from policy.app_role import APP_ROLE_ASSIGNMENT, ROLE_ASSIGNMENT
from policy.application import SERVICE_PRINCIPAL
from policy.resource import UNKNOWN, Resource, Stack
from policy.rule import Question, StackRule

_HOLDERS = {APP_ROLE_ASSIGNMENT: "principalObjectId", ROLE_ASSIGNMENT: "principalId"}
_USER_ASSIGNED = "azure-native:managedidentity:UserAssignedIdentity"


def _object_ids(resource: Resource) -> Iterator[str]:
    """Goes through the object ids of the identities that a resource brings, as far as they are known."""
    for found in (
        resource.value("objectId") if resource.type == SERVICE_PRINCIPAL else None,
        resource.value("principalId") if resource.type == _USER_ASSIGNED else None,
        resource.value("identity", "principalId") if resource.type.startswith("azure-native:") else None,
    ):
        if isinstance(found, str) and found != UNKNOWN:
            yield found.lower()


def _brings_identity(resource: Resource) -> bool:
    return resource.type in (SERVICE_PRINCIPAL, _USER_ASSIGNED) or (
        resource.type.startswith("azure-native:") and "SystemAssigned" in str(resource.value("identity", "type"))
    )


def _own_identity(stack: Stack, _: Question) -> Iterator[tuple[Resource, str]]:
    own = {object_id for resource in stack.resources for object_id in _object_ids(resource)}
    for grant in stack.of_type(*_HOLDERS):
        name = _HOLDERS[grant.type]
        holder = grant.value(name)
        if any(_brings_identity(source) for source in stack.sources(grant, name)):
            continue
        if isinstance(holder, str) and holder != UNKNOWN and holder.lower() in own:
            continue
        shown = "an identity that is not known yet" if holder in (None, UNKNOWN) else holder
        problem = f"{grant.name} gives a permission to {shown}, which is no identity of this stack and "
        yield grant, f"{problem}would keep it when the stack is gone. Take {name} from a resource of the stack."


OWN_IDENTITY = StackRule(
    "grants-reach-own-identity",
    "What a stack grants goes to an identity of the same stack, and goes when it goes.",
    _own_identity,
)
