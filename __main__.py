"""Function Apps call APIs that Entra protects, and nobody holds a key."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pulumi

from components import app_setting, naming, resource_tag
from components.app_role_grant import AppRoleGrant, AppRoleGrantArgs
from components.code import Code, CodeArgs
from components.developer_client import DeveloperClient, DeveloperClientArgs, secret_expiry
from components.function_app import FunctionApp, FunctionAppArgs
from components.granted_api import granted_apis
from components.protected_api import ProtectedApi, ProtectedApiArgs
from components.tenant import Tenant
from settings import OWN, Settings

settings = Settings.load()
tenant = Tenant.signed_in()
# Looked up before anything is registered: a wrong name creates nothing.
found = tenant.published_apis(
    grant.api for caller in settings.callers for grant in caller.grants if grant.api not in settings.apis
)
published = {
    caller.name: granted_apis(
        [(grant.api, grant.roles) for grant in caller.grants if grant.api not in settings.apis], found, caller.imports
    )
    for caller in settings.callers
}
tags = {**settings.tags, **resource_tag.of_stack(pulumi.get_project(), pulumi.get_stack())}

apis = {
    key: ProtectedApi(
        "api" if key == OWN else f"{api.name}-api",
        ProtectedApiArgs(
            api=api.name,
            display_name=api.display_name or naming.application(api.name, pulumi.get_stack()),
            roles=api.roles,
            tenant_id=tenant.id,
            owner_object_id=tenant.deployer_object_id,
            identifier_uri=api.identifier_uri,
            protect=settings.protect,
            imports=api.imports,
        ),
    )
    for key, api in settings.apis.items()
}

callers: dict[str, dict[str, object]] = {}
for caller in settings.callers:
    own_roles = {
        key: [role for grant in caller.grants if grant.api == key for role in grant.roles]
        for key in dict.fromkeys(grant.api for grant in caller.grants)
        if key in apis
    }
    called = [OWN] if OWN in apis else list(own_roles)
    scopes = app_setting.scope_names([settings.apis[key].name for key in called])
    by_name = {settings.apis[key].name: apis[key].scope for key in called}
    names = naming.Names(tenant.id, pulumi.get_project(), pulumi.get_stack(), caller.name)
    app = FunctionApp(
        caller.name,
        FunctionAppArgs(
            name=names.site,
            storage_account_name=names.storage_account,
            location=settings.location,
            app_settings={**caller.app_settings, **{setting: by_name[api] for setting, api in scopes.items()}},
            tags=tags,
            scale=caller.scale,
            allowed_ip_ranges=caller.allowed_ip_ranges,
            protect=settings.protect,
        ),
    )
    granted = {
        key.replace(":", "-"): AppRoleGrantArgs(
            principal_object_id=app.principal_id,
            resource_object_id=apis[key].service_principal_object_id,
            roles={role: apis[key].role_ids[role] for role in roles},
            imports={role: caller.imports[key, role] for role in roles if (key, role) in caller.imports},
            lives_with=app.site,
        )
        for key, roles in own_roles.items()
    } | {
        other.name: AppRoleGrantArgs(
            principal_object_id=app.principal_id,
            resource_object_id=other.api.object_id,
            roles=other.role_ids,
            imports=other.imports,
            lives_with=app.site,
        )
        for other in published[caller.name]
    }
    grants = [AppRoleGrant(f"{caller.name}-{api}", args) for api, args in granted.items()]
    Code(
        f"{caller.name}-code",
        CodeArgs(folder="workload/caller", site_id=app.site.id, principal_id=app.principal_id),
        # Not before the identity has its roles: the platform keeps a token for a day, with the roles it had at first.
        opts=pulumi.ResourceOptions(depends_on=[*grants, *app.prepared], deleted_with=app.site),
    )
    callers[caller.name] = {
        "functionAppName": app.name,
        "functionAppHostName": app.host_name,
        "principalId": app.principal_id,
        "grantedRoles": [{"api": key, "role": role} for key, roles in own_roles.items() for role in roles]
        + [
            {"api": other.api.display_name, "role": role} for other in published[caller.name] for role in other.role_ids
        ],
    }
    if settings.developer_client:
        developer = DeveloperClient(
            f"{caller.name}-developer",
            DeveloperClientArgs(
                display_name=naming.developer_client(pulumi.get_project(), pulumi.get_stack(), caller.name),
                owner_object_id=tenant.deployer_object_id,
                expires=secret_expiry(datetime.now(UTC)),
            ),
        )
        for api, args in granted.items():
            own = args.held_by(developer.service_principal_object_id, lives_with=developer.application)
            AppRoleGrant(f"{caller.name}-developer-{api}", own, pulumi.ResourceOptions(parent=developer))
        callers[caller.name]["developerClient"] = developer.described

pulumi.export("tenantId", tenant.id)
described = {settings.apis[key].name: api.described for key, api in apis.items()}
several: dict[str, Mapping[str, Mapping[str, object]]] = {"callers": callers, "apis": described}
for plural, named in several.items():
    if len(named) > 1:
        pulumi.export(plural, named)
    for each in named.values() if len(named) == 1 else ():
        for name, value in each.items():
            pulumi.export(name, value)
