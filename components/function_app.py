"""A Function App on Flex Consumption, with an identity of its own and no key anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import resources, web

from components import app_setting, host_storage, role_assignment, site, telemetry
from components.scale import Scale


@dataclass(frozen=True, kw_only=True)
class FunctionAppArgs:
    """Which app, and where."""

    name: str
    """Of the site, its plan, its telemetry and their resource group: 4 to 60 of `a-z 0-9 -`, unique in Azure."""
    storage_account_name: str
    """3 to 24 of `a-z 0-9`, unique in Azure."""
    location: str
    """A region that hosts Flex Consumption, as ARM writes it."""
    app_settings: Mapping[str, pulumi.Input[str]]
    """What the code finds in its environment, besides what the platform puts there."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """On everything that takes tags."""
    scale: Scale = Scale()  # noqa: RUF009 (frozen)
    """How far the app may scale out, and what is always ready."""
    allowed_ip_ranges: Sequence[str] = ()
    """Who may call the app, in CIDR notation; empty for everybody."""
    protect: bool = False
    """Whether the site may be deleted: its identity, and every permission that this holds, dies with it."""
    python_version: str = "3.12"
    """Of the runtime. Azure accepts a version it does not know, and the host then never starts
    (Azure/Azure-Functions#2666)."""


class FunctionApp(pulumi.ComponentResource):
    """A site with a system-assigned identity, all that it stands on, and nothing that takes a password.

    The resource group is what everything lives in, so everything but extensions is deleted with it.
    """

    name: pulumi.Output[str]
    """The site's name."""
    host_name: pulumi.Output[str]
    """Where it answers, over HTTPS."""
    principal_id: pulumi.Output[str]
    """The object id of its identity's service principal."""
    site: pulumi.CustomResource
    """The site, which the identity lives and dies with."""
    prepared: Sequence[pulumi.Resource]
    """What code needs to be there before it starts: its settings, and the roles of its host."""

    def __init__(self, name: str, args: FunctionAppArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Creates the app; it has no code yet."""
        super().__init__("keyless:compute:FunctionApp", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = resources.ResourceGroup(
            f"{name}-resource-group",
            resource_group_name=args.name,
            location=args.location,
            tags=args.tags,
            opts=child,
        )
        storage = host_storage.declare(
            name,
            account_name=args.storage_account_name,
            location=args.location,
            tags=args.tags,
            group=group,
            parent=self,
        )
        insights = telemetry.declare(
            name, azure_name=args.name, location=args.location, tags=args.tags, group=group, parent=self
        )
        web_app = site.declare(
            name,
            site.SiteArgs(
                name=args.name,
                location=args.location,
                tags=args.tags,
                scale=args.scale,
                allowed_ip_ranges=args.allowed_ip_ranges,
                python_version=args.python_version,
                protect=args.protect,
            ),
            group,
            storage,
            self,
        )
        closed = site.close_publishing(name, group, web_app, self)
        settings = web.WebAppApplicationSettings(
            f"{name}-app-settings",
            resource_group_name=group.name,
            name=web_app.name,
            properties={
                **args.app_settings,
                app_setting.HOST_STORAGE_ACCOUNT: storage.account.name,
                app_setting.HOST_STORAGE_CREDENTIAL: "managedidentity",
                app_setting.TELEMETRY_CONNECTION: insights.connection_string,
                app_setting.TELEMETRY_AUTHENTICATION: "Authorization=AAD",
            },
            opts=site.part_of(web_app, self, after=closed),
        )
        live = site.identity_of(web_app, self)
        self.name = web_app.name
        self.site = web_app
        self.host_name = live.default_host_name
        self.principal_id = live.identity.principal_id
        blobs = role_assignment.assign(
            f"{name}-storage-role",
            role=role_assignment.STORAGE_BLOB_DATA_OWNER,
            scope=storage.account.id,
            principal_id=self.principal_id,
            opts=child,
        )
        metrics = role_assignment.assign(
            f"{name}-telemetry-role",
            role=role_assignment.MONITORING_METRICS_PUBLISHER,
            scope=insights.component.id,
            principal_id=self.principal_id,
            opts=child,
        )
        telemetry.watch(name, azure_name=args.name, resource_id=web_app.id, workspace=insights.workspace, opts=child)
        self.prepared = (settings, blobs, metrics)
        self.register_outputs({"name": self.name, "hostName": self.host_name, "principalId": self.principal_id})

    @property
    def described(self) -> dict[str, pulumi.Output[str]]:
        """What a reviewer has to know, by the names of the stack's outputs."""
        return {
            "functionAppName": self.name,
            "functionAppHostName": self.host_name,
            "principalId": self.principal_id,
        }
