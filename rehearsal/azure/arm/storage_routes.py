"""Operations of Microsoft.Storage."""

from rehearsal.azure.arm import blob_services, resource_types, storage_accounts
from rehearsal.azure.arm.gate import existence, route
from rehearsal.azure.routing import Route

_SUBSCRIPTION = "/subscriptions/{subscription}"
_STORAGE = "/providers/Microsoft.Storage"
_ACCOUNTS = _SUBSCRIPTION + "/resourceGroups/{group}" + _STORAGE + "/storageAccounts"
_ACCOUNT = _ACCOUNTS + "/{account}"
_SERVICE = _ACCOUNT + "/blobServices/default"
_CONTAINER = _SERVICE + "/containers/{container}"
_READ, _WRITE, _DELETE = (f"Microsoft.Storage/storageAccounts/{verb}" for verb in ("read", "write", "delete"))
_SERVICES = "Microsoft.Storage/storageAccounts/blobServices"
_CONTAINERS = f"{_SERVICES}/containers"
_A, _B, _C = resource_types.STORAGE_ACCOUNTS, resource_types.BLOB_SERVICES, resource_types.CONTAINERS

ROUTES: tuple[Route, ...] = (
    route("PUT", _ACCOUNT, storage_accounts.put, _A, _WRITE, "Create or update a storage account"),
    route("PATCH", _ACCOUNT, storage_accounts.patch, _A, _WRITE, "Change a storage account"),
    route("GET", _ACCOUNT, storage_accounts.get, _A, _READ, "Get a storage account"),
    route("HEAD", _ACCOUNT, existence(storage_accounts.get), _A, _READ, "Check whether a storage account exists"),
    route("DELETE", _ACCOUNT, storage_accounts.delete, _A, _DELETE, "Delete a storage account"),
    route("GET", _ACCOUNTS, storage_accounts.listing, _A, _READ, "List storage accounts of a group"),
    route(
        "GET",
        _SUBSCRIPTION + _STORAGE + "/storageAccounts",
        storage_accounts.listing,
        _A,
        _READ,
        "List storage accounts of the subscription",
    ),
    route(
        "POST",
        _ACCOUNT + "/listKeys",
        storage_accounts.list_keys,
        _A,
        "Microsoft.Storage/storageAccounts/listKeys/action",
        "List a storage account's keys",
    ),
    route(
        "GET",
        _SUBSCRIPTION + _STORAGE + "/locations/{location}/asyncoperations/{operation}",
        storage_accounts.poll,
        resource_types.STORAGE_OPERATIONS,
        "",
        "Poll the creation of a storage account",
    ),
    route(
        "POST",
        _SUBSCRIPTION + _STORAGE + "/checkNameAvailability",
        storage_accounts.check_name,
        resource_types.STORAGE_NAMES,
        "Microsoft.Storage/checknameavailability/read",
        "Check a storage account's name",
    ),
    route(
        "GET", _ACCOUNT + "/blobServices", blob_services.list_services, _B, f"{_SERVICES}/read", "List blob services"
    ),
    route("GET", _SERVICE, blob_services.get_service, _B, f"{_SERVICES}/read", "Get the blob service"),
    route("PUT", _SERVICE, blob_services.put_service, _B, f"{_SERVICES}/write", "Set the blob service's properties"),
    route("GET", _SERVICE + "/containers", blob_services.list_containers, _C, f"{_CONTAINERS}/read", "List containers"),
    route("PUT", _CONTAINER, blob_services.put_container, _C, f"{_CONTAINERS}/write", "Create or update a container"),
    route("PATCH", _CONTAINER, blob_services.patch_container, _C, f"{_CONTAINERS}/write", "Change a container"),
    route("GET", _CONTAINER, blob_services.get_container, _C, f"{_CONTAINERS}/read", "Get a container"),
    route("DELETE", _CONTAINER, blob_services.delete_container, _C, f"{_CONTAINERS}/delete", "Delete a container"),
)
