"""Graph's application permissions for the calls that the stand-in models, and what owners may do with less.

Which call needs which: microsoftgraph/microsoft-graph-devx-content, `permissions/new/permissions.json`, and the
permission tables of Microsoft Graph documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.azure.graph.refusals import denied
from rehearsal.azure.routing import Request

OWNED = "Application.ReadWrite.OwnedBy"

READ = ("Application.Read.All", OWNED, "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
"""`Application.ReadWrite.OwnedBy` may list and read all applications and service principals (Microsoft Graph
documentation, "Microsoft Graph permissions reference", remarks on that permission)."""

WRITE = (OWNED, "Application.ReadWrite.All")
WRITE_SERVICE_PRINCIPALS = (*WRITE, "Directory.ReadWrite.All")
ASSIGN = ("AppRoleAssignment.ReadWrite.All",)
READ_TENANT = (*READ, "Organization.Read.All", "Domain.Read.All")


def check_may_write(request: Request, document: Mapping[str, Any]) -> None:
    """Raises Graph's 403 for a caller that may change only what it owns, and does not own this."""
    caller = request.caller
    if caller is not None and caller.roles & {"Application.ReadWrite.All", "Directory.ReadWrite.All"}:
        return
    if caller is None or caller.object_id not in document["owners"]:
        raise denied()


def check_may_read(request: Request) -> None:
    """Raises Graph's 403 for a caller that may not read applications. Granting a role needs this beside
    `AppRoleAssignment.ReadWrite.All` (microsoftgraph/microsoft-graph-docs#12833).
    """
    if request.caller is None or request.caller.roles.isdisjoint(READ):
        raise denied()
