"""Who holds a role: the directory's objects as Resource Manager sees them."""

from __future__ import annotations

from rehearsal.azure.context import Context
from rehearsal.azure.graph import directory

_SERVICE_PRINCIPAL = "servicePrincipal"


def kind(context: Context, principal_id: str) -> str | None:
    """`ServicePrincipal` for one that the directory knows by now, None for an id that it does not know.

    Resource Manager looks principals up in a replica of the directory, which new ones reach later.
    """
    known = context.store.get(_SERVICE_PRINCIPAL, principal_id.lower()) is not None
    replicated = known and directory.is_replicated(context, _SERVICE_PRINCIPAL, principal_id.lower())
    return "ServicePrincipal" if replicated else None
