"""Key vaults (REST reference, "Vaults", Microsoft.KeyVault).

A deleted vault keeps its name, and everything in it, until its retention is over: it can be recovered with the create
mode `recover`, and purged unless it is protected against that (Azure documentation, "Azure Key Vault soft-delete
overview"). Role assignments on it are not kept.
"""

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from rehearsal.azure.arm import content, deleted_vaults, inventory, resource_ids, resource_types, schemas
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.scopes import existing_resource
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

TYPE = "Microsoft.KeyVault/vaults"
_NAME = re.compile(r"(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]")
_SCHEMA: schemas.Schema = {
    "accessPolicies": list,
    "createMode": ("default", "recover"),
    "enabledForDeployment": bool,
    "enabledForDiskEncryption": bool,
    "enabledForTemplateDeployment": bool,
    "enablePurgeProtection": bool,
    "enableRbacAuthorization": bool,
    "enableSoftDelete": bool,
    "networkAcls": dict,
    "publicNetworkAccess": ("Enabled", "Disabled"),
    "sku": dict,
    "softDeleteRetentionInDays": int,
    "tenantId": str,
}
_DEFAULTS: Mapping[str, Any] = {
    "accessPolicies": [],
    "enabledForDeployment": False,
    "enableRbacAuthorization": False,
    "enableSoftDelete": True,
    "publicNetworkAccess": "Enabled",
    "softDeleteRetentionInDays": 90,
}
_SKUS = ("standard", "premium")


def put(request: Request) -> Reply:
    """Create a vault, recover a deleted one, or replace the properties of one: 200.

    The service answers a creation while it is still registering the vault's name; here it is done at once.
    """
    context, name = request.context, request.parameters["vault"]
    if not _NAME.fullmatch(name):
        raise ArmError(
            400,
            "VaultNameNotValid",
            f"The vault name '{name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The "
            "name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens. Follow "
            "this link for more information: https://go.microsoft.com/fwlink/?linkid=2147742",
        )
    existing = inventory.find(context, request.path)
    given = content.read(request)
    properties = schemas.read(given.properties, _SCHEMA, _refuse)
    deleted = deleted_vaults.find(context, name)
    if existing is None:
        _check_name_is_free(request, name, deleted, recovering=properties.get("createMode") == "recover")
    if existing is None and deleted is not None:
        return Reply(body=shown(deleted_vaults.recover(context, deleted)))
    location = content.check_region(given, resource_types.VAULTS, existing, name)
    subscription, group = resource_ids.subscription_of(request.path), request.parameters["group"]
    document = existing or {
        "id": resource_ids.in_group(subscription, group, f"{TYPE}/{name}"),
        "name": name,
        "type": TYPE,
    }
    document |= {
        "location": location,
        "tags": dict(given.tags),
        "properties": _checked(request, properties, existing["properties"] if existing else None),
    }
    inventory.keep(context, document)
    return Reply(body=shown(document))


def get(request: Request) -> Reply:
    """One vault, or 404."""
    return Reply(body=shown(existing_vault(request)))


def delete(request: Request) -> Reply:
    """Delete a vault, which can be recovered: 200, or 204 when there is none."""
    document = inventory.find(request.context, request.path)
    if document is None:
        return Reply(204)
    deleted_vaults.delete(request.context, document)
    return Reply(200)


def listing(request: Request) -> Reply:
    """The vaults of a group or of the subscription."""
    found = inventory.within(request.context, resource_ids.target(request.path).scope, TYPE)
    return page(request, [shown(vault) for vault in found])


def existing_vault(request: Request) -> dict[str, Any]:
    """The vault that a request is about or to whose parts it goes. Raises 404."""
    subscription, group = resource_ids.subscription_of(request.path), request.parameters["group"]
    vault = resource_ids.in_group(subscription, group, f"{TYPE}/{request.parameters['vault']}")
    return existing_resource(request.context, vault)


def uri(name: str) -> str:
    """Where the data plane of a vault is, with a slash at the end."""
    return f"https://{name.lower()}.vault.azure.net/"


def shown(document: Mapping[str, Any]) -> dict[str, Any]:
    """A vault as Microsoft.KeyVault shows it."""
    return {
        **{name: document[name] for name in ("id", "name", "type", "location", "tags")},
        "properties": {
            **_DEFAULTS,
            **document["properties"],
            "vaultUri": uri(document["name"]),
            "provisioningState": "Succeeded",
        },
    }


def _check_name_is_free(request: Request, name: str, deleted: inventory.Document | None, *, recovering: bool) -> None:
    """Names are global, deleted vaults included. The words are those of Azure/azure-cli#29115 and
    Azure/azure-powershell#15115, with the misspelling.
    """
    if deleted is not None and resource_ids.key(deleted["id"]) == resource_ids.key(request.path):
        if not recovering:
            raise ArmError(
                409,
                "ConflictError",
                "A vault with the same name already exists in deleted state. You need to either recover or purge "
                "existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more "
                "information on soft delete.",
            )
    elif deleted is not None or inventory.named(request.context, TYPE, name) is not None:
        raise ArmError(
            409,
            "VaultAlreadyExists",
            f"The vault name '{name}' is already in use. Vault names are globaly unique so it is possible that the "
            "name is already taken. If you are sure that the vault name was not taken then it is possible that a vault "
            "with the same name was recently deleted but not purged after being placed in a recoverable state. If the "
            "vault is in a recoverable state then the vault will need to be purged before reusing the name. For more "
            "information on soft delete and purging a vault follow this link "
            "https://go.microsoft.com/fwlink/?linkid=2147740.",
        )
    elif recovering:
        text = f"There is no deleted vault '{name}' to recover."
        raise ArmError(404, "DeletedVaultNotFound", text)


def _checked(request: Request, given: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    properties = {name: value for name, value in given.items() if name != "createMode"}
    sku = content.member(properties.get("sku", {}), "name")
    if str(sku).lower() not in _SKUS or content.member(properties["sku"], "family") != "A":
        _refuse("sku", properties.get("sku"), "family A, name standard or premium")
    properties["sku"] = {"family": "A", "name": str(sku).lower()}
    if properties.get("tenantId", "").lower() != request.context.tenant.id:
        _refuse("tenantId", properties.get("tenantId"), f"this directory's, {request.context.tenant.id}")
    if "accessPolicies" not in properties and not properties.get("enableRbacAuthorization"):
        _refuse("accessPolicies", None, "a list, or enableRbacAuthorization true")
    if properties.get("enableSoftDelete") is False:
        _refuse("enableSoftDelete", False, "true")
    if properties.get("enablePurgeProtection") is False:
        # Azure/azure-cli#29115.
        text = (
            'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault '
            "is an irreversible action."
        )
        raise ArmError(400, "BadRequest", text)
    days = properties.get("softDeleteRetentionInDays", _DEFAULTS["softDeleteRetentionInDays"])
    if not 7 <= days <= 90:
        _refuse("softDeleteRetentionInDays", days, "7 to 90")
    if before is not None:
        kept = before.get("softDeleteRetentionInDays", _DEFAULTS["softDeleteRetentionInDays"])
        if properties.get("softDeleteRetentionInDays", kept) != kept:
            text = 'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.'
            raise ArmError(400, "BadRequest", text)
        permanent = {name: before[name] for name in ("enablePurgeProtection",) if name in before}
        properties = {**permanent, "softDeleteRetentionInDays": kept, **properties}
    return properties


def _refuse(name: str, value: Any, allowed: str) -> NoReturn:
    raise ArmError(400, "BadRequest", f"The value '{value}' of '{name}' is not valid. Allowed: {allowed}.")
