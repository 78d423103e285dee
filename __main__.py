"""A Function App calls an API that Entra protects, and nobody holds a key."""

import pulumi

from components import naming
from components.app_role_grant import AppRoleGrant, AppRoleGrantArgs
from components.app_setting import API_SCOPE
from components.function_app import FunctionApp, FunctionAppArgs
from components.granted_api import granted_apis
from components.protected_api import ProtectedApi, ProtectedApiArgs
from components.tenant import Tenant
from settings import OWN, Settings

settings = Settings.load()
tenant = Tenant.signed_in()
own_roles = [role for grant in settings.grants if grant.api == OWN for role in grant.roles]
others = [(grant.api, grant.roles) for grant in settings.grants if grant.api != OWN]
# Looked up before anything is registered: a wrong name creates nothing.
imports = {(grant.api, role): identifier for grant in settings.grants for role, identifier in grant.imports.items()}
published = granted_apis(others, tenant.published_apis(api for api, _ in others), imports)

api = ProtectedApi(
    "api",
    ProtectedApiArgs(
        api=settings.api.name,
        display_name=naming.application(settings.api.name, pulumi.get_stack()),
        roles=settings.api.roles,
        tenant_id=tenant.id,
        owner_object_id=tenant.deployer_object_id,
        identifier_uri=settings.api.identifier_uri,
        protect=settings.protect,
        imports=settings.api.imports,
    ),
)

names = naming.Names(tenant.id, pulumi.get_project(), pulumi.get_stack(), "caller")
caller = FunctionApp(
    "caller",
    FunctionAppArgs(
        name=names.site,
        storage_account_name=names.storage_account,
        location=settings.location,
        app_settings={**settings.app_settings, API_SCOPE: api.scope},
        protect=settings.protect,
    ),
)

granted: list[dict[str, str]] = []
if own_roles:
    AppRoleGrant(
        f"caller-{OWN}",
        AppRoleGrantArgs(
            principal_object_id=caller.principal_id,
            resource_object_id=api.service_principal_object_id,
            roles={role: api.role_ids[role] for role in own_roles},
            imports={role: identifier for (name, role), identifier in imports.items() if name == OWN},
        ),
    )
    granted += [{"api": OWN, "role": role} for role in own_roles]
for other in published:
    AppRoleGrant(
        f"caller-{other.name}",
        AppRoleGrantArgs(
            principal_object_id=caller.principal_id,
            resource_object_id=other.api.object_id,
            roles=other.role_ids,
            imports=other.imports,
        ),
    )
    granted += [{"api": other.api.display_name, "role": role} for role in other.role_ids]

pulumi.export("functionAppName", caller.name)
pulumi.export("functionAppHostName", caller.host_name)
pulumi.export("principalId", caller.principal_id)
pulumi.export("tenantId", tenant.id)
pulumi.export("apiClientId", api.client_id)
pulumi.export("identifierUri", api.identifier_uri)
pulumi.export("scope", api.scope)
pulumi.export("audience", api.audience)
pulumi.export("issuer", api.issuer)
pulumi.export("grantedRoles", granted)
