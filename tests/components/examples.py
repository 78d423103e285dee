"""One of each component, as a program would declare it."""

from __future__ import annotations

from typing import Any

import pulumi

from components.app_role import AppRole
from components.app_role_grant import AppRoleGrant, AppRoleGrantArgs
from components.developer_client import DeveloperClient, DeveloperClientArgs
from components.environment_access import EnvironmentAccess, EnvironmentAccessArgs
from components.function_app import FunctionApp, FunctionAppArgs
from components.pipeline_identity import PipelineIdentity, PipelineIdentityArgs
from components.protected_api import ProtectedApi, ProtectedApiArgs
from components.secrets_keys import SecretsKeys, SecretsKeysArgs
from components.state_storage import StateStorage, StateStorageArgs
from tests.components.directory import DEPLOYER, TENANT

API = ProtectedApiArgs(
    api="things",
    display_name="things-dev",
    roles=(AppRole("Things.Read.All", "Read every thing", "Read things"),),
    tenant_id=TENANT,
    owner_object_id=DEPLOYER,
)
FUNCTION_APP = FunctionAppArgs(
    name="keyless-dev-caller-abc",
    storage_account_name="keylessdevabc",
    location="westeurope",
    app_settings={"GREETING": "hello"},
    tags={"project": "keyless", "stack": "dev"},
)
GRANT = AppRoleGrantArgs(
    principal_object_id="p1", resource_object_id="r1", roles={"Things.Read.All": "id-1", "Things.Write.All": "id-2"}
)
PIPELINE_IDENTITY = PipelineIdentityArgs(
    display_name="contoso/keyless: deploy dev",
    subjects={
        "environment-dev": "repo:contoso/keyless:environment:dev",
        "environment-dev-ids": "repo:contoso@1/keyless@2:environment:dev",
    },
)
ENVIRONMENT_ACCESS = EnvironmentAccessArgs(
    subscription_id="60000000-0000-4000-8000-000000000001",
    settings_reader="contoso/keyless: settings reader dev",
    preview_principal_id="p1",
    deploy_principal_id="p2",
)
STATE_STORAGE = StateStorageArgs(
    account_name="keylessstateabc",
    location="westeurope",
    tags={"project": "keyless-bootstrap", "stack": "ci"},
    resource_group_name="keyless-state-abc",
    environments=("dev", "prod"),
)
SECRETS_KEYS = SecretsKeysArgs(
    vault_name="keyless-abc",
    location="westeurope",
    tags={"project": "keyless-bootstrap", "stack": "ci"},
    tenant_id=TENANT,
    resource_group_name="keyless-state-abc",
    environments=("dev", "prod"),
)
DEVELOPER_CLIENT = DeveloperClientArgs(
    display_name="keyless-dev-caller-developer", owner_object_id=DEPLOYER, expires="2027-01-01T00:00:00Z"
)

EXAMPLES: dict[type[pulumi.ComponentResource], Any] = {
    ProtectedApi: API,
    FunctionApp: FUNCTION_APP,
    AppRoleGrant: GRANT,
    PipelineIdentity: PIPELINE_IDENTITY,
    EnvironmentAccess: ENVIRONMENT_ACCESS,
    StateStorage: STATE_STORAGE,
    SecretsKeys: SECRETS_KEYS,
    DeveloperClient: DEVELOPER_CLIENT,
}
"""The arguments of one of each."""


def declare(component: type[pulumi.ComponentResource], name: str) -> pulumi.ComponentResource:
    """Declares a component with its example's arguments, as each of them is declared: name and args."""
    constructor: Any = component
    declared: pulumi.ComponentResource = constructor(name, EXAMPLES[component])
    return declared
