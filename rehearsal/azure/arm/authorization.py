"""Who may do what in Resource Manager: Azure RBAC over a resource and its ancestors.

An action is allowed when some role assigned to the caller, at the target or above it, lists it among its `actions`
and not among its `notActions`; assignments add up and there are no denials (Azure documentation, "How Azure RBAC
determines if a user has access to a resource"). A new assignment is in force after the
weather's replication delay. An assignment with a condition counts where the condition holds. Groups are not modelled.
"""

from collections.abc import Iterator
from typing import Any

from rehearsal.azure.arm import resource_ids, role_conditions, roles
from rehearsal.azure.arm.inventory import role_assignments
from rehearsal.azure.arm.scopes import check_subscription
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Caller


def authorize(context: Context, caller: Caller, action: str, scope: str, body: Any = None) -> None:
    """Let the caller pass, or raise 403 `AuthorizationFailed`, or 404 for a subscription that does not exist.

    Args:
        context: the stand-in.
        caller: who the token belongs to.
        action: `Microsoft.Web/sites/write` and the like.
        scope: the request's path, or a resource id.
        body: what the request brings; conditions look at it.
    """
    check_subscription(context, scope)
    target = resource_ids.target(scope, post=action.lower().endswith("/action")).scope
    conditions = list(_conditions(context, caller.object_id, action, target, data=False))
    if any(_holds(context, condition, action, scope, body) for condition in conditions):
        return
    # The words of hashicorp/terraform-provider-azurerm#19645, and those of the Azure documentation, "Troubleshoot
    # Azure RBAC", for somebody whom only a condition stands in the way of.
    unfulfilled = " or an ABAC condition not fulfilled" if conditions else ""
    raise ArmError(
        403,
        "AuthorizationFailed",
        f"{_client(caller)} does not have authorization{unfulfilled} to perform action '{action}' over scope "
        f"'{target}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
    )


def authorize_linked(context: Context, caller: Caller | None, action: str, scope: str, linked: str, other: str) -> None:
    """Check the right that using another resource takes, such as joining a plan.

    Raises 403 `LinkedAuthorizationFailed` (Azure documentation, "Troubleshoot Azure RBAC").

    Args:
        context: the stand-in.
        caller: who the token belongs to; has passed `authorize` for `action` on `scope`.
        action: what the request itself does.
        scope: the resource the request is about.
        linked: the action needed on the other resource.
        other: the id of the other resource.
    """
    if caller is None or allowed(context, caller.object_id, linked, other):
        return
    raise ArmError(
        403,
        "LinkedAuthorizationFailed",
        f"{_client(caller)} has permission to perform action '{action}' on scope '{scope}'; however, it does not have "
        f"permission to perform action '{linked}' on the linked scope(s) '{other}' or the linked scope(s) are invalid.",
    )


def allowed(context: Context, principal_id: str, action: str, scope: str, *, data: bool = False) -> bool:
    """Whether a principal may perform an action on a resource; `data` asks about its data instead of the resource."""
    conditions = _conditions(context, principal_id, action, scope, data=data)
    return any(_holds(context, condition, action, scope, None) for condition in conditions)


def _conditions(context: Context, principal_id: str, action: str, scope: str, *, data: bool) -> Iterator[str | None]:
    """The condition of each assignment that gives the action, None for one that gives it without any."""
    in_force = context.clock.now() - context.weather.replication_delay
    for assignment in role_assignments(context, principal_id=principal_id):
        if assignment["since"] > in_force or not resource_ids.covers(assignment["scope"], scope):
            continue
        role = roles.find(context, assignment["roleId"], assignment["scope"])
        if role is not None and role.grants(action, data=data):
            yield assignment.get("condition")


def _holds(context: Context, condition: str | None, action: str, path: str, body: Any) -> bool:
    return condition is None or role_conditions.holds(condition, role_conditions.attempt(context, action, path, body))


def _client(caller: Caller) -> str:
    return f"The client '{caller.object_id}' with object id '{caller.object_id}'"
