"""Key vaults that were deleted and can be recovered (REST reference, "Vaults - Get Deleted", "Purge Deleted")."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rehearsal.azure.arm import inventory, resource_ids
from rehearsal.azure.arm.pages import page
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

_KIND = "armDeletedVault"
_DAY = 86_400
_DEFAULT_DAYS = 90


def get(request: Request) -> Reply:
    """One deleted vault, or 404."""
    return Reply(body=_shown(_existing(request)))


def listing(request: Request) -> Reply:
    """The deleted vaults of the subscription."""
    context, subscription = request.context, resource_ids.subscription_of(request.path)
    vaults = [each for each in everything(context) if resource_ids.subscription_of(each["id"]) == subscription]
    return page(request, [_shown(vault) for vault in vaults])


def purge(request: Request) -> Reply:
    """Delete a vault for good, if it is not protected against that: 200."""
    document = _existing(request)
    if document["properties"].get("enablePurgeProtection"):
        # MicrosoftDocs/azure-docs#55427.
        raise ArmError(405, "MethodNotAllowed", "Operation 'DeletedVaultPurge' is not allowed.")
    request.context.store.remove(_KIND, document["name"].lower())
    return Reply(200)


def find(context: Context, name: str) -> inventory.Document | None:
    """The deleted vault of that name, as long as it can be recovered."""
    return next((each for each in everything(context) if each["name"].lower() == name.lower()), None)


def everything(context: Context) -> list[inventory.Document]:
    """Every deleted vault that can be recovered."""
    return [each for each in context.store.all(_KIND) if context.clock.now() < _purged_at(each)]


def delete(context: Context, document: Mapping[str, Any]) -> None:
    """Delete a vault with what is in it, and keep both for recovery."""
    parts = [part for part in inventory.within(context, document["id"]) if part["id"] != document["id"]]
    kept = {**document, "parts": parts, "deletedAt": context.clock.now()}
    context.store.put(_KIND, document["name"].lower(), kept)
    inventory.remove(context, document["id"])


def recover(context: Context, deleted: inventory.Document) -> inventory.Document:
    """Put a deleted vault back with what was in it; roles on it have to be assigned anew."""
    context.store.remove(_KIND, deleted["name"].lower())
    document = {name: value for name, value in deleted.items() if name not in ("parts", "deletedAt")}
    for each in (document, *deleted["parts"]):
        inventory.keep(context, each)
    return document


def _existing(request: Request) -> inventory.Document:
    name, place = request.parameters["vault"], request.parameters["location"]
    document = find(request.context, name)
    subscription = resource_ids.subscription_of(request.path)
    known = document is not None and resource_ids.subscription_of(document["id"]) == subscription
    if document is None or not known or document["location"] != place.lower().replace(" ", ""):
        raise ArmError(404, "DeletedVaultNotFound", f"The specified deleted vault '{name}' does not exist.")
    return document


def _purged_at(document: Mapping[str, Any]) -> float:
    days = document["properties"].get("softDeleteRetentionInDays", _DEFAULT_DAYS)
    return float(document["deletedAt"] + days * _DAY)


def _shown(document: Mapping[str, Any]) -> dict[str, Any]:
    subscription = resource_ids.subscription_id(resource_ids.subscription_of(document["id"]))
    name, location = document["name"], document["location"]
    return {
        "id": f"{subscription}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{name}",
        "name": name,
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": {
            "vaultId": document["id"],
            "location": location,
            "tags": document["tags"],
            "deletionDate": _moment(document["deletedAt"]),
            "scheduledPurgeDate": _moment(_purged_at(document)),
            "purgeProtectionEnabled": document["properties"].get("enablePurgeProtection"),
        },
    }


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
