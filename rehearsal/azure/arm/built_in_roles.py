"""Azure's built-in roles, as far as a Function App, its storage and its deployment meet them.

Ids, names and actions are those of the Azure documentation "Azure built-in roles" (pages "Privileged", "General",
"Storage", "Web and Mobile", "Monitor", "Security"); they are the same in every tenant and cloud.
"""

from rehearsal.azure.arm.role import Role

_CONTAINERS = "Microsoft.Storage/storageAccounts/blobServices/containers"
_KEYS = "Microsoft.KeyVault/vaults/keys"
_DELEGATION_KEY = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"
_QUEUES = "Microsoft.Storage/storageAccounts/queueServices/queues"
_TABLES = "Microsoft.Storage/storageAccounts/tableServices/tables"
_GROUPS_READ = "Microsoft.Resources/subscriptions/resourceGroups/read"
_RESOURCE_MANAGEMENT = (
    "Microsoft.Authorization/*/read",
    "Microsoft.Insights/alertRules/*",
    "Microsoft.ResourceHealth/availabilityStatuses/read",
    "Microsoft.Resources/deployments/*",
    _GROUPS_READ,
    "Microsoft.Support/*",
)

OWNER = Role(
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "Owner",
    "Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.",
    actions=("*",),
)

BUILT_IN_ROLES: tuple[Role, ...] = (
    OWNER,
    Role(
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        "Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC, "
        "manage assignments in Azure Blueprints, or share image galleries.",
        actions=("*",),
        not_actions=(
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
            "Microsoft.Blueprint/blueprintAssignments/delete",
            "Microsoft.Compute/galleries/share/action",
            "Microsoft.Purview/consents/write",
            "Microsoft.Purview/consents/delete",
            "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
            "Microsoft.Subscription/cancel/action",
            "Microsoft.Subscription/enable/action",
        ),
    ),
    Role(
        "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "Reader",
        "View all resources, but does not allow you to make any changes.",
        actions=("*/read",),
    ),
    Role(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        "Lets you manage user access to Azure resources.",
        actions=("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"),
    ),
    Role(
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        "Manage access to Azure resources by assigning roles using Azure RBAC. "
        "This role does not allow you to manage access using other ways, such as Azure Policy.",
        actions=(
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
            "Microsoft.Support/*",
        ),
    ),
    Role(
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "Storage Blob Data Owner",
        "Allows for full access to Azure Storage blob containers and data, including assigning POSIX access control.",
        actions=(f"{_CONTAINERS}/*", _DELEGATION_KEY),
        data_actions=(f"{_CONTAINERS}/blobs/*",),
    ),
    Role(
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Contributor",
        "Allows for read, write and delete access to Azure Storage blob containers and data",
        actions=(f"{_CONTAINERS}/delete", f"{_CONTAINERS}/read", f"{_CONTAINERS}/write", _DELEGATION_KEY),
        data_actions=tuple(
            f"{_CONTAINERS}/blobs/{verb}" for verb in ("delete", "read", "write", "move/action", "add/action")
        ),
    ),
    Role(
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage Blob Data Reader",
        "Allows for read access to Azure Storage blob containers and data",
        actions=(f"{_CONTAINERS}/read", _DELEGATION_KEY),
        data_actions=(f"{_CONTAINERS}/blobs/read",),
    ),
    Role(
        "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        "Storage Queue Data Contributor",
        "Allows for read, write, and delete access to Azure Storage queues and queue messages",
        actions=(f"{_QUEUES}/delete", f"{_QUEUES}/read", f"{_QUEUES}/write"),
        data_actions=tuple(f"{_QUEUES}/messages/{verb}" for verb in ("delete", "read", "write", "process/action")),
    ),
    Role(
        "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        "Storage Table Data Contributor",
        "Allows for read, write and delete access to Azure Storage tables and entities",
        actions=(f"{_TABLES}/read", f"{_TABLES}/write", f"{_TABLES}/delete"),
        data_actions=tuple(
            f"{_TABLES}/entities/{verb}" for verb in ("read", "write", "delete", "add/action", "update/action")
        ),
    ),
    Role(
        "17d1049b-9a84-46fb-8f53-869881c3d3ab",
        "Storage Account Contributor",
        "Lets you manage storage accounts, including accessing storage account keys "
        "which provide full access to storage account data.",
        actions=(
            *_RESOURCE_MANAGEMENT,
            "Microsoft.Insights/diagnosticSettings/*",
            "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action",
            "Microsoft.Storage/storageAccounts/*",
        ),
    ),
    Role(
        "de139f84-1756-47ae-9be6-808fbbe84772",
        "Website Contributor",
        "Manage websites, but not web plans. Does not allow you to assign roles in Azure RBAC.",
        actions=(
            *_RESOURCE_MANAGEMENT,
            "Microsoft.Insights/components/*",
            "Microsoft.Web/certificates/*",
            "Microsoft.Web/listSitesAssignedToHostName/read",
            "Microsoft.Web/register/action",
            "Microsoft.Web/serverFarms/join/action",
            "Microsoft.Web/serverFarms/read",
            "Microsoft.Web/sites/*",
        ),
    ),
    Role(
        "2cc479cb-7b4d-49a8-b449-8c00fd0f0a4b",
        "Web Plan Contributor",
        "Manage the web plans for websites. Does not allow you to assign roles in Azure RBAC.",
        actions=(
            *_RESOURCE_MANAGEMENT,
            "Microsoft.Web/serverFarms/*",
            "Microsoft.Web/hostingEnvironments/Join/Action",
            "Microsoft.Insights/autoscalesettings/*",
        ),
    ),
    Role(
        "3913510d-42f4-4e42-8a64-420c390055eb",
        "Monitoring Metrics Publisher",
        "Enables publishing metrics against Azure resources",
        actions=("Microsoft.Insights/Register/Action", "Microsoft.Support/*", _GROUPS_READ),
        data_actions=("Microsoft.Insights/Metrics/Write", "Microsoft.Insights/Telemetry/Write"),
    ),
    Role(
        "12338af0-0e69-4776-bea7-57ae8d297424",
        "Key Vault Crypto User",
        "Perform cryptographic operations using keys. "
        "Only works for key vaults that use the 'Azure role-based access control' permission model.",
        data_actions=(
            f"{_KEYS}/read",
            *(
                f"{_KEYS}/{verb}/action"
                for verb in ("update", "backup", "encrypt", "decrypt", "wrap", "unwrap", "sign", "verify")
            ),
        ),
    ),
    Role(
        "4633458b-17de-408a-b874-0445c86d0e6e",
        "Key Vault Secrets User",
        "Read secret contents. "
        "Only works for key vaults that use the 'Azure role-based access control' permission model.",
        data_actions=(
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
        ),
    ),
)

BY_ID = {role.id: role for role in BUILT_IN_ROLES}
