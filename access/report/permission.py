"""Permissions: an identity, a role, and the API or the scope on which the identity holds it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from access.report.resource import Resource, text


class Kind(StrEnum):
    """Whose role it is."""

    APP_ROLE = "app role"
    """Of an API: `azuread.AppRoleAssignment`."""
    AZURE_ROLE = "Azure role"
    """Of Azure Resource Manager: `azure_native.authorization.RoleAssignment`."""


@dataclass(frozen=True)
class Reference:
    """An id that a permission holds."""

    value: str | None
    """As it is written; None if a preview does not know it."""
    sources: tuple[str, ...]
    """The URNs of the resources that the value comes from."""

    @property
    def key(self) -> str | None:
        """The id in lower case, as Azure compares ids."""
        return self.value and self.value.lower()


@dataclass(frozen=True)
class Permission:
    """What one grant gives, before a change or after it."""

    kind: Kind
    principal: Reference
    role: Reference
    target: Reference
    """The API's service principal, or the ARM id of the scope."""
    principal_name: str | None
    """The display name that Microsoft Graph gave back."""
    target_name: str | None
    condition: Any = None
    """Of an Azure role assignment: what limits it further (Azure, "What is Azure attribute-based
    access control?")."""

    @property
    def conditional(self) -> bool:
        """Whether it holds under a condition only."""
        return self.condition is not None


@dataclass(frozen=True)
class _Grant:
    kind: Kind
    principal: str
    role: str
    target: str


_GRANTS = {
    "azuread:index/appRoleAssignment:AppRoleAssignment": _Grant(
        Kind.APP_ROLE, "principalObjectId", "appRoleId", "resourceObjectId"
    ),
    "azure-native:authorization:RoleAssignment": _Grant(Kind.AZURE_ROLE, "principalId", "roleDefinitionId", "scope"),
}

OTHER_WAYS = frozenset(
    {
        "azuread:index/accessPackageAssignmentPolicy:AccessPackageAssignmentPolicy",
        "azuread:index/accessPackageCatalogRoleAssignment:AccessPackageCatalogRoleAssignment",
        "azuread:index/administrativeUnitRoleMember:AdministrativeUnitRoleMember",
        "azuread:index/applicationCertificate:ApplicationCertificate",
        "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
        "azuread:index/applicationFlexibleFederatedIdentityCredential:ApplicationFlexibleFederatedIdentityCredential",
        "azuread:index/applicationOwner:ApplicationOwner",
        "azuread:index/applicationPassword:ApplicationPassword",
        "azuread:index/applicationPreAuthorized:ApplicationPreAuthorized",
        "azuread:index/directoryRoleAssignment:DirectoryRoleAssignment",
        "azuread:index/directoryRoleEligibilityScheduleRequest:DirectoryRoleEligibilityScheduleRequest",
        "azuread:index/directoryRoleMember:DirectoryRoleMember",
        "azuread:index/groupMember:GroupMember",
        "azuread:index/privilegedAccessGroupAssignmentSchedule:PrivilegedAccessGroupAssignmentSchedule",
        "azuread:index/privilegedAccessGroupEligibilitySchedule:PrivilegedAccessGroupEligibilitySchedule",
        "azuread:index/servicePrincipalCertificate:ServicePrincipalCertificate",
        "azuread:index/servicePrincipalDelegatedPermissionGrant:ServicePrincipalDelegatedPermissionGrant",
        "azuread:index/servicePrincipalPassword:ServicePrincipalPassword",
        "azure-native:authorization:PimRoleEligibilitySchedule",
        "azure-native:authorization:RoleDefinition",
        "azure-native:keyvault:AccessPolicy",
        "azure-native:managedidentity:FederatedIdentityCredential",
    }
)
"""Resources that give permissions, or the means to act as an identity, in ways that the report does not follow. It
names those that change, so that nobody takes it to cover them."""


def is_grant(resource: Resource) -> bool:
    """Whether a resource of the stack gives a permission that the report reads."""
    return resource.type in _GRANTS and resource.custom and not resource.external


def permission_of(resource: Resource) -> Permission:
    """Returns what a grant gives.

    The inputs tell it: an assignment cannot be changed, so they are what it was made with (Microsoft Graph reference,
    "appRoleAssignment resource type"; Azure, "RoleAssignmentUpdateNotPermitted").
    """
    grant = _GRANTS[resource.type]

    def reference(name: str) -> Reference:
        found = text(resource.input(name) if name in resource.inputs else resource.output(name))
        return Reference(found, resource.property_dependencies.get(name, ()))

    return Permission(
        kind=grant.kind,
        principal=reference(grant.principal),
        role=reference(grant.role),
        target=reference(grant.target),
        principal_name=text(resource.output("principalDisplayName")),
        target_name=text(resource.output("resourceDisplayName")),
        condition=resource.inputs.get("condition"),
    )
