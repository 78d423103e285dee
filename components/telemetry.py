"""Where an app's logs and metrics go: Application Insights that takes them from identities only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import applicationinsights, monitor, operationalinsights, resources

RETENTION_DAYS = 30
"""What a workspace keeps at no extra cost (Azure Monitor, "Manage data retention in a Log Analytics workspace")."""
AUDIT_CATEGORIES = ("AppServiceAuditLogs", "AppServiceAuthenticationLogs", "AppServiceIPSecAuditLogs")
"""Who signed in for publishing, who was turned away. The app's own logs (FunctionAppLogs) reach the same workspace
through Application Insights; sending them twice would be paid for twice."""


@dataclass(frozen=True)
class Telemetry:
    """A workspace with an Application Insights component on it."""

    workspace: operationalinsights.Workspace
    component: applicationinsights.Component
    connection_string: pulumi.Output[str]
    """Where to send; no secret, since nobody without a role may."""


def declare(
    name: str,
    *,
    azure_name: str,
    location: str,
    tags: Mapping[str, str],
    group: resources.ResourceGroup,
    parent: pulumi.Resource,
) -> Telemetry:
    """Declares both, in the group and deleted with it.

    With `disable_local_auth` the instrumentation key opens nothing: a sender has to be an identity with the role
    Monitoring Metrics Publisher (Azure Monitor, "Microsoft Entra authentication for Application Insights").
    """
    opts = pulumi.ResourceOptions(parent=parent, deleted_with=group)
    workspace = operationalinsights.Workspace(
        f"{name}-workspace",
        resource_group_name=group.name,
        workspace_name=azure_name,
        location=location,
        tags=tags,
        sku=operationalinsights.WorkspaceSkuArgs(name=operationalinsights.WorkspaceSkuNameEnum.PER_GB2018),
        retention_in_days=RETENTION_DAYS,
        features=operationalinsights.WorkspaceFeaturesArgs(
            disable_local_auth=True, enable_log_access_using_only_resource_permissions=True
        ),
        opts=opts,
    )
    component = applicationinsights.Component(
        f"{name}-telemetry",
        resource_group_name=group.name,
        resource_name_=azure_name,
        location=location,
        tags=tags,
        kind="web",
        application_type=applicationinsights.ApplicationType.WEB,
        workspace_resource_id=workspace.id,
        ingestion_mode=applicationinsights.IngestionMode.LOG_ANALYTICS,
        disable_local_auth=True,
        opts=opts,
    )
    # Asked of Azure and not taken from the component's outputs, for the reason given in `site.identity_of`.
    live = applicationinsights.get_component_output(
        resource_group_name=component.id.apply(lambda known: known.split("/")[4]),
        resource_name=component.id.apply(lambda known: known.split("/")[-1]),
        opts=pulumi.InvokeOutputOptions(parent=parent),
    )
    return Telemetry(workspace, component, live.connection_string)


def watch(
    name: str,
    *,
    azure_name: str,
    resource_id: pulumi.Output[str],
    workspace: operationalinsights.Workspace,
    opts: pulumi.ResourceOptions,
) -> monitor.DiagnosticSetting:
    """Declares that a site's audit logs go to the workspace.

    Azure keeps such a setting when its resource goes, and the next resource of that id would find it again (Azure
    Monitor, "Diagnostic settings"): so it is deleted by itself, and never `deleted_with` anything.
    """
    return monitor.DiagnosticSetting(
        f"{name}-audit-logs",
        name=azure_name,
        resource_uri=resource_id,
        workspace_id=workspace.id,
        logs=[{"category": category, "enabled": True} for category in AUDIT_CATEGORIES],
        opts=opts,
    )
