"""Storage accounts (REST reference, "Storage Accounts", Microsoft.Storage)."""

import base64
import re
import secrets
from collections.abc import Mapping
from typing import Any

from rehearsal.azure.arm import content, inventory, operations, resource_ids, resource_types, storage_properties
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.scopes import existing_resource, not_found
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

TYPE = "Microsoft.Storage/storageAccounts"
_NAME = re.compile(r"[a-z0-9]{3,24}")
_ENDPOINTS = ("dfs", "blob", "queue", "table", "file")


def put(request: Request) -> Reply:
    """Create an account (202, then ask at `Location`) or change one (200). Properties left out keep their values."""
    context, name = request.context, request.parameters["account"]
    if not _NAME.fullmatch(name):
        raise _invalid_name(name)
    existing = inventory.find(context, request.path)
    taken = inventory.named(context, TYPE, name)
    if taken is not None and existing is None:
        # hashicorp/terraform#11485.
        raise ArmError(409, "StorageAccountAlreadyTaken", f"The storage account named {name} is already taken.")
    given = content.read(request)
    location = content.check_region(given, resource_types.STORAGE_ACCOUNTS, existing, name)
    document = existing or _new(request, name)
    _apply(given, document, existing)
    document["location"] = location
    inventory.keep(context, document)
    if existing is not None:
        return Reply(body=shown(context, document))
    operation = operations.start(context, operations.STORAGE_ACCOUNT_CREATION, account=document["id"])
    inventory.keep(context, {**document, "created": operation["ends"]})
    subscription = resource_ids.subscription_id(resource_ids.subscription_of(request.path))
    path = f"{subscription}/providers/Microsoft.Storage/locations/{location}/asyncoperations/{operation['name']}"
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        **operations.polling(request, operation, path, monitor="true"),
    }
    return Reply(202, headers=headers)


def poll(request: Request) -> Reply:
    """How a creation stands: 202 while it runs, then 200 with the account."""
    operation = operations.find(request.context, request.parameters["operation"])
    if not operations.done(request.context, operation):
        return Reply(202, headers=operations.polling(request, operation, request.path, monitor="true"))
    document = inventory.find(request.context, operation.get("account", ""))
    if document is None:
        raise not_found(operation.get("account", request.path))
    return Reply(body=shown(request.context, document))


def patch(request: Request) -> Reply:
    """Change what the body names."""
    document = existing_account(request)
    _apply(content.read(request), document, document)
    inventory.keep(request.context, document)
    return Reply(body=shown(request.context, document))


def get(request: Request) -> Reply:
    """One account, or 404."""
    return Reply(body=shown(request.context, existing_account(request)))


def delete(request: Request) -> Reply:
    """Delete an account with its containers: 200, or 204 when there is none."""
    if inventory.find(request.context, request.path) is None:
        return Reply(204)
    inventory.remove(request.context, request.path)
    return Reply(200)


def listing(request: Request) -> Reply:
    """The accounts of a group or of the subscription."""
    scope = resource_ids.target(request.path).scope
    accounts = inventory.within(request.context, scope, TYPE)
    return page(request, [shown(request.context, account) for account in accounts])


def list_keys(request: Request) -> Reply:
    """Both keys. They are listed even where `allowSharedKeyAccess` is false; only using them is refused there."""
    document = existing_account(request)
    keys = [
        {
            "creationTime": document["creationTime"],
            "keyName": name,
            "value": document["keys"][name],
            "permissions": "FULL",
        }
        for name in ("key1", "key2")
    ]
    return Reply(body={"keys": keys})


def check_name(request: Request) -> Reply:
    """Whether a name is valid and free (REST reference, "Storage Accounts - Check Name Availability")."""
    body = request.body if isinstance(request.body, dict) else {}
    name, kind = content.member(body, "name"), content.member(body, "type")
    if not isinstance(name, str) or str(kind).lower() != TYPE.lower():
        text = f'The body must be {{"name": "…", "type": "{TYPE}"}}.'
        raise ArmError(400, "InvalidRequestContent", text)
    if not _NAME.fullmatch(name):
        refusal = _invalid_name(name)
        return Reply(body={"nameAvailable": False, "reason": "AccountNameInvalid", "message": refusal.message})
    if inventory.named(request.context, TYPE, name) is not None:
        text = f"The storage account named {name} is already taken."
        return Reply(body={"nameAvailable": False, "reason": "AlreadyExists", "message": text})
    return Reply(body={"nameAvailable": True})


def existing_account(request: Request) -> dict[str, Any]:
    """The account that a path lies at or below. Raises 404 for one that does not exist."""
    return existing_resource(request.context, "/" + "/".join(resource_ids.segments(request.path)[:8]))


def shown(context: Context, document: Mapping[str, Any]) -> dict[str, Any]:
    """An account as Microsoft.Storage shows it."""
    name, created = document["name"], document["creationTime"]
    endpoints = {service: f"https://{name}.{service}.core.windows.net/" for service in _ENDPOINTS}
    service = {"keyType": "Account", "enabled": True, "lastEnabledTime": created}
    ready = document.get("created", 0) <= context.clock.now()
    return {
        "sku": document["sku"],
        "kind": document["kind"],
        **{member: document[member] for member in ("id", "name", "type", "location", "tags")},
        "properties": {
            "keyCreationTime": {"key1": created, "key2": created},
            "privateEndpointConnections": [],
            "networkAcls": {
                "bypass": "AzureServices",
                "virtualNetworkRules": [],
                "ipRules": [],
                "defaultAction": "Allow",
            },
            "supportsHttpsTrafficOnly": True,
            "minimumTlsVersion": "TLS1_0",
            "encryption": {"services": {"file": service, "blob": service}, "keySource": "Microsoft.Storage"},
            "accessTier": "Hot",
            **document["properties"],
            "provisioningState": "Succeeded" if ready else "Creating",
            "creationTime": created,
            "primaryEndpoints": {**endpoints, "web": f"https://{name}.z6.web.core.windows.net/"},
            "primaryLocation": document["location"],
            "statusOfPrimary": "available",
        },
    }


def _new(request: Request, name: str) -> dict[str, Any]:
    keys = {key: base64.b64encode(secrets.token_bytes(64)).decode() for key in ("key1", "key2")}
    subscription, group = resource_ids.subscription_of(request.path), request.parameters["group"]
    return {
        "id": resource_ids.in_group(subscription, group, f"{TYPE}/{name}"),
        "name": name,
        "type": TYPE,
        "tags": {},
        "properties": {},
        "keys": keys,
        "creationTime": request.context.clock.time().isoformat().replace("+00:00", "Z"),
    }


def _apply(given: content.Content, document: dict[str, Any], existing: Mapping[str, Any] | None) -> None:
    if given.identity and str(content.member(given.identity, "type")).lower() != "none":
        text = "The stand-in does not model identities of storage accounts. Leave identity out."
        raise ArmError(400, "InvalidRequestPropertyValue", text)
    properties = storage_properties.read(given.properties)
    hierarchical = document["properties"].get("isHnsEnabled", False)
    if existing is not None and properties.get("isHnsEnabled", hierarchical) != hierarchical:
        raise storage_properties.immutable("isHnsEnabled")
    document["sku"] = storage_properties.sku(given.sku, existing)
    document["kind"] = storage_properties.kind(given.kind, existing)
    if "tags" in given.given:
        document["tags"] = dict(given.tags)
    document["properties"] = {**document["properties"], **properties}


def _invalid_name(name: str) -> ArmError:
    return ArmError(
        400,
        "AccountNameInvalid",
        f"{name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in "
        "length and use numbers and lower-case letters only.",
    )
