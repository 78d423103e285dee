"""Where the Functions host keeps its state and an app's package lies: open to identities only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import resources, storage

from components import storage_account

_PACKAGES = "app-package"


@dataclass(frozen=True)
class HostStorage:
    """A storage account with a private container for the package."""

    account: storage.StorageAccount
    packages: storage.BlobContainer

    @property
    def container_url(self) -> pulumi.Output[str]:
        """The container's URL, made of the account's name and not taken from its endpoints, which a preview of any
        update of the account does not know.
        """
        return self.account.name.apply(lambda known: f"https://{known}.blob.core.windows.net/{_PACKAGES}")


def declare(
    name: str,
    *,
    account_name: str,
    location: str,
    tags: Mapping[str, str],
    group: resources.ResourceGroup,
    parent: pulumi.Resource,
) -> HostStorage:
    """Declares both, in the group and deleted with it."""
    opts = pulumi.ResourceOptions(parent=parent, deleted_with=group)
    account = storage_account.declare(
        f"{name}-storage-account",
        account_name=account_name,
        location=location,
        tags=tags,
        sku=storage.SkuName.STANDARD_LRS,
        resource_group_name=group.name,
        opts=opts,
    )
    packages = storage.BlobContainer(
        f"{name}-packages",
        resource_group_name=group.name,
        account_name=account.name,
        container_name=_PACKAGES,
        public_access=storage.PublicAccess.NONE,
        opts=opts,
    )
    return HostStorage(account, packages)
