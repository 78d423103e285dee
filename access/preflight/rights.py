"""The rights that a declaration takes, and those that whoever is signed in has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from access.cloud.cloud import Cloud
from access.cloud.graph import APP_ID
from access.cloud.resource_manager import AUTHORIZATION
from access.cloud.service import RefusedError
from access.cloud.sign_in import Account
from access.preflight.declaration import Declaration
from access.preflight.fault import Check, Fault
from access.roles.published import graph_roles

_REGISTER = ("Application.ReadWrite.OwnedBy", "Application.ReadWrite.All")
_READ = ("Application.Read.All", *_REGISTER, "Directory.Read.All", "Directory.ReadWrite.All")
_ASSIGN = ("AppRoleAssignment.ReadWrite.All",)


@dataclass(frozen=True)
class GraphRight:
    """App roles of Microsoft Graph, any one of which is enough; the first is the least."""

    roles: tuple[str, ...]
    what_for: str


_REGISTRATIONS = GraphRight(_REGISTER, "to register the API")
_LOOKUPS = GraphRight(_READ, "to look up APIs and to grant their roles")
_ASSIGNMENTS = GraphRight(_ASSIGN, "to grant app roles")
_GRAPH_RIGHTS = {
    "azuread:index/application:Application": (_REGISTRATIONS,),
    "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri": (_REGISTRATIONS,),
    "azuread:index/servicePrincipal:ServicePrincipal": (_REGISTRATIONS,),
    "azuread:index/appRoleAssignment:AppRoleAssignment": (_ASSIGNMENTS, _LOOKUPS),
}
"""Which resource takes which right: terraform-provider-azuread's documentation, section "API Permissions" of each, and
for the reading that an assignment takes, microsoftgraph/microsoft-graph-docs#12833."""

_DIRECTORY_ROLES = {
    "62e90394-69f5-4237-9190-012177145e10": (_REGISTRATIONS, _LOOKUPS, _ASSIGNMENTS),  # Global Administrator
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": (_REGISTRATIONS, _LOOKUPS),  # Application Administrator
    "158c047a-c907-4556-b7ef-446551a6b5f7": (_REGISTRATIONS, _LOOKUPS),  # Cloud Application Administrator
    "e8611ab8-c189-46e8-94e1-60213ab1f814": (_LOOKUPS, _ASSIGNMENTS),  # Privileged Role Administrator
}
"""What a user's directory roles give (Microsoft Entra documentation, "Microsoft Entra built-in roles"). Application
administrators can grant roles of every API but Microsoft Graph, so it is not counted as enough for granting."""

_READ_WRITE = ("read", "write")
_ACTIONS = {
    "azure-native:resources:ResourceGroup": ("Microsoft.Resources/subscriptions/resourceGroups", _READ_WRITE),
    "azure-native:storage:StorageAccount": ("Microsoft.Storage/storageAccounts", _READ_WRITE),
    "azure-native:storage:BlobContainer": ("Microsoft.Storage/storageAccounts/blobServices/containers", _READ_WRITE),
    "azure-native:web:AppServicePlan": ("Microsoft.Web/serverfarms", (*_READ_WRITE, "join/action")),
    "azure-native:web:WebApp": ("Microsoft.Web/sites", _READ_WRITE),
    "azure-native:web:WebAppApplicationSettings": ("Microsoft.Web/sites/config", ("write", "list/action")),
    "azure-native:web:WebAppFtpAllowed": ("Microsoft.Web/sites/basicPublishingCredentialsPolicies", _READ_WRITE),
    "azure-native:web:WebAppScmAllowed": ("Microsoft.Web/sites/basicPublishingCredentialsPolicies", _READ_WRITE),
    "azure-native:operationalinsights:Workspace": ("Microsoft.OperationalInsights/workspaces", _READ_WRITE),
    "azure-native:applicationinsights:Component": ("Microsoft.Insights/components", _READ_WRITE),
    "azure-native:monitor:DiagnosticSetting": ("Microsoft.Insights/diagnosticSettings", _READ_WRITE),
    "pulumi-python:dynamic/keyless:Code": ("Microsoft.Web/sites", ("read", "publish/action")),
    "azure-native:authorization:RoleAssignment": ("Microsoft.Authorization/roleAssignments", _READ_WRITE),
}
"""Which resource takes which actions of Azure RBAC (Azure documentation, "Azure permissions"). Deleting is not asked
for: a first `up` deletes nothing."""


