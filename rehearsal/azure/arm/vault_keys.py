"""Keys in a vault, as Resource Manager makes and shows them (REST reference, "Keys", Microsoft.KeyVault).

Resource Manager makes the first version of a key and never another, and deletes none: that is for the vault's own data
plane, which is not modelled. No key material exists here.
"""

import re
import secrets
from collections.abc import Mapping
from typing import Any, NoReturn

from rehearsal.azure.arm import content, inventory, schemas, vaults
from rehearsal.azure.arm.pages import page
from rehearsal.azure.arm.scopes import existing_resource
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

TYPE = "Microsoft.KeyVault/vaults/keys"
_NAME = re.compile(r"[A-Za-z0-9-]{1,127}")
_OPERATIONS = ("encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey")
_SCHEMA: schemas.Schema = {
    "attributes": dict,
    "keyOps": list,
    "keySize": int,
    "kty": ("RSA", "RSA-HSM"),
    "rotationPolicy": dict,
}
_SIZES = (2048, 3072, 4096)


def put(request: Request) -> Reply:
    """Make a key's first version; one that exists is answered as it is, whatever was sent: 200."""
    context, vault, name = request.context, vaults.existing_vault(request), request.parameters["key"]
    existing = inventory.find(context, request.path)
    if existing is not None:
        return Reply(body=_shown(vault, existing))
    if not _NAME.fullmatch(name):
        _refuse("keyName", name, "1 to 127 letters, digits and '-'")
    given = content.read(request)
    now = int(context.clock.now())
    document = {
        "id": f"{vault['id']}/keys/{name}",
        "name": name,
        "type": TYPE,
        "location": vault["location"],
        "tags": dict(given.tags),
        "version": secrets.token_hex(16),
        "created": now,
        "properties": _checked(vault, schemas.read(given.properties, _SCHEMA, _refuse)),
    }
    inventory.keep(context, document)
    return Reply(body=_shown(vault, document))


def get(request: Request) -> Reply:
    """One key, or 404."""
    return Reply(body=_shown(vaults.existing_vault(request), existing_resource(request.context, request.path)))


def listing(request: Request) -> Reply:
    """The keys of a vault."""
    vault = vaults.existing_vault(request)
    return page(request, [_shown(vault, key) for key in inventory.within(request.context, vault["id"], TYPE)])


def _checked(vault: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    kind, size = given.get("kty"), given.get("keySize", _SIZES[0])
    if kind is None:
        _refuse("kty", None, "RSA or RSA-HSM; the stand-in models no others")
    if kind == "RSA-HSM" and vault["properties"]["sku"]["name"] != "premium":
        _refuse("kty", kind, "RSA, unless the vault's SKU is premium")
    if size not in _SIZES:
        _refuse("keySize", size, "2048, 3072 or 4096")
    operations = given.get("keyOps", list(_OPERATIONS))
    if not set(map(str, operations)) <= set(_OPERATIONS):
        _refuse("keyOps", operations, ", ".join(_OPERATIONS))
    return {**given, "keySize": size, "keyOps": operations}


def _shown(vault: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    address = f"{vaults.uri(vault['name'])}keys/{document['name']}"
    purgeable = "" if vault["properties"].get("enablePurgeProtection") else "+Purgeable"
    return {
        **{name: document[name] for name in ("id", "name", "type", "location", "tags")},
        "properties": {
            **document["properties"],
            "attributes": {
                "enabled": True,
                "exportable": False,
                **document["properties"].get("attributes", {}),
                "created": document["created"],
                "updated": document["created"],
                "recoveryLevel": f"Recoverable{purgeable}",
            },
            "keyUri": address,
            "keyUriWithVersion": f"{address}/{document['version']}",
        },
    }


def _refuse(name: str, value: Any, allowed: str) -> NoReturn:
    raise ArmError(400, "BadParameter", f"The value '{value}' of '{name}' is not valid. Allowed: {allowed}.")
