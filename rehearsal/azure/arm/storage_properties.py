"""The rules of a storage account's request: SKU, kind, properties (REST reference, "Storage Accounts - Create")."""

from collections.abc import Mapping
from typing import Any, NoReturn

from rehearsal.azure.arm import content, schemas
from rehearsal.azure.errors import ArmError

_SKUS = (
    *("Standard_LRS", "Standard_GRS", "Standard_RAGRS", "Standard_ZRS", "Standard_GZRS", "Standard_RAGZRS"),
    *("Premium_LRS", "Premium_ZRS"),
)
_KINDS = ("StorageV2", "Storage", "BlobStorage", "BlockBlobStorage", "FileStorage")

_SCHEMA: schemas.Schema = {
    "accessTier": ("Hot", "Cool", "Cold", "Premium"),
    "allowBlobPublicAccess": bool,
    "allowCrossTenantReplication": bool,
    "allowSharedKeyAccess": bool,
    "allowedCopyScope": ("PrivateLink", "AAD"),
    "defaultToOAuthAuthentication": bool,
    "dnsEndpointType": ("Standard",),
    "enableExtendedGroups": bool,
    "encryption": dict,
    "isHnsEnabled": bool,
    "isLocalUserEnabled": bool,
    "isNfsV3Enabled": bool,
    "isSftpEnabled": bool,
    "keyPolicy": dict,
    "largeFileSharesState": ("Enabled", "Disabled"),
    "minimumTlsVersion": ("TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"),
    "networkAcls": dict,
    "publicNetworkAccess": ("Enabled", "Disabled", "SecuredByPerimeter"),
    "routingPreference": dict,
    "sasPolicy": dict,
    "supportsHttpsTrafficOnly": bool,
}
_NOT_MODELLED = ("customDomain", "azureFilesIdentityBasedAuthentication", "immutableStorageWithVersioning")


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a request. Raises 400 for a value that is not allowed or a property not modelled."""
    for name in _NOT_MODELLED:
        if content.member(given, name) is not None:
            text = f"The stand-in does not model the property '{name}' of a storage account. Leave it out."
            raise ArmError(400, "InvalidRequestPropertyValue", text)
    return schemas.read(given, _SCHEMA, refuse)


def sku(given: Mapping[str, Any], existing: Mapping[str, Any] | None) -> dict[str, str]:
    """Name and tier of the SKU. Raises 400 when none is given on create, for an unknown one, and for one of the other
    tier, which an account can never change to (Azure/azure-cli#27899).
    """
    name = content.member(given, "name")
    if name is None and existing is not None:
        return dict(existing["sku"])
    known = next((one for one in _SKUS if one.lower() == str(name).lower()), None)
    if known is None:
        refuse("sku.name", name, ", ".join(_SKUS))
    tier = known.partition("_")[0]
    if existing is not None and existing["sku"]["tier"] != tier:
        raise immutable("sku")
    return {"name": known, "tier": tier}


def kind(given: str | None, existing: Mapping[str, Any] | None) -> str:
    """The account's kind; general-purpose v1 and blob accounts can be upgraded to v2, nothing else changes."""
    if given is None and existing is not None:
        return str(existing["kind"])
    known = next((one for one in _KINDS if one.lower() == str(given).lower()), None)
    if known is None:
        refuse("kind", given, ", ".join(_KINDS))
    if existing is not None and existing["kind"] not in (known, "Storage", "BlobStorage"):
        raise immutable("kind")
    return known


def immutable(name: str) -> ArmError:
    """A change of something that only creation sets."""
    return ArmError(400, "InvalidValuesForRequestParameters", f"Values for request parameters are invalid: {name}.")


def refuse(name: str, value: Any, allowed: str) -> NoReturn:
    """Raise the refusal of a value, in the words quoted in terraform-provider-azurerm's
    `storage_account_resource.go`.
    """
    raise ArmError(
        400,
        "InvalidRequestPropertyValue",
        f"The value '{value}' is not allowed for property {name}. Allowed: {allowed}. "
        "For more information, see - https://aka.ms/storageaccountupdate",
    )
