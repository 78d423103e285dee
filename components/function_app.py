"""A Function App on Flex Consumption, with an identity of its own and no key anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization, resources, storage, web

from components import app_setting

STORAGE_BLOB_DATA_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
"""Azure built-in role: what the Functions host needs on its storage (Azure Functions, "Connecting to host storage with
an identity"), and enough for the deployment package too."""
_PACKAGES = "app-package"


@dataclass(frozen=True, kw_only=True)
class FunctionAppArgs:
    """Which app, and where."""

    name: str
    """Of the site, its plan and their resource group: 2 to 60 of `a-z 0-9 -`, unique in Azure."""
    storage_account_name: str
    """3 to 24 of `a-z 0-9`, unique in Azure."""
    location: str
    """A region that hosts Flex Consumption, as ARM writes it."""
    app_settings: Mapping[str, pulumi.Input[str]]
    """What the code finds in its environment, besides what the platform puts there."""
    protect: bool = False
    """Whether the site may be deleted: its identity, and every permission that this holds, dies with it."""
    python_version: str = "3.12"
    """Of the runtime. Azure accepts a version it does not know, and the host then never starts
    (Azure/Azure-Functions#2666)."""
    maximum_instance_count: int = 40
    """How far the app may scale out."""
    instance_memory_mb: int = 2048
    """512, 2048 or 4096."""


class FunctionApp(pulumi.ComponentResource):
    """A site with a system-assigned identity, all that it stands on, and nothing that takes a password.

    Settings are resources of their own. An update of the site makes its outputs unknown in a preview, the identity
    among them, and each grant of that identity would then preview as replaced (pulumi-azure-native#1080): so what
    changes often must not touch the site.
    """

    name: pulumi.Output[str]
    """The site's name."""
    host_name: pulumi.Output[str]
    """Where it answers, over HTTPS."""
    principal_id: pulumi.Output[str]
    """The object id of its identity's service principal."""

    def __init__(self, name: str, args: FunctionAppArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Creates the app; it has no code yet."""
        super().__init__("keyless:compute:FunctionApp", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = resources.ResourceGroup(
            f"{name}-resource-group", resource_group_name=args.name, location=args.location, opts=child
        )
        account = _storage_account(name, args, group, child)
        packages = storage.BlobContainer(
            f"{name}-packages",
            resource_group_name=group.name,
            account_name=account.name,
            container_name=_PACKAGES,
            public_access=storage.PublicAccess.NONE,
            opts=child,
        )
        plan = web.AppServicePlan(
            f"{name}-plan",
            resource_group_name=group.name,
            name=args.name,
            location=args.location,
            kind="functionapp",
            reserved=True,
            sku=web.SkuDescriptionArgs(name="FC1", tier="FlexConsumption"),
            opts=child,
        )
        site = _site(name, args, group, plan, account, pulumi.ResourceOptions(parent=self, depends_on=[packages]))
        closed = _close_publishing(name, group, site, self)
        web.WebAppApplicationSettings(
            f"{name}-app-settings",
            resource_group_name=group.name,
            name=site.name,
            properties={
                **args.app_settings,
                app_setting.HOST_STORAGE_ACCOUNT: account.name,
                app_setting.HOST_STORAGE_CREDENTIAL: "managedidentity",
            },
            opts=_part_of(site, self, after=closed),
        )
        self.name = site.name
        self.host_name = site.default_host_name
        self.principal_id = site.identity.principal_id
        _own_blobs(name, account, self.principal_id, child)
        self.register_outputs({"name": self.name, "hostName": self.host_name, "principalId": self.principal_id})


def role_assignment_name(*, scope: str, principal_id: str) -> str:
    """Returns the name of the assignment of Storage Blob Data Owner at `scope` to `principal_id`: a stable GUID."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope.lower()}/{STORAGE_BLOB_DATA_OWNER}/{principal_id.lower()}"))


def role_definition_id(scope: str) -> str:
    """Returns the ARM id of Storage Blob Data Owner in the subscription that the ARM id `scope` lies in."""
    subscription = "/".join(scope.split("/")[:3])
    return f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{STORAGE_BLOB_DATA_OWNER}"


def _storage_account(
    name: str, args: FunctionAppArgs, group: resources.ResourceGroup, opts: pulumi.ResourceOptions
) -> storage.StorageAccount:
    """Declares where the host keeps its state and the package lies: open to identities only."""
    return storage.StorageAccount(
        f"{name}-storage-account",
        resource_group_name=group.name,
        account_name=args.storage_account_name,
        location=args.location,
        kind=storage.Kind.STORAGE_V2,
        sku=storage.SkuArgs(name=storage.SkuName.STANDARD_LRS),
        enable_https_traffic_only=True,
        minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
        allow_blob_public_access=False,
        allow_cross_tenant_replication=False,
        allow_shared_key_access=False,
        default_to_o_auth_authentication=True,
        opts=opts,
    )


