"""A storage account that opens to identities only."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import storage


def declare(
    name: str,
    *,
    account_name: str,
    location: str,
    tags: Mapping[str, str],
    sku: storage.SkuName,
    resource_group_name: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> storage.StorageAccount:
    """Declares an account: no keys, no anonymous reading, no copies into other tenants."""
    return storage.StorageAccount(
        name,
        resource_group_name=resource_group_name,
        account_name=account_name,
        location=location,
        tags=tags,
        kind=storage.Kind.STORAGE_V2,
        sku=storage.SkuArgs(name=sku),
        enable_https_traffic_only=True,
        minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
        allow_blob_public_access=False,
        allow_cross_tenant_replication=False,
        allow_shared_key_access=False,
        default_to_o_auth_authentication=True,
        opts=opts,
    )
