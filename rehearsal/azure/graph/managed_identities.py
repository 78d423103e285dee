"""The service principals of managed identities, which Resource Manager creates and removes with its resources."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from rehearsal.azure.context import Context
from rehearsal.azure.graph import app_role_assignments, directory, owners, service_principal_properties

_KIND = "servicePrincipal"
_ENDPOINTS = "identityEndpoint"


def create(context: Context, *, resource_id: str, name: str) -> dict[str, Any]:
    """The service principal of a resource's system-assigned identity; `id` is what Resource Manager calls
    `principalId`.

    It has an application id of its own and no application object, and `alternativeNames` hold the resource's id, with
    `resourcegroups` in lower case (microsoftgraph/microsoft-graph-docs-contrib#1407 shows one).
    """
    app_id = str(uuid.uuid4())
    parts = resource_id.split("/")
    own_id = "/".join(part.lower() if part.lower() == "resourcegroups" else part for part in parts)
    document = service_principal_properties.new(
        {
            "id": str(uuid.uuid4()),
            "deletedDateTime": None,
            "createdDateTime": context.clock.timestamp(),
            "appId": app_id,
            "displayName": name,
            "alternativeNames": ["isExplicit=False", own_id],
            "servicePrincipalNames": [app_id, f"https://identity.azure.net/{secrets.token_urlsafe(32)}"],
            "servicePrincipalType": "ManagedIdentity",
        }
    )
    directory.create(context, _KIND, document)
    endpoint = {"principalId": document["id"], "resourceId": own_id, "header": str(uuid.uuid4())}
    context.store.put(_ENDPOINTS, document["id"], endpoint)
    return document


def remove(context: Context, principal_id: str) -> None:
    """Take the identity away for good, with its assignments: it is not among the deleted items afterwards."""
    app_role_assignments.remove_of(context, principal_id)
    directory.remove(context, _KIND, principal_id)
    owners.forget(context, principal_id)
    context.store.remove(_ENDPOINTS, principal_id)


def endpoint(context: Context, principal_id: str) -> dict[str, Any] | None:
    """`principalId`, `resourceId` and `header` of an identity; None when there is none.

    The header is what the platform puts in `IDENTITY_HEADER` of the resource's processes, and nowhere else.
    """
    return context.store.get(_ENDPOINTS, principal_id)


def endpoint_of_header(context: Context, header: str) -> dict[str, Any] | None:
    """The same by the header that a process presents."""
    for found in context.store.all(_ENDPOINTS):
        if secrets.compare_digest(found["header"].encode(), header.encode()):
            return found
    return None
