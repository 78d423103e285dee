"""Microsoft.Storage (REST API specifications, resource-manager/Microsoft.Storage, 2024-01-01)."""

from __future__ import annotations

from typing import Final

from rehearsal.providers.azure_native.resource_type import GROUP, Naming, ResourceType
from rehearsal.providers.azure_native.shape import (
    ANYTHING,
    BOOLEAN,
    INTEGER,
    LIST,
    MAP,
    TEXT,
    Kind,
    Property,
    booleans,
    force_new,
    named,
    object_of,
    objects_of,
    only_read,
    read_only,
    required,
    texts,
    top,
)

_ENCRYPTED = object_of(enabled=BOOLEAN, keyType=TEXT, lastEnabledTime=read_only(TEXT))
_ENDPOINTS = object_of(**texts("blob", "dfs", "file", "queue", "table", "web"))

STORAGE_ACCOUNT: Final = ResourceType(
    token="azure-native:storage:StorageAccount",  # noqa: S106 (a type token)
    api_version="2024-01-01",
    path=f"{GROUP}/providers/Microsoft.Storage/storageAccounts/{{accountName}}",
    name_rule=Property(Kind.TEXT, least=3, most=24, pattern=r"^[a-z0-9]+$"),
    properties={
        "sku": required(top(object_of(name=required(TEXT), tier=read_only(TEXT)))),
        "kind": required(top(TEXT)),
        "location": required(force_new(top(TEXT))),
        "tags": top(MAP),
        "identity": top(object_of(type=required(TEXT), principalId=read_only(TEXT), tenantId=read_only(TEXT))),
        **texts("accessTier", "allowedCopyScope", "dnsEndpointType", "largeFileSharesState", "minimumTlsVersion"),
        **texts("publicNetworkAccess"),
        **booleans("allowBlobPublicAccess", "allowCrossTenantReplication", "allowSharedKeyAccess"),
        **booleans("defaultToOAuthAuthentication", "isLocalUserEnabled", "isSftpEnabled"),
        "enableHttpsTrafficOnly": named("supportsHttpsTrafficOnly", BOOLEAN),
        "enableNfsV3": named("isNfsV3Enabled", BOOLEAN),
        "isHnsEnabled": force_new(BOOLEAN),
        "encryption": object_of(
            keySource=TEXT,
            requireInfrastructureEncryption=BOOLEAN,
            services=object_of(blob=_ENCRYPTED, file=_ENCRYPTED, queue=_ENCRYPTED, table=_ENCRYPTED),
        ),
        "keyPolicy": object_of(keyExpirationPeriodInDays=required(INTEGER)),
        "networkRuleSet": named(
            "networkAcls",
            object_of(
                bypass=TEXT,
                defaultAction=required(TEXT),
                ipRules=objects_of(action=TEXT, iPAddressOrRange=named("value", TEXT)),
                virtualNetworkRules=objects_of(action=TEXT, virtualNetworkResourceId=named("id", TEXT)),
            ),
        ),
        "sasPolicy": object_of(expirationAction=required(TEXT), sasExpirationPeriod=required(TEXT)),
        **only_read(
            **texts("creationTime", "primaryLocation", "provisioningState", "secondaryLocation"),
            **texts("statusOfPrimary", "statusOfSecondary"),
            keyCreationTime=object_of(**texts("key1", "key2")),
            primaryEndpoints=_ENDPOINTS,
            secondaryEndpoints=_ENDPOINTS,
            privateEndpointConnections=LIST,
        ),
    },
    restored={
        "networkRuleSet": {
            "bypass": "AzureServices",
            "defaultAction": "Allow",
            "ipRules": [],
            "virtualNetworkRules": [],
        }
    },
)

BLOB_CONTAINER: Final = ResourceType(
    token="azure-native:storage:BlobContainer",  # noqa: S106 (a type token)
    api_version="2024-01-01",
    path=f"{GROUP}/providers/Microsoft.Storage/storageAccounts/{{accountName}}"
    "/blobServices/default/containers/{containerName}",
    naming=Naming.COPY,
    name_rule=Property(Kind.TEXT, least=3, most=63),
    properties={
        **texts("publicAccess", "defaultEncryptionScope"),
        **booleans("denyEncryptionScopeOverride", "enableNfsV3AllSquash", "enableNfsV3RootSquash"),
        "metadata": MAP,
        "immutableStorageWithVersioning": ANYTHING,
        "etag": read_only(top(TEXT)),
        **only_read(
            **texts("deletedTime", "lastModifiedTime", "leaseDuration", "leaseState", "leaseStatus", "version"),
            **booleans("deleted", "hasImmutabilityPolicy", "hasLegalHold"),
            remainingRetentionDays=INTEGER,
        ),
    },
)

_RETENTION = object_of(allowPermanentDelete=BOOLEAN, days=INTEGER, enabled=BOOLEAN)

BLOB_SERVICE: Final = ResourceType(
    token="azure-native:storage:BlobServiceProperties",  # noqa: S106 (a type token)
    api_version="2024-01-01",
    path=f"{GROUP}/providers/Microsoft.Storage/storageAccounts/{{accountName}}/blobServices/{{blobServicesName}}",
    # The logical name, which Azure refuses: the only name there is is `default` (pulumi-azure-native#4022).
    naming=Naming.COPY,
    properties={
        **booleans("automaticSnapshotPolicyEnabled", "isVersioningEnabled"),
        "defaultServiceVersion": TEXT,
        "changeFeed": object_of(enabled=BOOLEAN, retentionInDays=INTEGER),
        "containerDeleteRetentionPolicy": _RETENTION,
        "cors": ANYTHING,
        "deleteRetentionPolicy": _RETENTION,
        "lastAccessTimeTrackingPolicy": ANYTHING,
        "restorePolicy": object_of(
            days=INTEGER, enabled=required(BOOLEAN), **only_read(**texts("lastEnabledTime", "minRestoreTime"))
        ),
        "sku": read_only(top(object_of(name=TEXT, tier=TEXT))),
    },
    default_body={},
)
