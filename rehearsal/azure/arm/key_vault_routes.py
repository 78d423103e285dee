"""Operations of Microsoft.KeyVault."""

from rehearsal.azure.arm import deleted_vaults, resource_types, vault_keys, vaults
from rehearsal.azure.arm.gate import existence, route
from rehearsal.azure.routing import Route

_SUBSCRIPTION = "/subscriptions/{subscription}"
_PROVIDER = "/providers/Microsoft.KeyVault"
_VAULTS = _SUBSCRIPTION + "/resourceGroups/{group}" + _PROVIDER + "/vaults"
_VAULT = _VAULTS + "/{vault}"
_KEYS = _VAULT + "/keys"
_KEY = _KEYS + "/{key}"
_DELETED = _SUBSCRIPTION + _PROVIDER + "/locations/{location}/deletedVaults/{vault}"
_V, _K, _D = resource_types.VAULTS, resource_types.VAULT_KEYS, resource_types.DELETED_VAULTS
_VA, _KA = vaults.TYPE, vault_keys.TYPE
_DA = "Microsoft.KeyVault/locations/deletedVaults"

ROUTES: tuple[Route, ...] = (
    route("PUT", _VAULT, vaults.put, _V, f"{_VA}/write", "Create, update or recover a key vault"),
    route("GET", _VAULT, vaults.get, _V, f"{_VA}/read", "Get a key vault"),
    route("HEAD", _VAULT, existence(vaults.get), _V, f"{_VA}/read", "Check whether a key vault exists"),
    route("DELETE", _VAULT, vaults.delete, _V, f"{_VA}/delete", "Delete a key vault, recoverably"),
    route("GET", _VAULTS, vaults.listing, _V, f"{_VA}/read", "List key vaults of a group"),
    route("GET", _SUBSCRIPTION + _PROVIDER + "/vaults", vaults.listing, _V, f"{_VA}/read", "List all key vaults"),
    route("GET", _DELETED, deleted_vaults.get, _D, f"{_DA}/read", "Get a deleted key vault"),
    route("POST", _DELETED + "/purge", deleted_vaults.purge, _D, f"{_DA}/purge/action", "Purge a deleted key vault"),
    route(
        "GET",
        _SUBSCRIPTION + _PROVIDER + "/deletedVaults",
        deleted_vaults.listing,
        _D,
        "Microsoft.KeyVault/deletedVaults/read",
        "List deleted key vaults",
    ),
    route("PUT", _KEY, vault_keys.put, _K, f"{_KA}/write", "Make a key's first version"),
    route("GET", _KEY, vault_keys.get, _K, f"{_KA}/read", "Get a key"),
    route("GET", _KEYS, vault_keys.listing, _K, f"{_KA}/read", "List keys of a vault"),
)
