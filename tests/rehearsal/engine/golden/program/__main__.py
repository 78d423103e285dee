# mypy: ignore-errors
"""A small graph of registrations and grants that changes from step to step (config golden:step)."""

import uuid

import pulumi
import pulumi_azuread as azuread

config = pulumi.Config()
step = config.require_int("step")
note = config.get_secret("note") or "none"


def role(value):
    return azuread.ApplicationAppRoleArgs(
        allowed_member_types=["Application"],
        description=value,
        display_name=value,
        enabled=True,
        id=str(uuid.uuid5(uuid.NAMESPACE_URL, value)),
        value=value,
    )


class Api(pulumi.ComponentResource):
    def __init__(self, name, roles, display_name, opts=None):
        super().__init__("golden:index:Api", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.application = azuread.Application(
            f"{name}-application",
            display_name=display_name,
            app_roles=[role(r) for r in roles],
            api=azuread.ApplicationApiArgs(requested_access_token_version=2),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["identifierUris"], protect=step == 6),
        )
        self.identifier_uri = azuread.ApplicationIdentifierUri(
            f"{name}-uri",
            application_id=self.application.id,
            identifier_uri=self.application.client_id.apply(lambda client_id: f"api://{client_id}"),
            opts=child,
        )
        self.principal = azuread.ServicePrincipal(
            f"{name}-principal", client_id=self.application.client_id, app_role_assignment_required=True, opts=child
        )
        self.register_outputs({"clientId": self.application.client_id, "uri": self.identifier_uri.identifier_uri})


if step != 7:
    api = Api(
        "api",
        roles=["Things.Read.All"] if step < 2 else ["Things.Read.All", "Things.Write.All"],
        display_name="Things" if step < 2 else "Things API",
    )
    caller_name = "caller" if step < 3 else "caller-two"
    caller = azuread.Application(caller_name, display_name=caller_name)
    # step 4 renames the principal's resource with an alias: nothing may change
    principal = azuread.ServicePrincipal(
        "caller-principal" if step < 4 else "identity",
        client_id=caller.client_id,
        opts=None if step < 4 else pulumi.ResourceOptions(aliases=[pulumi.Alias(name="caller-principal")]),
    )
    graph = azuread.get_service_principal_output(client_id="00000003-0000-0000-c000-000000000000")
    azuread.AppRoleAssignment(
        "own-grant",
        app_role_id=str(uuid.uuid5(uuid.NAMESPACE_URL, "Things.Read.All")),
        principal_object_id=principal.object_id,
        resource_object_id=api.principal.object_id,
    )
    azuread.AppRoleAssignment(
        "graph-grant",
        app_role_id=graph.app_role_ids["Application.ReadWrite.All"],
        principal_object_id=principal.object_id,
        resource_object_id=graph.object_id,
    )
    pulumi.export("audience", api.application.client_id)
    pulumi.export("note", note)
