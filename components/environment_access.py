"""What the pipeline's identities may do in the subscription of one environment."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components import custom_role, role_assignment, role_delegation

_LIST_SETTINGS = "Microsoft.Web/sites/config/list/action"


@dataclass(frozen=True, kw_only=True)
class EnvironmentAccessArgs:
    """Who may do what where."""

    subscription_id: str
    """Of the environment, and of nothing else: a deployment makes its own resource groups, and the right to make one
    can be given on a subscription only."""
    settings_reader: str
    """The name of the role that reads the settings of sites: the only one of that name in the tenant."""
    preview_principal_id: pulumi.Input[str]
    """Who previews and looks for drift."""
    deploy_principal_id: pulumi.Input[str]
    """Who deploys and destroys."""


class EnvironmentAccess(pulumi.ComponentResource):
    """Reading for one identity, deploying for another, and nothing for anybody else.

    Reading includes the settings of sites, which a refresh reads by `POST …/config/appsettings/list` and `Reader` does
    not give. Deploying includes giving apps the roles that they need, and no other role to anybody.
    """

    scope: pulumi.Output[str]
    """The ARM id of the subscription."""

    def __init__(self, name: str, args: EnvironmentAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Gives the roles."""
        super().__init__("keyless:identity:EnvironmentAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        scope = f"/subscriptions/{args.subscription_id}"
        settings_reader = custom_role.declare(
            f"{name}-settings-reader",
            role_name=args.settings_reader,
            description="Reads the settings of web sites and function apps, and nothing else.",
            subscription_id=args.subscription_id,
            actions=[_LIST_SETTINGS],
            opts=child,
        )
        preview = {
            "preview-reads": (role_assignment.READER, None),
            "preview-reads-settings": (custom_role.guid(args.settings_reader, args.subscription_id), settings_reader),
        }
        for suffix, (role, after) in preview.items():
            role_assignment.assign(
                f"{name}-{suffix}",
                role=role,
                scope=scope,
                principal_id=args.preview_principal_id,
                opts=pulumi.ResourceOptions(parent=self, depends_on=after),
            )
        role_assignment.assign(
            f"{name}-deploy-contributes",
            role=role_assignment.CONTRIBUTOR,
            scope=scope,
            principal_id=args.deploy_principal_id,
            opts=child,
        )
        role_assignment.assign(
            f"{name}-deploy-gives-roles-to-apps",
            role=role_assignment.ROLE_BASED_ACCESS_CONTROL_ADMINISTRATOR,
            scope=scope,
            principal_id=args.deploy_principal_id,
            condition=role_delegation.condition(role_assignment.GIVEN_TO_APPS),
            opts=child,
        )
        self.scope = pulumi.Output.from_input(scope)
        self.register_outputs({"scope": self.scope})
