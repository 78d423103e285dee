"""Deployment packages: what lies in a site's container, put there by the platform as the site's identity.

The platform writes the blob `released-package.zip`, and needs the right to (Azure/azure-functions-core-tools#4346 shows
its log).
"""

import base64
from typing import Any

from rehearsal.azure.arm import authorization, inventory, resource_ids
from rehearsal.azure.context import Context

NAME = "released-package.zip"
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
_STEP = (
    "Kudu.Legion.Core.Storage.BlobContainerStorage: BlobUploadFailedException: Failed to upload blob to storage account"
)


def store(context: Context, site: dict[str, Any], content: bytes, deployment: str) -> str | None:
    """Write a package into the site's container; why it could not be, in the platform's words, or None."""
    container, failure = _reached(context, site, "write")
    if container is None:
        status = "Response status code does not indicate success"
        return f"InaccessibleStorageException: Failed to access storage account: {_STEP}: {status}: {failure}"
    blob = {
        "id": f"{container}/blobs/{NAME}",
        "scope": container,
        "content": base64.b64encode(content).decode(),
        "deployment": deployment,
    }
    context.store.put(inventory.BLOB, resource_ids.key(blob["id"]), blob)
    return None


def read(context: Context, site: dict[str, Any]) -> tuple[bytes | None, str]:
    """The package as the site's instances get it when they start; None and why not."""
    container, failure = _reached(context, site, "read")
    if container is None:
        return None, failure
    blob = context.store.get(inventory.BLOB, resource_ids.key(f"{container}/blobs/{NAME}"))
    if blob is None:
        return None, "404 (The specified blob does not exist.)"
    return base64.b64decode(blob["content"]), ""


def _reached(context: Context, site: dict[str, Any], verb: str) -> tuple[str | None, str]:
    """The id of the site's container, if its identity may read or write blobs there."""
    url = site["functionAppConfig"]["deployment"]["storage"]["value"]
    host, _, container = url.removeprefix("https://").partition("/")
    account = inventory.named(context, "Microsoft.Storage/storageAccounts", host.partition(".")[0])
    if account is None:
        return None, f"Name or service not known ({host}:443)"
    found = inventory.find(context, f"{account['id']}/blobServices/default/containers/{container}")
    if found is None:
        return None, "404 (The specified container does not exist.)"
    principal = (site["identity"] or {}).get("principalId", "")
    if not authorization.allowed(context, principal, f"{_BLOBS}/{verb}", str(found["id"]), data=True):
        return None, "403 (This request is not authorized to perform this operation using this permission.)"
    return str(found["id"]), ""
