"""A deployed stack: its identities, its APIs, what it grants, and in which tenant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from access.report.permission import Permission, is_grant, permission_of
from access.report.resource import Resource, text
from access.report.state import State
from access.urn import logical_name

APPLICATION = "azuread:index/application:Application"
SERVICE_PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
ROLE_ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment"
_STACK = "pulumi:pulumi:Stack"
_CREDENTIALS = {
    "azuread:index/applicationPassword:ApplicationPassword": "keyId",
    "azuread:index/applicationCertificate:ApplicationCertificate": "keyId",
    "azuread:index/servicePrincipalPassword:ServicePrincipalPassword": "keyId",
    "azuread:index/servicePrincipalCertificate:ServicePrincipalCertificate": "keyId",
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": "credentialId",
    "azuread:index/applicationFlexibleFederatedIdentityCredential:ApplicationFlexibleFederatedIdentityCredential": (
        "credentialId"
    ),
}
"""Resources that declare how to act as a registration, and the output that holds the credential's id."""


@dataclass(frozen=True)
class Identity:
    """A principal that the stack creates or grants something to."""

    object_id: str
    """Of its service principal."""
    urn: str
    """Of the resource that it belongs to; of the first grant to it, if it is not the stack's own."""
    own: bool
    """Whether it lives and dies with a resource of the stack."""
    component: str = ""
    """The name of the component that its resource is part of."""


@dataclass(frozen=True)
class Declared:
    """A grant in the state."""

    urn: str
    id: str
    permission: Permission


@dataclass(frozen=True)
class Stack:
    """What the state says."""

    state: State

    @cached_property
    def outputs(self) -> Mapping[str, Any]:
        """What the program exports."""
        return next((each.outputs for each in self.state.resources if each.type == _STACK), {})

    @cached_property
    def tenant_id(self) -> str | None:
        """The tenant that the stack was deployed to, if its outputs tell."""
        found = text(self.outputs.get("tenantId"))
        return found and found.lower()

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of its resources, as they are imported by."""
        return frozenset(each.id for each in self._managed if each.id)

    @cached_property
    def subscriptions(self) -> tuple[str, ...]:
        """The subscriptions of its Azure resources."""
        parts = ((each.id or "").split("/") for each in self._managed if each.type.startswith("azure-native:"))
        return tuple(dict.fromkeys(part[2] for part in parts if len(part) > 2 and part[1].lower() == "subscriptions"))

    @cached_property
    def identities(self) -> tuple[Identity, ...]:
        """System-assigned identities of its resources, and every other principal that it grants something to."""
        found: dict[str, Identity] = {}
        for resource in self._managed:
            principal = text(resource.output("identity", "principalId"))
            if principal:
                found.setdefault(
                    principal.lower(),
                    Identity(principal.lower(), resource.urn, own=True, component=component(resource)),
                )
        for grant in self.grants:
            principal = grant.permission.principal.key
            if principal:
                found.setdefault(principal, Identity(principal, grant.urn, own=False))
        return tuple(found.values())

    @cached_property
    def apis(self) -> tuple[Resource, ...]:
        """The service principals that it creates."""
        return tuple(each for each in self._managed if each.type == SERVICE_PRINCIPAL)

    @cached_property
    def applications(self) -> tuple[Resource, ...]:
        """The registrations that it creates."""
        return tuple(each for each in self._managed if each.type == APPLICATION)

    @cached_property
    def grants(self) -> tuple[Declared, ...]:
        """Every grant in the state."""
        return tuple(
            Declared(each.urn, each.id or "", permission_of(each))
            for each in self.state.resources
            if is_grant(each) and not each.gone
        )

    @cached_property
    def credentials(self) -> frozenset[str]:
        """The ids of the secrets, certificates and federated credentials that it declares."""
        found = {text(each.output(_CREDENTIALS[each.type])) for each in self._managed if each.type in _CREDENTIALS} | {
            text(secret.get("keyId"))
            for each in self.applications
            for secret in each.output("passwords") or ()
            if isinstance(secret, Mapping)
        }
        return frozenset(key.lower() for key in found if key)

    @cached_property
    def _managed(self) -> tuple[Resource, ...]:
        return tuple(each for each in self.state.resources if each.custom and not each.external and not each.gone)


def component(resource: Resource) -> str:
    """Returns the name of the component that a resource is part of; empty if it is part of none."""
    return logical_name(resource.parent) if resource.parent else ""


def object_id(resource: Resource) -> str:
    """Returns the object id of a registration or of a service principal of the state."""
    return (text(resource.output("objectId")) or (resource.id or "").rpartition("/")[2]).lower()
