"""The resource types the stand-in models, and the api-versions it knows them in.

The versions are those of the public specifications (Azure/azure-rest-api-specs); a client that asks for another one is
refused as Azure refuses it.
"""

from dataclasses import dataclass

from rehearsal.azure.arm.locations import REGIONS, Region

RESOURCES = "Microsoft.Resources"
STORAGE = "Microsoft.Storage"
WEB = "Microsoft.Web"
AUTHORIZATION = "Microsoft.Authorization"
INSIGHTS = "Microsoft.Insights"
KEY_VAULT = "Microsoft.KeyVault"
LOG_ANALYTICS = "Microsoft.OperationalInsights"
NAMESPACES = (AUTHORIZATION, INSIGHTS, KEY_VAULT, LOG_ANALYTICS, RESOURCES, STORAGE, WEB)


@dataclass(frozen=True)
class ResourceType:
    """One type: `full_name` as Azure lists it (`Microsoft.Web/serverFarms`), newest api-version first.

    `regional` types live in a region, others belong to what they are below.
    """

    full_name: str
    api_versions: tuple[str, ...]
    regional: bool = False

    @property
    def namespace(self) -> str:
        """`Microsoft.Web`."""
        return self.full_name.partition("/")[0]

    @property
    def name(self) -> str:
        """`serverFarms`."""
        return self.full_name.partition("/")[2]

    @property
    def regions(self) -> tuple[Region, ...]:
        """The regions a regional type is offered in."""
        return REGIONS if self.regional else ()


_RESOURCES = (
    *("2025-04-01", "2025-03-01", "2024-11-01", "2024-07-01", "2024-03-01", "2023-07-01", "2022-12-01", "2022-09-01"),
    *("2021-04-01", "2021-01-01", "2020-10-01", "2020-08-01", "2020-06-01", "2019-10-01", "2019-08-01", "2019-07-01"),
    *("2019-05-01", "2018-05-01", "2018-02-01", "2017-05-10", "2016-09-01", "2016-06-01", "2016-02-01", "2015-11-01"),
)
_SUBSCRIPTIONS = (
    *("2022-12-01", "2022-09-01", "2021-10-01", "2021-01-01", "2020-01-01", "2019-11-01", "2019-06-01", "2018-06-01"),
    *("2016-06-01", "2016-02-01", "2015-11-01"),
)
_STORAGE = (
    *("2026-09-01", "2026-04-01", "2025-08-01", "2025-06-01", "2025-01-01", "2024-01-01", "2023-05-01", "2023-04-01"),
    *("2023-01-01", "2022-09-01", "2022-05-01", "2021-09-01", "2021-08-01", "2021-06-01", "2021-04-01", "2021-02-01"),
    *("2021-01-01", "2020-08-01-preview", "2019-06-01", "2019-04-01", "2018-11-01", "2018-07-01", "2018-02-01"),
)
_WEB = (
    *("2025-05-01", "2025-03-01", "2024-11-01", "2024-04-01", "2023-12-01", "2023-01-01", "2022-09-01", "2022-03-01"),
    *("2021-03-01", "2021-02-01", "2021-01-15", "2021-01-01", "2020-12-01", "2020-10-01", "2020-09-01", "2020-06-01"),
    *("2019-08-01", "2018-11-01", "2018-02-01", "2016-08-01"),
)
_ROLES = (
    *("2022-05-01-preview", "2022-04-01", "2020-10-01-preview", "2020-08-01-preview", "2020-04-01-preview"),
    *("2018-09-01-preview", "2018-01-01-preview", "2015-07-01"),
)
_WORKSPACES = ("2025-07-01", "2025-02-01", "2023-09-01", "2022-10-01", "2021-06-01", "2020-10-01", "2020-08-01")
_VAULTS = (
    *("2026-05-15", "2026-02-01", "2025-05-01", "2024-11-01", "2023-07-01", "2023-02-01", "2022-11-01", "2022-07-01"),
    *("2021-10-01", "2019-09-01", "2018-02-14", "2016-10-01", "2015-06-01"),
)
_LOCKS = ("2020-05-01", "2017-04-01", "2016-09-01", "2015-01-01")

