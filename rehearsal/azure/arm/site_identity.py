"""The system-assigned identity of a site: a service principal that lives and dies with it.

It is created with the identity and deleted with the site; RBAC assignments made to it stay behind as "Identity not
found" (Azure documentation, "Managed identities for Azure resources" and "Troubleshoot Azure RBAC").
"""

from collections.abc import Mapping
from typing import Any

from rehearsal.azure.arm import content
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError
from rehearsal.azure.graph import managed_identities

_SYSTEM = "SystemAssigned"


def update(context: Context, site: dict[str, Any], wanted: Mapping[str, Any]) -> None:
    """Give a site the identity that a request asks for, or take it away; an absent `identity` changes nothing.

    Args:
        context: the stand-in.
        site: the site's document; its `identity` is set.
        wanted: the `identity` member of the request, `{"type": "SystemAssigned"}` or `{"type": "None"}`.

    Raises 400 for user-assigned identities, which the stand-in does not model, and for unknown types.
    """
    if not wanted:
        return
    kind = str(content.member(wanted, "type")).replace(" ", "").lower()
    if kind == "none":
        remove(context, site)
    elif kind != _SYSTEM.lower():
        raise ArmError(
            400,
            "InvalidIdentityType",
            f"The identity type '{content.member(wanted, 'type')}' is not modelled by the stand-in. "
            "Allowed: SystemAssigned, None.",
        )
    elif site.get("identity") is None:
        principal = managed_identities.create(context, resource_id=site["id"], name=site["name"])
        site["identity"] = {"type": _SYSTEM, "tenantId": context.tenant.id, "principalId": principal["id"]}


def remove(context: Context, site: dict[str, Any]) -> None:
    """Delete the site's principal with its app-role assignments."""
    identity = site.get("identity")
    if identity is not None:
        managed_identities.remove(context, identity["principalId"])
    site["identity"] = None
