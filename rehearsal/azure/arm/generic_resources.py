"""Lists of resources of any type (REST reference, "Resources - List", "Resources - List By Resource Group").

Only top-level resources appear, with the type in the casing of its registration (`Microsoft.Web/serverFarms`) and the
region in its normalised form, whatever the provider itself answers.
"""

from typing import Any

from rehearsal.azure.arm import inventory, listing_filter, resource_ids
from rehearsal.azure.arm.pages import page
from rehearsal.azure.routing import Reply, Request

_REGISTERED = {
    "Microsoft.KeyVault/vaults": "Microsoft.KeyVault/vaults",
    "Microsoft.Storage/storageAccounts": "Microsoft.Storage/storageAccounts",
    "Microsoft.Web/serverfarms": "Microsoft.Web/serverFarms",
    "Microsoft.Web/sites": "Microsoft.Web/sites",
}


def listing(request: Request) -> Reply:
    """The resources of a group or of the subscription; `$filter` by type, name, location or tag."""
    scope = resource_ids.target(request.path).scope
    documents = [document for document in inventory.within(request.context, scope) if document["type"] in _REGISTERED]
    return page(request, [_shown(document) for document in listing_filter.apply(request, documents)])


def _shown(document: dict[str, Any]) -> dict[str, Any]:
    shown = {"id": document["id"], "name": document["name"], "type": _REGISTERED[document["type"]]}
    for member in ("kind", "sku", "location", "identity", "tags"):
        if document.get(member) is not None:
            shown[member] = document[member]
    return shown
