"""What whoever is signed in lacks of the rights that a declaration takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from access.cloud.cloud import Cloud
from access.cloud.graph import APP_ID
from access.cloud.resource_manager import AUTHORIZATION
from access.cloud.service import RefusedError
from access.cloud.sign_in import Account
from access.preflight import needs
from access.preflight.declaration import Declaration
from access.preflight.fault import Check, Fault
from access.roles.published import graph_roles

_DIRECTORY_ROLES = {
    "62e90394-69f5-4237-9190-012177145e10": (  # Global Administrator
        needs.REGISTRATIONS,
        needs.LOOKUPS,
        needs.ASSIGNMENTS,
    ),
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": (needs.REGISTRATIONS, needs.LOOKUPS),  # Application Administrator
    "158c047a-c907-4556-b7ef-446551a6b5f7": (needs.REGISTRATIONS, needs.LOOKUPS),  # Cloud Application Administrator
    "e8611ab8-c189-46e8-94e1-60213ab1f814": (needs.LOOKUPS, needs.ASSIGNMENTS),  # Privileged Role Administrator
}
"""What a user's directory roles give (Microsoft Entra documentation, "Microsoft Entra built-in roles"). Application
administrators can grant roles of every API but Microsoft Graph, so it is not counted as enough for granting."""
_ADMINISTRATION = "Microsoft.Authorization/"
_READ_ASSIGNMENTS = "Microsoft.Authorization/roleAssignments/read"


def graph_faults(declaration: Declaration, account: Account) -> Iterator[Fault]:
    """Yields the Graph roles that are missing."""
    given = {right for role in account.directory_roles for right in _DIRECTORY_ROLES.get(role, ())}
    ids = {role.name: role.id for role in graph_roles().values()}
    for right in needs.graph_rights(declaration):
        if right in given or not account.roles.isdisjoint(right.roles):
            continue
        least = right.roles[0]
        others = f" (or {', '.join(right.roles[1:])})" if len(right.roles) > 1 else ""
        if account.is_application:
            body = {
                "principalId": account.object_id,
                "resourceId": f"$(az ad sp show --id {APP_ID} --query id --output tsv)",
                "appRoleId": ids[least],
            }
            quoted = json.dumps(body).replace('"', '\\"')
            remedy = (
                "An administrator grants it: az rest --method POST --url https://graph.microsoft.com/v1.0"
                f'/servicePrincipals/{account.object_id}/appRoleAssignments --body "{quoted}"'
            )
        else:
            remedy = (
                "Ask for the directory role Global Administrator, or Application Administrator to register and "
                "Privileged Role Administrator to grant."
            )
        yield Fault(Check.GRAPH_ROLE, f"{account.name} lacks {least}{others} {right.what_for}.", remedy)


def azure_faults(declaration: Declaration, account: Account, cloud: Cloud, subscription: str) -> Iterator[Fault]:
    """Yields the actions of Azure RBAC that are missing on the subscription. Raises AccessError."""
    now, later = needs.actions(declaration), needs.later_actions(declaration)
    try:
        held = list(_permissions(account, cloud, subscription))
    except _UnseenError:
        rest = [action for action in (*now, *later) if action != _READ_ASSIGNMENTS]
        yield _lacking(account, subscription, [_READ_ASSIGNMENTS], "")
        yield Fault(
            Check.AZURE_ROLE,
            f"Without it nobody can see whether {account.name} may do {', '.join(rest)} there.",
            f"An owner grants it, unless it holds such a role already: {_grant(account, subscription, 'Contributor')}",
        )
        return
    for actions, what_for in ((now, ""), (later, ", which only replacing and destroying takes")):
        missing = [action for action in actions if not any(_allows(permission, action) for permission in held)]
        for of_roles in (False, True):
            part = [action for action in missing if action.startswith(_ADMINISTRATION) is of_roles]
            if part:
                yield _lacking(account, subscription, part, what_for)


def _lacking(account: Account, subscription: str, actions: Sequence[str], what_for: str) -> Fault:
    role = "Role Based Access Control Administrator" if actions[0].startswith(_ADMINISTRATION) else "Contributor"
    return Fault(
        Check.AZURE_ROLE,
        f"{account.name} may not do {', '.join(actions)} in subscription {subscription}{what_for}.",
        f"An owner grants it: {_grant(account, subscription, role)}",
    )


def _grant(account: Account, subscription: str, role: str) -> str:
    kind = "ServicePrincipal" if account.is_application else "User"
    return (
        f"az role assignment create --assignee-object-id {account.object_id} --assignee-principal-type {kind} "
        f"--role '{role}' --scope /subscriptions/{subscription}"
    )


@dataclass(frozen=True)
class _Permission:
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]


class _UnseenError(Exception):
    """The account may not read role assignments, its own included."""


def _permissions(account: Account, cloud: Cloud, subscription: str) -> Iterator[_Permission]:
    """Yields what the roles allow that hold in the whole subscription, also those of the account's groups."""
    scope = f"/subscriptions/{subscription}"
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments"
    try:
        assignments = list(
            cloud.resource_manager.pages(path, AUTHORIZATION, filter=f"assignedTo('{account.object_id}')")
        )
    except RefusedError as error:
        if error.status == 403:
            raise _UnseenError from error
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
