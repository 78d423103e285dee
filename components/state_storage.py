"""Where the state of stacks is kept for a team: blobs, a container for each environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import storage

from components import storage_account

_KEPT_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class StateStorageArgs:
    """Whose state, and where."""

    account_name: str
    """3 to 24 of `a-z 0-9`, unique in Azure."""
    location: str
    """An Azure region, as ARM writes it."""
    tags: Mapping[str, str]
    """On the account."""
    resource_group_name: pulumi.Input[str]
    """What it lives in. Whoever may write to it can open the account again, so no environment's deployer may."""
    environments: Sequence[str]
    """Each gets a container of its own."""
    lives_with: pulumi.Resource | None = None
    """The resource group, with which all of it is deleted."""
    protect: bool = False
    """Whether the state may be deleted: without it nobody knows any more what is deployed."""


class StateStorage(pulumi.ComponentResource):
    """A storage account that opens to identities only, and forgets nothing at once.

    Every version of a state is kept, and what is deleted comes back within 30 days (Azure Storage, "Blob versioning",
    "Soft delete for blobs", "Soft delete for containers"). It is copied to a second region.
    """

    backend_urls: Mapping[str, str]
    """What `pulumi login` takes, by environment."""
    containers: Mapping[str, pulumi.CustomResource]
    """The container of each environment: on it rights are given."""

    def __init__(self, name: str, args: StateStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Creates the storage; nobody may read or write yet."""
        super().__init__("keyless:state:StateStorage", name, None, opts)
        guarded = pulumi.ResourceOptions(parent=self, deleted_with=args.lives_with, protect=args.protect)
        account = storage_account.declare(
            f"{name}-account",
            account_name=args.account_name,
            location=args.location,
            tags=args.tags,
            sku=storage.SkuName.STANDARD_GRS,
            resource_group_name=args.resource_group_name,
            opts=guarded,
        )
        kept = storage.DeleteRetentionPolicyArgs(enabled=True, days=_KEPT_DAYS)
        service = storage.BlobServiceProperties(
            f"{name}-blobs",
            resource_group_name=args.resource_group_name,
            account_name=account.name,
            # The only name that Azure takes (pulumi-azure-native#4022).
            blob_services_name="default",
            is_versioning_enabled=True,
            delete_retention_policy=kept,
            container_delete_retention_policy=kept,
            opts=pulumi.ResourceOptions(parent=self, deleted_with=args.lives_with),
        )
        self.containers = {
            environment: storage.BlobContainer(
                f"{name}-{environment}",
                resource_group_name=args.resource_group_name,
                account_name=account.name,
                container_name=f"state-{environment}",
                public_access=storage.PublicAccess.NONE,
                # Not before deleted states are kept.
                opts=pulumi.ResourceOptions.merge(guarded, pulumi.ResourceOptions(depends_on=[service])),
            )
            for environment in args.environments
        }
        self.backend_urls = {
            environment: f"azblob://state-{environment}?storage_account={args.account_name}"
            for environment in args.environments
        }
        self.register_outputs({"backendUrls": self.backend_urls})