def unknown_types(declaration: Declaration) -> list[str]:
    """Returns the declared types of which preflight does not know the rights."""
    return sorted({each.type for each in declaration.resources} - _GRAPH_RIGHTS.keys() - _ACTIONS.keys())


def graph_faults(declaration: Declaration, account: Account) -> Iterator[Fault]:
    """Yields the Graph roles that are missing."""
    needed = {right: None for each in declaration.resources for right in _GRAPH_RIGHTS.get(each.type, ())}
    if any(function.startswith("getServicePrincipal") for function, _ in declaration.lookups):
        needed[_LOOKUPS] = None
    given = {right for role in account.directory_roles for right in _DIRECTORY_ROLES.get(role, ())}
    ids = {role.name: role.id for role in graph_roles().values()}
    held = {right for right in needed if right in given or not account.roles.isdisjoint(right.roles)}
    for right in needed:
        # Who registers applications may read them too: asking for both would be one too many.
        if right in held or (right is _LOOKUPS and _REGISTRATIONS in needed):
            continue
        least = right.roles[0]
        others = f" (or {', '.join(right.roles[1:])})" if len(right.roles) > 1 else ""
        if account.is_application:
            remedy = (
                f"An administrator grants it: az rest --method POST --url "
                f"'https://graph.microsoft.com/v1.0/servicePrincipals/{account.object_id}/appRoleAssignments' --body "
                f'\'{{"principalId": "{account.object_id}", "resourceId": "<Microsoft Graph: az ad sp show '
                f'--id {APP_ID} --query id>", "appRoleId": "{ids[least]}"}}\''
            )
        else:
            remedy = (
                "Ask for the directory role Global Administrator, or Application Administrator to register and "
                "Privileged Role Administrator to grant."
            )
        yield Fault(Check.GRAPH_ROLE, f"{account.name} lacks {least}{others} {right.what_for}.", remedy)


def azure_faults(declaration: Declaration, account: Account, cloud: Cloud, subscription: str) -> Iterator[Fault]:
    """Yields the actions of Azure RBAC that are missing on the subscription. Raises AccessError."""
    needed = {
        f"{kind}/{verb}": None for each in declaration.resources for kind, verbs in _of(each.type) for verb in verbs
    }
    held = list(_permissions(account, cloud, subscription))
    missing = [action for action in needed if not any(_allows(permission, action) for permission in held)]
    scope = f"/subscriptions/{subscription}"
    for role, actions in (
        ("Contributor", [each for each in missing if not each.startswith("Microsoft.Authorization/")]),
        ("Role Based Access Control Administrator", [each for each in missing if each.startswith("Microsoft.Auth")]),
    ):
        if actions:
            yield Fault(
                Check.AZURE_ROLE,
                f"{account.name} may not do {', '.join(actions)} in subscription {subscription}.",
                f"An owner grants it: az role assignment create --assignee-object-id {account.object_id} "
                f"--role '{role}' --scope {scope}",
            )


def _of(type_: str) -> list[tuple[str, tuple[str, ...]]]:
    return [_ACTIONS[type_]] if type_ in _ACTIONS else []


@dataclass(frozen=True)
class _Permission:
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]


def _permissions(account: Account, cloud: Cloud, subscription: str) -> Iterator[_Permission]:
    """Yields what the roles allow that hold in the whole subscription, also those of the account's groups."""
    scope = f"/subscriptions/{subscription}"
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments"
    try:
        assignments = list(
            cloud.resource_manager.pages(path, AUTHORIZATION, filter=f"assignedTo('{account.object_id}')")
        )
    except RefusedError as error:
        if error.status == 403:  # Every role that deploys can read assignments: there is none.
            return
        raise
    for assignment in assignments:
        properties = assignment["properties"]
        where = properties["scope"].lower().rstrip("/")
        if where not in ("", scope.lower()) and not where.startswith("/providers/microsoft.management/"):
            continue
        definition = cloud.resource_manager.get(properties["roleDefinitionId"], AUTHORIZATION)
        for permission in definition["properties"]["permissions"]:
            yield _Permission(tuple(permission.get("actions") or ()), tuple(permission.get("notActions") or ()))


def _allows(permission: _Permission, action: str) -> bool:
    return any(_matches(pattern, action) for pattern in permission.actions) and not any(
        _matches(pattern, action) for pattern in permission.not_actions
    )


def _matches(pattern: str, action: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE) is not None