SUBSCRIPTIONS = ResourceType("Microsoft.Resources/subscriptions", _SUBSCRIPTIONS)
TENANTS = ResourceType("Microsoft.Resources/tenants", _SUBSCRIPTIONS)
GROUPS = ResourceType("Microsoft.Resources/resourceGroups", _RESOURCES)
GENERIC = ResourceType("Microsoft.Resources/resources", _RESOURCES)
PROVIDERS = ResourceType("Microsoft.Resources/providers", _RESOURCES)
STORAGE_ACCOUNTS = ResourceType("Microsoft.Storage/storageAccounts", _STORAGE, regional=True)
BLOB_SERVICES = ResourceType("Microsoft.Storage/storageAccounts/blobServices", _STORAGE)
CONTAINERS = ResourceType("Microsoft.Storage/storageAccounts/blobServices/containers", _STORAGE)
STORAGE_OPERATIONS = ResourceType("Microsoft.Storage/locations/asyncoperations", _STORAGE)
STORAGE_NAMES = ResourceType("Microsoft.Storage/checkNameAvailability", _STORAGE)
PLANS = ResourceType("Microsoft.Web/serverFarms", _WEB, regional=True)
SITES = ResourceType("Microsoft.Web/sites", _WEB, regional=True)
SITE_CONFIG = ResourceType("Microsoft.Web/sites/config", _WEB)
SITE_POLICIES = ResourceType("Microsoft.Web/sites/basicPublishingCredentialsPolicies", _WEB)
SITE_NAMES = ResourceType("Microsoft.Web/checkNameAvailability", _WEB)
GEO_REGIONS = ResourceType("Microsoft.Web/geoRegions", _WEB)
ROLE_ASSIGNMENTS = ResourceType("Microsoft.Authorization/roleAssignments", _ROLES)
ROLE_DEFINITIONS = ResourceType("Microsoft.Authorization/roleDefinitions", _ROLES)
LOCKS = ResourceType("Microsoft.Authorization/locks", _LOCKS)
WORKSPACES = ResourceType("Microsoft.OperationalInsights/workspaces", _WORKSPACES, regional=True)
COMPONENTS = ResourceType("Microsoft.Insights/components", ("2020-02-02", "2015-05-01"), regional=True)
DIAGNOSTIC_SETTINGS = ResourceType(
    "Microsoft.Insights/diagnosticSettings", ("2021-05-01-preview", "2017-05-01-preview")
)
VAULTS = ResourceType("Microsoft.KeyVault/vaults", _VAULTS, regional=True)
VAULT_KEYS = ResourceType("Microsoft.KeyVault/vaults/keys", _VAULTS)
DELETED_VAULTS = ResourceType("Microsoft.KeyVault/deletedVaults", _VAULTS)

ALL: tuple[ResourceType, ...] = (
    *(SUBSCRIPTIONS, TENANTS, GROUPS, GENERIC, PROVIDERS),
    *(STORAGE_ACCOUNTS, BLOB_SERVICES, CONTAINERS, STORAGE_OPERATIONS, STORAGE_NAMES),
    *(PLANS, SITES, SITE_CONFIG, SITE_POLICIES, SITE_NAMES, GEO_REGIONS),
    *(ROLE_ASSIGNMENTS, ROLE_DEFINITIONS, LOCKS),
    *(WORKSPACES, COMPONENTS, DIAGNOSTIC_SETTINGS),
    *(VAULTS, VAULT_KEYS, DELETED_VAULTS),
)


def namespace(name: str) -> str | None:
    """A modelled namespace in Azure's own casing, or None."""
    return next((known for known in NAMESPACES if known.lower() == name.lower()), None)


def of_namespace(name: str) -> list[ResourceType]:
    """The types modelled in a namespace."""
    return [known for known in ALL if known.namespace == name]
