"""The rights that a declaration takes, from its first `up` through its updates to its destruction."""

from __future__ import annotations

from dataclasses import dataclass

from access.preflight.declaration import Declaration, Registration

_REGISTER = ("Application.ReadWrite.OwnedBy", "Application.ReadWrite.All")
_READ = ("Application.Read.All", *_REGISTER, "Directory.Read.All", "Directory.ReadWrite.All")
_ASSIGN = ("AppRoleAssignment.ReadWrite.All",)


@dataclass(frozen=True)
class GraphRight:
    """App roles of Microsoft Graph, any one of which is enough; the first is the least."""

    roles: tuple[str, ...]
    what_for: str


REGISTRATIONS = GraphRight(_REGISTER, "to register the API")
LOOKUPS = GraphRight(_READ, "to look up APIs and to grant their roles")
ASSIGNMENTS = GraphRight(_ASSIGN, "to grant app roles")
_GRAPH_RIGHTS = {
    "azuread:index/application:Application": (REGISTRATIONS,),
    "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri": (REGISTRATIONS,),
    "azuread:index/applicationPassword:ApplicationPassword": (REGISTRATIONS,),
    "azuread:index/servicePrincipal:ServicePrincipal": (REGISTRATIONS,),
    "azuread:index/appRoleAssignment:AppRoleAssignment": (ASSIGNMENTS, LOOKUPS),
}
"""Which resource takes which right: terraform-provider-azuread's documentation, section "API Permissions" of each, and
for the reading that an assignment takes, microsoftgraph/microsoft-graph-docs#12833."""


@dataclass(frozen=True)
class _Actions:
    """Actions of Azure RBAC that a type of resource takes."""

    kind: str
    """As in `Microsoft.Web/sites`."""
    verbs: tuple[str, ...] = ("read", "write")
    also: tuple[str, ...] = ()
    """Actions on other kinds."""
    deletion: str = "delete"
    """The verb that takes it away."""


_SITE = "Microsoft.Web/sites"
_POLICIES = _Actions(f"{_SITE}/basicPublishingCredentialsPolicies", deletion="write")
_ACTIONS = {
    "azure-native:resources:ResourceGroup": _Actions("Microsoft.Resources/subscriptions/resourceGroups"),
    "azure-native:storage:StorageAccount": _Actions("Microsoft.Storage/storageAccounts"),
    "azure-native:storage:BlobContainer": _Actions("Microsoft.Storage/storageAccounts/blobServices/containers"),
    "azure-native:web:AppServicePlan": _Actions("Microsoft.Web/serverfarms"),
    # The site's configuration is read apart from it, and the plan is one that it joins.
    "azure-native:web:WebApp": _Actions(_SITE, also=(f"{_SITE}/config/read", "Microsoft.Web/serverfarms/join/action")),
    "azure-native:web:WebAppApplicationSettings": _Actions(
        f"{_SITE}/config", verbs=("write", "list/action"), deletion="write"
    ),
    "azure-native:web:WebAppFtpAllowed": _POLICIES,
    "azure-native:web:WebAppScmAllowed": _POLICIES,
    "azure-native:authorization:RoleAssignment": _Actions("Microsoft.Authorization/roleAssignments"),
    "azure-native:operationalinsights:Workspace": _Actions("Microsoft.OperationalInsights/workspaces"),
    "azure-native:applicationinsights:Component": _Actions("Microsoft.Insights/components"),
    # Whoever sends logs to a workspace must be able to have its keys (JimGBritt/AzurePolicy#17).
    "azure-native:monitor:DiagnosticSetting": _Actions(
        "Microsoft.Insights/diagnosticSettings", also=("Microsoft.OperationalInsights/workspaces/sharedKeys/action",)
    ),
    # OneDeploy: the site is read for the address of its deployment site, which takes the package. It takes none away.
    "pulumi-python:dynamic/keyless:Code": _Actions(_SITE, verbs=("read", "publish/action"), deletion="read"),
}
"""Which resource takes which actions (Azure documentation, "Azure permissions")."""


def unknown_types(declaration: Declaration) -> list[str]:
    """Returns the declared types of which it is not known what they take."""
    return sorted({each.type for each in declaration.resources} - _GRAPH_RIGHTS.keys() - _ACTIONS.keys())


def graph_rights(declaration: Declaration) -> list[GraphRight]:
    """Returns what it takes of Microsoft Graph."""
    needed = {right: None for each in declaration.resources for right in _GRAPH_RIGHTS.get(each.type, ())}
    if any(function.startswith("getServicePrincipal") for function, _ in declaration.lookups):
        needed[LOOKUPS] = None
    if REGISTRATIONS in needed:
        # Who registers applications may read them too: asking for both would be one too many.
        needed.pop(LOOKUPS, None)
    return list(needed)


def actions(declaration: Declaration) -> list[str]:
    """Returns the actions of Azure RBAC that it takes to make, to read and to change what is declared."""
    return sorted(
        {
            action
            for each in declaration.resources
            if (taken := _ACTIONS.get(each.type))
            for action in (*(f"{taken.kind}/{verb}" for verb in taken.verbs), *taken.also)
        }
    )


def later_actions(declaration: Declaration) -> list[str]:
    """Returns the actions that only replacing and destroying takes: a first `up` gets by without them.

    What is deleted with something else is not deleted by itself: for all that is in a resource group the right to
    delete the group is enough (Azure documentation, "Azure Resource Manager resource group and resource deletion").
    """
    removed = {
        f"{taken.kind}/{taken.deletion}"
        for each in declaration.resources
        if (taken := _ACTIONS.get(each.type)) and _goes_by_itself(each)
    }
    return sorted(removed - set(actions(declaration)))


def namespaces(declaration: Declaration) -> list[str]:
    """Returns the resource providers that the subscription has to be registered with; some are so in every
    subscription (Azure documentation, "Azure resource providers and types", "Registered by default").
    """
    taken = {action.partition("/")[0] for action in actions(declaration)}
    return sorted(taken - {"Microsoft.Authorization", "Microsoft.Resources"})


def _goes_by_itself(registration: Registration) -> bool:
    return registration.before_replacement or not registration.deleted_with
