"""The site of a function app: what runs, how far it scales, who reaches it, and its identity.

Nothing stands on the site itself that changes often. What is part of it but changes by itself, such as the settings, is
a resource of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import resources, web

from components.host_storage import HostStorage
from components.scale import Scale


@dataclass(frozen=True, kw_only=True)
class SiteArgs:
    """What the site is to be."""

    name: str
    """2 to 60 of `a-z 0-9 -`, unique in Azure."""
    location: str
    tags: Mapping[str, str]
    scale: Scale
    allowed_ip_ranges: Sequence[str]
    """Who may call, in CIDR notation; empty for everybody."""
    python_version: str
    protect: bool


def declare(
    name: str, args: SiteArgs, group: resources.ResourceGroup, storage: HostStorage, parent: pulumi.Resource
) -> web.WebApp:
    """Declares the plan and the site on it, in the group and deleted with it."""
    with_group = pulumi.ResourceOptions(parent=parent, deleted_with=group)
    plan = web.AppServicePlan(
        f"{name}-plan",
        resource_group_name=group.name,
        name=args.name,
        location=args.location,
        tags=args.tags,
        kind="functionapp",
        reserved=True,
        sku=web.SkuDescriptionArgs(name="FC1", tier="FlexConsumption"),
        opts=with_group,
    )
    # A Flex Consumption plan holds one site only: the old one has to go first.
    alone = pulumi.ResourceOptions(protect=args.protect, delete_before_replace=True, depends_on=[storage.packages])
    return web.WebApp(
        f"{name}-site",
        resource_group_name=group.name,
        name=args.name,
        location=args.location,
        tags=args.tags,
        kind="functionapp,linux",
        server_farm_id=plan.id,
        identity=web.ManagedServiceIdentityArgs(type=web.ManagedServiceIdentityType.SYSTEM_ASSIGNED),
        https_only=True,
        site_config=_site_config(args.allowed_ip_ranges),
        function_app_config=_function_app_config(args, storage),
        opts=pulumi.ResourceOptions.merge(with_group, alone),
    )


def identity_of(site: web.WebApp, parent: pulumi.Resource) -> pulumi.Output[web.GetWebAppResult]:
    """Returns the site as Azure knows it, its identity above all.

    A preview of an update of a site knows none of its outputs, and whatever takes one of them previews as changed: each
    grant of the identity as replaced, although no update of a site ever changes its identity
    (pulumi-azure-native#1080). So the identity is looked up, by the id that is known exactly as long as the site stays
    the same one: a site that is to be created or replaced has none yet, and its identity is as unknown as it really
    is.

    The site stays among the dependencies of what is returned: the SDK drops them from a look-up that it does not make
    (pulumi 3.272, `runtime/invoke.py`), and a grant could then not tell that its identity is another one because the
    site is.
    """
    live = web.get_web_app_output(
        name=site.id.apply(lambda known: known.split("/")[-1]),
        resource_group_name=site.id.apply(lambda known: known.split("/")[4]),
        opts=pulumi.InvokeOutputOptions(parent=parent),
    )
    return pulumi.Output.all(site.id, live).apply(lambda known: known[1])


def part_of(
    site: web.WebApp, parent: pulumi.Resource, *, after: pulumi.Resource | None = None
) -> pulumi.ResourceOptions:
    """Returns the options of what is gone when the site is: its own deletion would fail on the missing site.

    The parts of a site come one after the other. Two at once are a conflict (`Cannot modify this site because another
    operation is in progress`, Azure/azure-functions-on-container-apps#53) that the provider does not wait out.
    """
    return pulumi.ResourceOptions(parent=parent, deleted_with=site, depends_on=after)


def close_publishing(
    name: str, group: resources.ResourceGroup, site: web.WebApp, parent: pulumi.Resource
) -> pulumi.Resource:
    """Takes the passwords off FTP and SCM: a publishing profile is a key, and nobody needs it to deploy.

    Flex Consumption offers no FTP and ARM refuses the property `ftpsState` on its sites (Azure Functions, "App settings
    reference", "Flex Consumption plan deprecations"; microsoft/azure-pipelines-tasks#21032), but both policies exist:
    Azure Verified Modules put them on Flex sites (Azure/terraform-azurerm-avm-res-web-site, examples/flex_consumption).

    Returns what has to be there before anything else changes the site.
    """
    ftp = web.WebAppFtpAllowed(
        f"{name}-ftp", resource_group_name=group.name, name=site.name, allow=False, opts=part_of(site, parent)
    )
    return web.WebAppScmAllowed(
        f"{name}-scm",
        resource_group_name=group.name,
        name=site.name,
        allow=False,
        opts=part_of(site, parent, after=ftp),
    )


def _site_config(allowed_ip_ranges: Sequence[str]) -> Any:
    """Returns a plain dict: SiteConfigArgs would add netFrameworkVersion, which Flex Consumption refuses.

    No health check: the platform has none on Flex Consumption, where an instance that fails is replaced anyway
    (microsoft/azure-skills, "Azure Functions - Reliability Reference").
    """
    config: dict[str, Any] = {"min_tls_version": "1.2", "scm_min_tls_version": "1.2", "http20_enabled": True}
    if allowed_ip_ranges:
        # SCM stays reachable for the deployment: it takes no password, only tokens of who may publish.
        config |= {
            "ip_security_restrictions_default_action": web.DefaultAction.DENY,
            "scm_ip_security_restrictions_use_main": False,
            "ip_security_restrictions": [
                {"name": f"allowed-{place}", "ip_address": allowed, "action": "Allow", "priority": 100 + place}
                for place, allowed in enumerate(allowed_ip_ranges, start=1)
            ],
        }
    return config


def _function_app_config(args: SiteArgs, storage: HostStorage) -> web.FunctionAppConfigArgs:
    """Returns what only Flex Consumption has: runtime, scale, and the container that holds the package."""
    scale = args.scale
    ready = [web.FunctionsAlwaysReadyConfigArgs(name="http", instance_count=scale.always_ready)]
    return web.FunctionAppConfigArgs(
        deployment=web.FunctionsDeploymentArgs(
            storage=web.FunctionsDeploymentStorageArgs(
                type=web.FunctionsDeploymentStorageType.BLOB_CONTAINER,
                value=storage.container_url,
                authentication=web.FunctionsDeploymentStorageAuthenticationArgs(
                    type=web.AuthenticationType.SYSTEM_ASSIGNED_IDENTITY
                ),
            )
        ),
        runtime=web.FunctionsRuntimeArgs(name=web.RuntimeName.PYTHON, version=args.python_version),
        scale_and_concurrency=web.FunctionsScaleAndConcurrencyArgs(
            maximum_instance_count=scale.maximum_instance_count,
            instance_memory_mb=scale.instance_memory_mb,
            always_ready=ready if scale.always_ready else None,
        ),
    )
