"""Principals: the resources of a stack that bring an identity with them, and what people call them."""

from __future__ import annotations

from access.report.fate import has_system_identity
from access.report.resource import Resource, text

SERVICE_PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
APPLICATION = "azuread:index/application:Application"
_IN_ENTRA = {
    SERVICE_PRINCIPAL: "service principal",
    "azuread:index/group:Group": "group",
    "azuread:index/user:User": "user",
}
_USER_ASSIGNED = "azure-native:managedidentity:UserAssignedIdentity"
_NAMED_BY = {
    "azure-native:resources:ResourceGroup": "resourceGroupName",
    "azure-native:storage:StorageAccount": "accountName",
    "azure-native:storage:BlobContainer": "containerName",
    "azure-native:keyvault:Vault": "vaultName",
    "azure-native:managedidentity:UserAssignedIdentity": "resourceName",
    "azure-native:applicationinsights:Component": "resourceName",
}
"""The input that is a resource's name in Azure, where it is not `name` (the Python SDK of azure-native 3)."""


def kind_of(resource: Resource) -> str | None:
    """Returns what kind of principal a resource brings, such as `service principal`; None if it brings none.

    An Azure resource brings one if it has a system-assigned identity, and that dies with it (Microsoft Entra, "What are
    managed identities for Azure resources?").
    """
    if resource.type in _IN_ENTRA:
        return _IN_ENTRA[resource.type]
    if resource.type == _USER_ASSIGNED:
        return "user-assigned identity"
    if is_azure(resource) and (object_id(resource) or has_system_identity(resource.inputs)):
        return f"system-assigned identity of a {resource.type.rpartition(':')[2]}"
    return None


def object_id(resource: Resource) -> str | None:
    """Returns the object id of the principal that a resource brings, in lower case; None if it is not known."""
    if resource.type in _IN_ENTRA:
        found = text(resource.output("objectId"))
    elif resource.type == _USER_ASSIGNED:
        found = text(resource.output("principalId"))
    elif is_azure(resource):
        found = text(resource.output("identity", "principalId"))
    else:
        found = None
    return found and found.lower()


def is_azure(resource: Resource) -> bool:
    """Whether a resource is one of Azure Resource Manager."""
    return resource.type.startswith("azure-native:")


def azure_name(resource: Resource) -> str:
    """Returns a resource's name in Azure, or else in the program."""
    return (
        text(resource.input(_NAMED_BY.get(resource.type, "name")))
        or text(resource.output("name"))
        or resource.name.name
    )
