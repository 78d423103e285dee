"""The resource types there are, by token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rehearsal.providers.azure_native.resource_type import ResourceType
from rehearsal.providers.azure_native.types.authorization import ROLE_ASSIGNMENT, ROLE_DEFINITION
from rehearsal.providers.azure_native.types.keyvault import KEY, VAULT
from rehearsal.providers.azure_native.types.monitoring import COMPONENT, DIAGNOSTIC_SETTING, WORKSPACE
from rehearsal.providers.azure_native.types.resources import RESOURCE_GROUP
from rehearsal.providers.azure_native.types.storage import BLOB_CONTAINER, BLOB_SERVICE, STORAGE_ACCOUNT
from rehearsal.providers.azure_native.types.web import APP_SERVICE_PLAN, PUBLISHING_POLICIES, WEB_APP, WEB_APP_SETTINGS

TYPES: Final[Mapping[str, ResourceType]] = {
    type_.token: type_
    for type_ in (
        RESOURCE_GROUP,
        STORAGE_ACCOUNT,
        BLOB_SERVICE,
        BLOB_CONTAINER,
        APP_SERVICE_PLAN,
        WEB_APP,
        WEB_APP_SETTINGS,
        *PUBLISHING_POLICIES,
        ROLE_ASSIGNMENT,
        ROLE_DEFINITION,
        VAULT,
        KEY,
        WORKSPACE,
        COMPONENT,
        DIAGNOSTIC_SETTING,
    )
}
