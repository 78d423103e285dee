"""One of each component, as a program would declare it."""

from __future__ import annotations

from typing import Any

import pulumi

from components.app_role import AppRole
from components.app_role_grant import AppRoleGrant, AppRoleGrantArgs
from components.developer_client import DeveloperClient, DeveloperClientArgs
from components.function_app import FunctionApp, FunctionAppArgs
from components.protected_api import ProtectedApi, ProtectedApiArgs
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
DEVELOPER_CLIENT = DeveloperClientArgs(
    display_name="keyless-dev-caller-developer", owner_object_id=DEPLOYER, expires="2027-01-01T00:00:00Z"
)

EXAMPLES: dict[type[pulumi.ComponentResource], Any] = {
    ProtectedApi: API,
    FunctionApp: FUNCTION_APP,
    AppRoleGrant: GRANT,
    DeveloperClient: DEVELOPER_CLIENT,
}
"""The arguments of one of each."""


def declare(component: type[pulumi.ComponentResource], name: str) -> pulumi.ComponentResource:
    """Declares a component with its example's arguments, as each of them is declared: name and args."""
    constructor: Any = component
    declared: pulumi.ComponentResource = constructor(name, EXAMPLES[component])
    return declared