def _site(
    name: str,
    args: FunctionAppArgs,
    group: resources.ResourceGroup,
    plan: web.AppServicePlan,
    account: storage.StorageAccount,
    opts: pulumi.ResourceOptions,
) -> web.WebApp:
    """Declares the site itself, with nothing on it that changes often."""
    # A Flex Consumption plan holds one site only: the old one has to go first.
    alone = pulumi.ResourceOptions(protect=args.protect, delete_before_replace=True)
    return web.WebApp(
        f"{name}-site",
        resource_group_name=group.name,
        name=args.name,
        location=args.location,
        kind="functionapp,linux",
        server_farm_id=plan.id,
        identity=web.ManagedServiceIdentityArgs(type=web.ManagedServiceIdentityType.SYSTEM_ASSIGNED),
        https_only=True,
        # A plain dict: SiteConfigArgs would add netFrameworkVersion, which Flex Consumption refuses.
        site_config={"min_tls_version": "1.2", "scm_min_tls_version": "1.2"},
        function_app_config=_function_app_config(args, account),
        opts=pulumi.ResourceOptions.merge(opts, alone),
    )


def _function_app_config(args: FunctionAppArgs, account: storage.StorageAccount) -> web.FunctionAppConfigArgs:
    """Returns what only Flex Consumption has: runtime, scale, and the container that holds the package.

    The container's URL is made of the account's name and not taken from its endpoints, which a preview of any update
    of the account does not know.
    """
    return web.FunctionAppConfigArgs(
        deployment=web.FunctionsDeploymentArgs(
            storage=web.FunctionsDeploymentStorageArgs(
                type=web.FunctionsDeploymentStorageType.BLOB_CONTAINER,
                value=account.name.apply(lambda known: f"https://{known}.blob.core.windows.net/{_PACKAGES}"),
                authentication=web.FunctionsDeploymentStorageAuthenticationArgs(
                    type=web.AuthenticationType.SYSTEM_ASSIGNED_IDENTITY
                ),
            )
        ),
        runtime=web.FunctionsRuntimeArgs(name=web.RuntimeName.PYTHON, version=args.python_version),
        scale_and_concurrency=web.FunctionsScaleAndConcurrencyArgs(
            maximum_instance_count=args.maximum_instance_count, instance_memory_mb=args.instance_memory_mb
        ),
    )


def _close_publishing(
    name: str, group: resources.ResourceGroup, site: web.WebApp, parent: pulumi.Resource
) -> pulumi.Resource:
    """Takes the passwords off FTP and SCM: a publishing profile is a key, and nobody needs it to deploy.

    Flex Consumption offers no FTP and ARM refuses the property `ftpsState` on its sites (Azure Functions, "App settings
    reference", "Flex Consumption plan deprecations"; microsoft/azure-pipelines-tasks#21032), but both policies exist:
    Azure Verified Modules put them on Flex sites (Azure/terraform-azurerm-avm-res-web-site, examples/flex_consumption).

    Returns what has to be there before anything else changes the site.
    """
    ftp = web.WebAppFtpAllowed(
        f"{name}-ftp", resource_group_name=group.name, name=site.name, allow=False, opts=_part_of(site, parent)
    )
    return web.WebAppScmAllowed(
        f"{name}-scm",
        resource_group_name=group.name,
        name=site.name,
        allow=False,
        opts=_part_of(site, parent, after=ftp),
    )


def _part_of(
    site: web.WebApp, parent: pulumi.Resource, *, after: pulumi.Resource | None = None
) -> pulumi.ResourceOptions:
    """Returns the options of what is gone when the site is: its own deletion would fail on the missing site.

    The parts of a site come one after the other. Two at once are a conflict (`Cannot modify this site because another
    operation is in progress`, Azure/azure-functions-on-container-apps#53) that the provider does not wait out.
    """
    return pulumi.ResourceOptions(parent=parent, deleted_with=site, depends_on=after)


def _own_blobs(
    name: str, account: storage.StorageAccount, principal_id: pulumi.Output[str], opts: pulumi.ResourceOptions
) -> None:
    """Lets the identity read and write the blobs of its storage account, and nothing else."""
    authorization.RoleAssignment(
        f"{name}-storage-role",
        # A new identity needs a new name: ARM refuses to change the principal of an assignment
        # (RoleAssignmentUpdateNotPermitted), and names are unique in the tenant.
        role_assignment_name=pulumi.Output.all(account.id, principal_id).apply(
            lambda known: role_assignment_name(scope=known[0], principal_id=known[1])
        ),
        scope=account.id,
        principal_id=principal_id,
        # Without it ARM looks the new identity up, and may not find it yet (PrincipalNotFound).
        principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
        role_definition_id=account.id.apply(role_definition_id),
        opts=opts,
    )
