"""Microsoft.OperationalInsights, 2023-09-01, and Microsoft.Insights, 2020-02-02 and 2021-05-01-preview (REST API
specifications, resource-manager).
"""

from __future__ import annotations

from typing import Final

from rehearsal.providers.azure_native.resource_type import GROUP, ResourceType
from rehearsal.providers.azure_native.shape import (
    BOOLEAN,
    INTEGER,
    LIST,
    MAP,
    NUMBER,
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

_RETENTION = object_of(enabled=BOOLEAN, days=INTEGER)

WORKSPACE: Final = ResourceType(
    token="azure-native:operationalinsights:Workspace",  # noqa: S106 (a type token)
    api_version="2023-09-01",
    path=f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/{{workspaceName}}",
    name_rule=Property(Kind.TEXT, least=4, most=63, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]$"),
    properties={
        "location": required(force_new(top(TEXT))),
        "tags": top(MAP),
        "etag": read_only(top(TEXT)),
        "sku": object_of(name=required(TEXT), capacityReservationLevel=INTEGER, lastSkuUpdate=read_only(TEXT)),
        "retentionInDays": INTEGER,
        "features": object_of(
            clusterResourceId=TEXT,
            **booleans("disableLocalAuth", "enableDataExport", "enableLogAccessUsingOnlyResourcePermissions"),
            immediatePurgeDataOn30Days=BOOLEAN,
        ),
        "workspaceCapping": object_of(
            dailyQuotaGb=NUMBER, **only_read(**texts("dataIngestionStatus", "quotaNextResetTime"))
        ),
        "forceCmkForQuery": BOOLEAN,
        **texts("publicNetworkAccessForIngestion", "publicNetworkAccessForQuery"),
        **only_read(
            **texts("customerId", "createdDate", "modifiedDate", "provisioningState"),
            privateLinkScopedResources=LIST,
        ),
    },
)

COMPONENT: Final = ResourceType(
    token="azure-native:applicationinsights:Component",  # noqa: S106 (a type token)
    api_version="2020-02-02",
    path=f"{GROUP}/providers/Microsoft.Insights/components/{{resourceName}}",
    properties={
        "kind": required(top(TEXT)),
        "location": required(force_new(top(TEXT))),
        "tags": top(MAP),
        "applicationType": named("Application_Type", required(force_new(TEXT))),
        "flowType": named("Flow_Type", TEXT),
        "requestSource": named("Request_Source", TEXT),
        "workspaceResourceId": named("WorkspaceResourceId", TEXT),
        "ingestionMode": named("IngestionMode", TEXT),
        "disableIpMasking": named("DisableIpMasking", BOOLEAN),
        "disableLocalAuth": named("DisableLocalAuth", BOOLEAN),
        "forceCustomerStorageForProfiler": named("ForceCustomerStorageForProfiler", BOOLEAN),
        "retentionInDays": named("RetentionInDays", INTEGER),
        "samplingPercentage": named("SamplingPercentage", NUMBER),
        **texts("publicNetworkAccessForIngestion", "publicNetworkAccessForQuery"),
        **only_read(
            appId=named("AppId", TEXT),
            applicationId=named("ApplicationId", TEXT),
            connectionString=named("ConnectionString", TEXT),
            creationDate=named("CreationDate", TEXT),
            instrumentationKey=named("InstrumentationKey", TEXT),
            provisioningState=TEXT,
            tenantId=named("TenantId", TEXT),
        ),
    },
)

DIAGNOSTIC_SETTING: Final = ResourceType(
    token="azure-native:monitor:DiagnosticSetting",  # noqa: S106 (a type token)
    api_version="2021-05-01-preview",
    path="/{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
    properties={
        **texts("workspaceId", "logAnalyticsDestinationType", "storageAccountId"),
        "logs": objects_of(category=TEXT, categoryGroup=TEXT, enabled=required(BOOLEAN), retentionPolicy=_RETENTION),
        "metrics": objects_of(category=TEXT, enabled=required(BOOLEAN), timeGrain=TEXT, retentionPolicy=_RETENTION),
    },
)
