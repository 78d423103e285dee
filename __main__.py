"""A Function App calls an API that Entra protects, and nobody holds a key.

Configuration makes it several Function Apps or several APIs.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pulumi

from components import app_role_grant, app_setting, granted_api, naming, resource_tag, stack_output
from components.code import Code, CodeArgs
from components.developer_client import DeveloperClient, DeveloperClientArgs, secret_expiry
from components.function_app import FunctionApp, FunctionAppArgs
from components.protected_api import ProtectedApi, ProtectedApiArgs
from components.tenant import Tenant
from settings import OWN, Settings

project, stack = pulumi.get_project(), pulumi.get_stack()
settings = Settings.load()
tenant = Tenant.signed_in()
# Looked up before anything is registered: a wrong name creates nothing.
published = granted_api.published(settings.grants_on_others, tenant)

apis = {
    key: ProtectedApi(
        "api" if key == OWN else f"{api.name}-api",
        ProtectedApiArgs(
            api=api.name,
            display_name=api.display_name or naming.application(api.name, stack),
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
    names = naming.Names(tenant.id, project, stack, caller.name)
    scopes = app_setting.scopes({settings.apis[key].name: apis[key].scope for key in settings.apis_of(caller)})
    app = FunctionApp(
        caller.name,
        FunctionAppArgs(
            name=names.site,
            storage_account_name=names.storage_account,
            location=settings.location,
            app_settings={**caller.app_settings, **scopes},
            tags={**settings.tags, **resource_tag.of_stack(project, stack)},
            scale=caller.scale,
            allowed_ip_ranges=caller.allowed_ip_ranges,
            protect=settings.protect,
        ),
    )
    granted = [*granted_api.own(caller.grants, apis), *published[caller.name]]
    grants = app_role_grant.grant(caller.name, app.principal_id, granted, app.site)
    Code(
        f"{caller.name}-code",
        CodeArgs(folder="workload/caller", site_id=app.site.id, principal_id=app.principal_id),
        # Not before the identity has its roles: the platform keeps a token for a day, with the roles it had at first.
        opts=pulumi.ResourceOptions(depends_on=[*grants, *app.prepared], deleted_with=app.site),
    )
    roles = [{"api": api.shown, "role": role} for api in granted for role in api.role_ids]
    callers[caller.name] = {**app.described, "grantedRoles": roles}
    if settings.developer_client:
        developer = DeveloperClient(
            f"{caller.name}-developer",
            DeveloperClientArgs(
                display_name=naming.developer_client(project, stack, caller.name),
                owner_object_id=tenant.deployer_object_id,
                expires=secret_expiry(datetime.now(UTC)),
            ),
        )
        app_role_grant.grant(
            f"{caller.name}-developer",
            developer.service_principal_object_id,
            # What exists already is the function's own.
            [replace(api, imports={}) for api in granted],
            developer.application,
            pulumi.ResourceOptions(parent=developer),
        )
        callers[caller.name]["developerClient"] = developer.described

pulumi.export("tenantId", tenant.id)
stack_output.export("callers", callers)
stack_output.export("apis", {settings.apis[key].name: api.described for key, api in apis.items()})
