"""The tenant segment of login paths."""

from __future__ import annotations

import re

from rehearsal.azure.context import Context
from rehearsal.azure.errors import LoginError

_SHARED = ("common", "organizations")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def check(context: Context, segment: str, *, shared: bool = False) -> str:
    """The tenant as the service names it in answers: its id, or with `shared` also `common` and `organizations`.

    Raises AADSTS90002 for a tenant that does not exist and AADSTS900023 for a segment that cannot be one. The words are
    those of Azure/azure-cli#22145.
    """
    name = segment.lower()
    if name in (context.tenant.id.lower(), context.tenant.domain.lower()):
        return context.tenant.id
    if shared and name in _SHARED:
        return name
    if _GUID.fullmatch(name) or _DOMAIN.fullmatch(name):
        raise LoginError(
            90002,
            "invalid_tenant",
            f"Tenant '{segment}' not found. Check to make sure you have the correct tenant ID and are signing into the "
            "correct cloud. Check with your subscription administrator, this may happen if there are no active "
            "subscriptions for the tenant.",
            status=400,
        )
    raise LoginError(
        900023,
        "invalid_request",
        f"Specified tenant identifier '{segment}' is neither a valid DNS name, nor a valid external domain.",
    )
