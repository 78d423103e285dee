"""A storage account's blob service and its containers (REST reference, "Blob Services" and "Blob Containers").

The blob service named `default` exists with the account; it cannot be deleted.
"""

import re
import uuid
from typing import Any

from rehearsal.azure.arm import content, inventory, schemas, storage_properties
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.storage_accounts import existing_account
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers"
_NAME = re.compile(r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*|\$web|\$root|\$logs")
_SERVICE: schemas.Schema = {
    "automaticSnapshotPolicyEnabled": bool,
    "changeFeed": dict,
    "containerDeleteRetentionPolicy": dict,
    "cors": dict,
    "defaultServiceVersion": str,
    "deleteRetentionPolicy": dict,
    "isVersioningEnabled": bool,
    "lastAccessTimeTrackingPolicy": dict,
    "restorePolicy": dict,
}
_CONTAINER: schemas.Schema = {
    "publicAccess": ("None", "Container", "Blob"),
    "metadata": dict,
    "defaultEncryptionScope": str,
    "denyEncryptionScopeOverride": bool,
}


def get_service(request: Request) -> Reply:
    """The blob service of an account."""
    return Reply(body=_service(existing_account(request)))


def put_service(request: Request) -> Reply:
    """Set the blob service's properties; what is left out gets its default."""
    account = existing_account(request)
    account["blobService"] = schemas.read(content.properties(request), _SERVICE, storage_properties.refuse)
    inventory.keep(request.context, account)
    return Reply(body=_service(account))


def list_services(request: Request) -> Reply:
    """The one blob service there is."""
    return page(request, [_service(existing_account(request))])


def put_container(request: Request) -> Reply:
    """Create a container (201) or set its properties (200)."""
    account, name = existing_account(request), request.parameters["container"]
    if not _NAME.fullmatch(name):
        raise ArmError(
            400,
            "InvalidResourceName",
            f"The specified resource name contains invalid characters or has a wrong length: '{name}'. Container names "
            "have 3 to 63 lower-case letters, digits and single dashes.",
        )
    existing = inventory.find(request.context, request.path)
    document = existing or {
        "id": f"{account['id']}/blobServices/default/containers/{name}",
        "name": name,
        "type": CONTAINER,
        "location": "",
        "properties": {},
    }
    _apply(request, account, document)
    return Reply(200 if existing else 201, _shown(document))


def patch_container(request: Request) -> Reply:
    """Change what the body names."""
    account, document = existing_account(request), _existing(request)
    _apply(request, account, document)
    return Reply(body=_shown(document))


def get_container(request: Request) -> Reply:
    """One container, or 404."""
    existing_account(request)
    return Reply(body=_shown(_existing(request), complete=True))


def delete_container(request: Request) -> Reply:
    """Delete a container: 200, or 204 when there is none."""
    existing_account(request)
    if inventory.find(request.context, request.path) is None:
        return Reply(204)
    inventory.remove(request.context, request.path)
    return Reply(200)


def list_containers(request: Request) -> Reply:
    """The containers of an account."""
    account = existing_account(request)
    containers = inventory.within(request.context, account["id"], CONTAINER)
    return page(request, [_shown(document, complete=True) for document in containers])


def _apply(request: Request, account: dict[str, Any], document: dict[str, Any]) -> None:
    given = schemas.read(content.properties(request), _CONTAINER, storage_properties.refuse)
    public = given.get("publicAccess", "None") != "None"
    if public and not account["properties"].get("allowBlobPublicAccess", False):
        text = "Public access is not permitted on this storage account."
        raise ArmError(409, "PublicAccessNotPermitted", text)
    document["properties"] = {**document["properties"], **given}
    document["lastModifiedTime"] = request.context.clock.time().isoformat().replace("+00:00", "Z")
    document["etag"] = f'"0x{uuid.uuid4().hex[:15].upper()}"'
    inventory.keep(request.context, document)


def _existing(request: Request) -> dict[str, Any]:
    document = inventory.find(request.context, request.path)
    if document is None:
        time = request.context.clock.timestamp()
        text = f"The specified container does not exist.\nRequestId:{uuid.uuid4()}\nTime:{time}"
        raise ArmError(404, "ContainerNotFound", text)
    return document


def _service(account: dict[str, Any]) -> dict[str, Any]:
    defaults = {
        "cors": {"corsRules": []},
        "deleteRetentionPolicy": {"allowPermanentDelete": False, "enabled": False},
    }
    return {
        "sku": account["sku"],
        "id": f"{account['id']}/blobServices/default",
        "name": "default",
        "type": "Microsoft.Storage/storageAccounts/blobServices",
        "properties": {**defaults, **account.get("blobService", {})},
    }


def _shown(document: dict[str, Any], *, complete: bool = False) -> dict[str, Any]:
    properties = {
        "deleted": False,
        "remainingRetentionDays": 0,
        "defaultEncryptionScope": "$account-encryption-key",
        "denyEncryptionScopeOverride": False,
        "publicAccess": "None",
        "hasImmutabilityPolicy": False,
        "hasLegalHold": False,
        **document["properties"],
    }
    if complete:
        lease = {"leaseStatus": "Unlocked", "leaseState": "Available"}
        properties |= {**lease, "lastModifiedTime": document["lastModifiedTime"]}
    shown = {name: document[name] for name in ("id", "name", "type", "etag")}
    return {**shown, "properties": properties}
