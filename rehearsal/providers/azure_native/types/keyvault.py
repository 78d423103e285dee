"""Microsoft.KeyVault (REST API specifications, resource-manager/Microsoft.KeyVault, 2024-11-01)."""

from __future__ import annotations

from typing import Final

from rehearsal.providers.azure_native.resource_type import GROUP, Naming, ResourceType
from rehearsal.providers.azure_native.shape import (
    ANYTHING,
    BOOLEAN,
    INTEGER,
    LIST,
    MAP,
    NUMBER,
    TEXT,
    Kind,
    Property,
    booleans,
    named,
    object_of,
    objects_of,
    only_read,
    read_only,
    required,
    texts,
    top,
    write_only,
)

_API = "2024-11-01"
_VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/{{vaultName}}"
_PERMISSIONS = object_of(certificates=LIST, keys=LIST, secrets=LIST, storage=LIST)

VAULT: Final = ResourceType(
    token="azure-native:keyvault:Vault",  # noqa: S106 (a type token)
    api_version=_API,
    path=_VAULT,
    name_rule=Property(Kind.TEXT, pattern=r"^[a-zA-Z0-9-]{3,24}$"),
    properties={
        "location": required(top(TEXT)),
        "tags": top(MAP),
        "properties": required(
            top(
                object_of(
                    sku=required(object_of(family=required(TEXT), name=required(TEXT))),
                    tenantId=required(TEXT),
                    accessPolicies=objects_of(
                        applicationId=TEXT,
                        objectId=required(TEXT),
                        permissions=required(_PERMISSIONS),
                        tenantId=required(TEXT),
                    ),
                    createMode=write_only(TEXT),
                    **booleans("enablePurgeProtection", "enableRbacAuthorization", "enableSoftDelete"),
                    **booleans("enabledForDeployment", "enabledForDiskEncryption", "enabledForTemplateDeployment"),
                    networkAcls=object_of(
                        **texts("bypass", "defaultAction"),
                        ipRules=objects_of(value=required(TEXT)),
                        virtualNetworkRules=objects_of(id=required(TEXT), ignoreMissingVnetServiceEndpoint=BOOLEAN),
                    ),
                    publicNetworkAccess=TEXT,
                    softDeleteRetentionInDays=INTEGER,
                    **only_read(
                        **texts("hsmPoolResourceId", "provisioningState", "vaultUri"),
                        privateEndpointConnections=LIST,
                    ),
                )
            )
        ),
    },
)

_ATTRIBUTES = {
    **booleans("enabled", "exportable"),
    "notBefore": named("nbf", NUMBER),
    "expires": named("exp", NUMBER),
}

KEY: Final = ResourceType(
    token="azure-native:keyvault:Key",  # noqa: S106 (a type token)
    api_version=_API,
    path=f"{_VAULT}/keys/{{keyName}}",
    naming=Naming.COPY,
    name_rule=Property(Kind.TEXT, pattern=r"^[a-zA-Z0-9-]{1,127}$"),
    properties={
        "tags": top(MAP),
        "location": read_only(top(TEXT)),
        # What goes in stands in `properties`, what comes out beside it.
        "properties": required(
            top(
                write_only(
                    object_of(
                        attributes=object_of(**_ATTRIBUTES),
                        **texts("curveName", "kty"),
                        keyOps=LIST,
                        keySize=INTEGER,
                        rotationPolicy=ANYTHING,
                    )
                )
            )
        ),
        **only_read(
            **texts("curveName", "keyUri", "keyUriWithVersion", "kty"),
            keyOps=LIST,
            keySize=INTEGER,
            rotationPolicy=ANYTHING,
            attributes=object_of(**_ATTRIBUTES, **only_read(created=NUMBER, updated=NUMBER, recoveryLevel=TEXT)),
        ),
    },
)
