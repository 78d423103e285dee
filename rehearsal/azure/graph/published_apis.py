"""APIs published by Microsoft: their service principals are in every tenant, with well-known ids.

Application ids and names: Microsoft Entra documentation, "Verify first-party Microsoft applications in sign-in
reports". Role ids are the same in every tenant; `published/*.tsv` holds a real selection of them. Descriptions of roles
are not reproduced, the display name stands in.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.azure.context import ARM_APP_ID, GRAPH_APP_ID, Context
from rehearsal.azure.graph import service_principal_properties

_PUBLISHER = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
_FOLDER = Path(__file__).parent / "published"
_SINCE = "2020-01-01T00:00:00Z"


@dataclass(frozen=True)
class PublishedApi:
    """One API: its application id, its display name, the names it is asked for by, and the file with its roles."""

    app_id: str
    display_name: str
    names: tuple[str, ...]
    roles: str | None = None


APIS = (
    PublishedApi(
        GRAPH_APP_ID,
        "Microsoft Graph",
        ("https://graph.microsoft.com", "https://graph.microsoft.com/", "https://canary.graph.microsoft.com"),
        "microsoft_graph.tsv",
    ),
    PublishedApi(
        ARM_APP_ID,
        "Windows Azure Service Management API",
        ("https://management.core.windows.net/", "https://management.azure.com/"),
    ),
    PublishedApi(
        "e406a681-f3d4-42a8-90b6-c2b029497af1",
        "Azure Storage",
        ("https://storage.azure.com", "https://storage.azure.com/"),
    ),
    PublishedApi(
        "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
        "Azure Key Vault",
        ("https://vault.azure.net", "https://vault.azure.net/"),
    ),
    PublishedApi(
        "022907d3-0f1b-48f7-badc-1ba6abab6d66",
        "Azure SQL Database",
        ("https://database.windows.net/", "https://database.windows.net"),
    ),
    PublishedApi(
        "00000002-0000-0ff1-ce00-000000000000",
        "Office 365 Exchange Online",
        ("https://outlook.office365.com", "https://outlook.office365.com/", "https://outlook.office.com"),
        "office_365_exchange_online.tsv",
    ),
    PublishedApi(
        "00000003-0000-0ff1-ce00-000000000000",
        "Office 365 SharePoint Online",
        ("https://microsoft.sharepoint-df.com", "https://onedrive.cloud.microsoft/"),
        "office_365_sharepoint_online.tsv",
    ),
    PublishedApi(
        "c5393580-f805-4401-95e8-94b7a6ef2fc2",
        "Office 365 Management APIs",
        ("https://manage.office.com",),
        "office_365_management_apis.tsv",
    ),
)


def seed(context: Context) -> None:
    """Put the service principals that are not there yet. Object ids differ from tenant to tenant, and only then."""
    for api in APIS:
        if not context.store.find("servicePrincipal", appId=api.app_id):
            document = _service_principal(context, api)
            context.store.put("servicePrincipal", document["id"], document)


def roles(file_name: str) -> list[dict[str, Any]]:
    """The app roles that a file lists, all for applications."""
    lines = (_FOLDER / file_name).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [
        {
            "allowedMemberTypes": ["Application"],
            "description": name,
            "displayName": name,
            "id": role_id,
            "isEnabled": True,
            "origin": "Application",
            "value": value,
        }
        for value, role_id, name in rows
    ]


def _service_principal(context: Context, api: PublishedApi) -> dict[str, Any]:
    document = service_principal_properties.new(
        {
            "id": str(uuid.uuid5(uuid.UUID(context.tenant.id), api.app_id)),
            "deletedDateTime": None,
            "createdDateTime": _SINCE,
            "appId": api.app_id,
            "appDisplayName": api.display_name,
            "displayName": api.display_name,
            "appOwnerOrganizationId": _PUBLISHER,
            "appRoles": roles(api.roles) if api.roles else [],
            "servicePrincipalNames": [api.app_id, *api.names],
            "signInAudience": "AzureADMultipleOrgs",
        }
    )
    return {**document, "published": True}
