"""Diagnostic settings: which logs of a resource go where (REST reference, "Diagnostic Settings", Microsoft.Insights).

They are extensions that Azure keeps when their resource is deleted, and a resource of the same id finds them again
(Azure documentation, "Diagnostic settings in Azure Monitor": delete them before the resource).
"""

from collections.abc import Mapping
from typing import Any

from rehearsal.azure.arm import authorization, content, inventory, resource_ids, workspaces
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.scopes import check_exists, not_found
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

KIND = "armDiagnosticSetting"
TYPE = "Microsoft.Insights/diagnosticSettings"
_CATEGORIES = {
    "microsoft.web/sites": (
        *("FunctionAppLogs", "AppServiceAuthenticationLogs", "AppServiceAuditLogs", "AppServiceIPSecAuditLogs"),
        "AllMetrics",
    ),
    "microsoft.storage/storageaccounts/blobservices": ("StorageRead", "StorageWrite", "StorageDelete", "Transaction"),
}
"""Of the types that can be watched here."""


def put(request: Request) -> Reply:
    """Create or replace a setting: 200 either way. Raises 400 without a destination or for an unknown category, 409
    for a category that another setting already sends there.
    """
    scope = resource_ids.target(request.path).parent
    check_exists(request.context, scope)
    given = content.properties(request)
    name = request.parameters["setting"]
    workspace = _workspace(request, given)
    # Whoever sends logs to a workspace must be able to have its keys (JimGBritt/AzurePolicy#17).
    authorization.authorize_linked(
        request.context,
        request.caller,
        f"{TYPE}/write",
        resource_ids.target(request.path).scope,
        f"{workspaces.TYPE}/sharedKeys/action",
        workspace,
    )
    document: dict[str, Any] = {
        "id": f"{scope}/providers/{TYPE}/{name}",
        "name": name,
        "type": TYPE,
        "scope": scope,
        "workspaceId": workspace,
        "logs": _entries(given, "logs", scope),
        "metrics": _entries(given, "metrics", scope),
    }
    if not [entry for entry in (*document["logs"], *document["metrics"]) if entry["enabled"]]:
        raise ArmError(400, "BadRequest", "At least one log or metric category must be enabled.")
    _check_sinks(request, document)
    request.context.store.put(KIND, resource_ids.key(document["id"]), document)
    return Reply(body=_shown(document))


def get(request: Request) -> Reply:
    """One setting, or 404; of a resource that does not exist, whatever was kept is not shown."""
    scope = resource_ids.target(request.path).parent
    check_exists(request.context, scope)
    document = request.context.store.get(KIND, resource_ids.key(request.path))
    if document is None:
        raise not_found(request.path)
    return Reply(body=_shown(document))


def delete(request: Request) -> Reply:
    """Delete a setting: 200, or 204 when there is none."""
    removed = request.context.store.remove(KIND, resource_ids.key(request.path))
    return Reply(200 if removed else 204)


def listing(request: Request) -> Reply:
    """The settings of a resource."""
    scope = resource_ids.target(request.path).scope
    check_exists(request.context, scope)
    return page(request, [_shown(each) for each in _of(request, scope)])


def _of(request: Request, scope: str) -> list[dict[str, Any]]:
    wanted = resource_ids.key(scope)
    return [each for each in request.context.store.all(KIND) if resource_ids.key(each["scope"]) == wanted]


def _workspace(request: Request, given: Mapping[str, Any]) -> str:
    workspace = content.member(given, "workspaceId")
    for other in ("storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"):
        if content.member(given, other) is not None:
            raise ArmError(400, "BadRequest", f"The stand-in does not model the destination '{other}'. Leave it out.")
    if not isinstance(workspace, str) or not workspace:
        raise ArmError(400, "BadRequest", "At least one data sink needs to be specified.")
    found = inventory.find(request.context, workspace)
    if found is None or found["type"] != workspaces.TYPE:
        raise not_found(workspace)
    return workspace


def _entries(given: Mapping[str, Any], kind: str, scope: str) -> list[dict[str, Any]]:
    entries = content.member(given, kind) or []
    if not isinstance(entries, list):
        raise ArmError(400, "BadRequest", f"'{kind}' must be a list of categories.")
    type_ = resource_ids.target(scope).full_type.lower()
    known = _CATEGORIES.get(type_)
    if known is None:
        raise ArmError(
            400, "ResourceTypeNotSupported", f"The resource type '{type_}' does not support diagnostic settings."
        )
    kept = []
    for entry in entries:
        category = content.member(entry, "category") if isinstance(entry, dict) else None
        if category not in known:
            raise ArmError(400, "BadRequest", f"Category '{category}' is not supported.")
        kept.append({"category": category, "enabled": bool(content.member(entry, "enabled"))})
    return kept


def _check_sinks(request: Request, document: Mapping[str, Any]) -> None:
    for other in _of(request, document["scope"]):
        same_sink = resource_ids.key(other["workspaceId"]) == resource_ids.key(document["workspaceId"])
        if other["name"] == document["name"] or not same_sink:
            continue
        mine, theirs = ({entry["category"] for entry in each["logs"]} for each in (document, other))
        for category in sorted(mine & theirs):
            raise ArmError(
                409,
                "Conflict",
                f"Data sink '{document['workspaceId']}' is already used in diagnostic setting '{other['name']}' for "
                f"category '{category}'. Data sinks can't be reused in different settings on the same category for the "
                "same resource.",
            )


def _shown(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: document[name] for name in ("id", "name", "type")},
        "properties": {
            "workspaceId": document["workspaceId"],
            "logs": [{**entry, "categoryGroup": None} for entry in document["logs"]],
            "metrics": document["metrics"],
            "logAnalyticsDestinationType": None,
        },
    }
