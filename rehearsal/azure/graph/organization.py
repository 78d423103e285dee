"""The tenant itself: its organization object and its domains."""

from __future__ import annotations

from typing import Any

from rehearsal.azure.context import Tenant
from rehearsal.azure.graph.collections import Resource, page, single
from rehearsal.azure.graph.refusals import not_found
from rehearsal.azure.routing import Reply, Request

ORGANIZATION = Resource(
    "organization",
    "organization",
    frozenset({"id", "deletedDateTime", "displayName", "countryLetterCode", "tenantType", "verifiedDomains"}),
)
DOMAIN = Resource(
    "domain",
    "domains",
    frozenset({"id", "authenticationType", "isAdminManaged", "isDefault", "isInitial", "isRoot", "isVerified"}),
)


def list_organizations(request: Request) -> Reply:
    """`GET /organization`: one."""
    return page(request, [_organization(request.context.tenant)], ORGANIZATION)


def get_organization(request: Request) -> Reply:
    """`GET /organization/{id}`."""
    if request.parameters["id"].lower() != request.context.tenant.id.lower():
        raise not_found(request.parameters["id"])
    return single(request, _organization(request.context.tenant), ORGANIZATION)


def list_domains(request: Request) -> Reply:
    """`GET /domains`: the initial domain."""
    document = {
        "id": request.context.tenant.domain,
        "authenticationType": "Managed",
        "isAdminManaged": True,
        "isDefault": True,
        "isInitial": True,
        "isRoot": True,
        "isVerified": True,
    }
    return page(request, [document], DOMAIN)


def _organization(tenant: Tenant) -> dict[str, Any]:
    return {
        "id": tenant.id,
        "deletedDateTime": None,
        "displayName": tenant.display_name,
        "countryLetterCode": "NL",
        "tenantType": "AAD",
        "verifiedDomains": [
            {"capabilities": "Email", "isDefault": True, "isInitial": True, "name": tenant.domain, "type": "Managed"}
        ],
    }
