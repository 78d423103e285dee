"""Microsoft.Authorization (REST API specifications, resource-manager/Microsoft.Authorization, 2022-04-01 and
2022-05-01-preview).
"""

from __future__ import annotations

from typing import Final

from rehearsal.providers.azure_native.resource_type import Naming, ResourceType
from rehearsal.providers.azure_native.shape import (
    LIST,
    TEXT,
    force_new,
    named,
    objects_of,
    only_read,
    required,
    texts,
)

ROLE_ASSIGNMENT: Final = ResourceType(
    token="azure-native:authorization:RoleAssignment",  # noqa: S106 (a type token)
    api_version="2022-04-01",
    path="/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    naming=Naming.UUID,
    properties={
        # Azure refuses to change the principal (pulumi-azure-native#771); the role may be tried in place.
        "principalId": required(force_new(TEXT)),
        "roleDefinitionId": required(TEXT),
        **texts("principalType", "condition", "conditionVersion", "delegatedManagedIdentityResourceId", "description"),
        **only_read(**texts("createdBy", "createdOn", "scope", "updatedBy", "updatedOn")),
    },
)

ROLE_DEFINITION: Final = ResourceType(
    token="azure-native:authorization:RoleDefinition",  # noqa: S106 (a type token)
    api_version="2022-05-01-preview",
    path="/{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
    naming=Naming.UUID,
    properties={
        **texts("description", "roleName"),
        "roleType": named("type", TEXT),
        "assignableScopes": LIST,
        "permissions": objects_of(
            **dict.fromkeys(("actions", "dataActions", "notActions", "notDataActions"), LIST),
            **only_read(**texts("condition", "conditionVersion")),
        ),
        **only_read(**texts("createdBy", "createdOn", "updatedBy", "updatedOn")),
    },
)
