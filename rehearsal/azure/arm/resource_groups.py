"""Resource groups (REST reference, "Resource Groups")."""

import re
from typing import Any

from rehearsal.azure.arm import content, group_deletion, inventory, listing_filter, locations, resource_ids
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.scopes import existing_resource
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

TYPE = "Microsoft.Resources/resourceGroups"
_ALLOWED = re.compile(r"[-\w.()]")
_LONGEST_NAME = 90


def put(request: Request) -> Reply:
    """Create a group (201) or replace its tags (200); its region never changes."""
    name = request.parameters["group"]
    _check_name(name)
    given = content.read(request)
    if not given.location:
        raise ArmError(400, "LocationRequired", "The location property is required for this definition.")
    region = locations.find(given.location)
    if region is None:
        raise ArmError(
            400,
            "LocationNotAvailableForResourceGroup",
            f"The provided location '{given.location}' is not available for resource group. "
            f"List of available regions is '{','.join(locations.NAMES)}'.",
        )
    existing = _find(request)
    if existing and group_deletion.under_way(existing):
        raise group_deletion.refusal(name)
    if existing and existing["location"] != region.name:
        # Azure/azure-cli#22242.
        raise ArmError(
            409,
            "InvalidResourceGroupLocation",
            f"Invalid resource group location '{given.location}'. The Resource group already exists in location "
            f"'{existing['location']}'.",
        )
    document = {
        "id": existing["id"] if existing else _id(request),
        "name": existing["name"] if existing else name,
        "type": TYPE,
        "location": region.name,
        "tags": dict(given.tags),
        "managedBy": given.managed_by,
    }
    inventory.keep(request.context, document)
    return Reply(200 if existing else 201, shown(document))


def patch(request: Request) -> Reply:
    """Change tags of a group that exists."""
    document = existing_resource(request.context, _id(request))
    if group_deletion.under_way(document):
        raise group_deletion.refusal(document["name"])
    given = content.read(request)
    if "tags" in given.given:
        document["tags"] = dict(given.tags)
    inventory.keep(request.context, document)
    return Reply(body=shown(document))


def get(request: Request) -> Reply:
    """One group, or 404."""
    return Reply(body=shown(existing_resource(request.context, _id(request))))


def head(request: Request) -> Reply:
    """204 when the group exists, else 404."""
    return Reply(204 if _find(request) else 404)


def delete(request: Request) -> Reply:
    """Begin to delete a group with everything in it: 202, or 404 for a group that does not exist."""
    return group_deletion.start(request, existing_resource(request.context, _id(request)))


def listing(request: Request) -> Reply:
    """The groups of the subscription; `$filter` by tag."""
    groups = inventory.within(request.context, resource_ids.target(request.path).scope, TYPE)
    return page(request, [shown(group) for group in listing_filter.apply(request, groups)])


def shown(document: dict[str, Any]) -> dict[str, Any]:
    """A group as Resource Manager shows it."""
    state = "Deleting" if group_deletion.under_way(document) else "Succeeded"
    body = {name: document[name] for name in ("id", "name", "type", "location", "tags")}
    if document["managedBy"]:
        body["managedBy"] = document["managedBy"]
    return {**body, "properties": {"provisioningState": state}}


def _id(request: Request) -> str:
    return resource_ids.group_id(resource_ids.subscription_of(request.path), request.parameters["group"])


def _find(request: Request) -> dict[str, Any] | None:
    return inventory.find(request.context, _id(request))


def _check_name(name: str) -> None:
    """1 to 90 letters, digits, `-`, `_`, `.`, `(`, `)`, no point at the end (Azure documentation, "Naming rules and
    restrictions for Azure resources"). The words are those quoted in that page's troubleshooting reports.
    """
    wrong = "".join(dict.fromkeys(_ALLOWED.sub("", name))) or ("." if name.endswith(".") else "")
    if wrong:
        raise ArmError(
            400,
            "InvalidResourceGroup",
            f"The provided resource group name '{name}' has these invalid characters: '{wrong}'. "
            "The name can only be a letter, digit, '-', '.', '(', ')' or '_'.",
        )
    if len(name) > _LONGEST_NAME:
        text = f"The resource group name '{name}' exceeds the maximum length of {_LONGEST_NAME} characters."
        raise ArmError(400, "ResourceGroupNameTooLong", text)
