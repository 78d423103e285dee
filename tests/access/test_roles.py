"""The tables of published roles, and how a role is rated."""

from __future__ import annotations

import re

import pytest

from access.roles.published import azure_role, azure_roles, graph_role, graph_roles
from access.roles.risk import Risk, risk_by_name

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.mark.parametrize("roles", [graph_roles(), azure_roles()], ids=["Microsoft Graph", "Azure"])
def test_every_role_of_a_table_has_a_guid_and_a_name(roles: dict[str, object]) -> None:
    assert len(roles) > 100
    assert all(GUID.fullmatch(role_id) for role_id in roles)


def test_no_name_of_a_table_is_empty_or_has_a_tab_too_many() -> None:
    names = [role.name for roles in (graph_roles(), azure_roles()) for role in roles.values()]
    assert all(name == name.strip() and name for name in names)


@pytest.mark.parametrize(
    ("role_id", "name", "risk"),
    [
        ("06b708a9-e830-4db3-a914-8e69da51d44f", "AppRoleAssignment.ReadWrite.All", Risk.TAKEOVER),
        ("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "RoleManagement.ReadWrite.Directory", Risk.TAKEOVER),
        ("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", "Application.ReadWrite.All", Risk.TAKEOVER),
        ("19dbc75e-c2e2-444c-a770-ec69d8559fc7", "Directory.ReadWrite.All", Risk.TAKEOVER),
        ("b633e1c5-b582-4048-a93e-9f11b44c7e96", "Mail.Send", Risk.WRITE),
        ("01d4889c-1287-42c6-ac1f-5d1e02578ef6", "Files.Read.All", Risk.READ),
        ("df021288-bdef-4463-88db-98f22de89214", "User.Read.All", Risk.READ),
        ("DF021288-BDEF-4463-88DB-98F22DE89214", "User.Read.All", Risk.READ),
    ],
)
def test_a_role_of_microsoft_graph_is_known_by_its_id(role_id: str, name: str, risk: Risk) -> None:
    role = graph_role(role_id)
    assert role is not None
    assert (role.name, role.risk) == (name, risk)


@pytest.mark.parametrize(
    ("role_id", "name", "risk"),
    [
        ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", Risk.TAKEOVER),
        ("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "User Access Administrator", Risk.TAKEOVER),
        ("f58310d9-a9f6-439a-9e8d-f62e7b41a168", "Role Based Access Control Administrator", Risk.TAKEOVER),
        ("b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor", Risk.WRITE),
        ("b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "Storage Blob Data Owner", Risk.WRITE),
        ("2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", "Storage Blob Data Reader", Risk.READ),
        ("c12c1c16-33a1-487b-954d-41c89c60f349", "Reader and Data Access", Risk.WRITE),
        ("/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7",
         "Reader", Risk.READ),
    ],
)  # fmt: skip
def test_a_built_in_role_of_azure_is_known_by_its_id(role_id: str, name: str, risk: Risk) -> None:
    role = azure_role(role_id)
    assert role is not None
    assert (role.name, role.risk) == (name, risk)


def test_an_id_of_no_table_is_no_error() -> None:
    assert graph_role("68672307-9df6-550a-86c7-7785b5e38140") is None
    assert azure_role("68672307-9df6-550a-86c7-7785b5e38140") is None


def test_whatever_takes_over_the_tenant_says_how() -> None:
    takeovers = [role for role in graph_roles().values() if role.risk is Risk.TAKEOVER]
    assert len(takeovers) == 41
    assert all(role.takeover and role.takeover.split()[0].endswith("ing") for role in takeovers)


@pytest.mark.parametrize(
    ("value", "risk"),
    [
        ("Things.Read.All", Risk.READ),
        ("Things.ReadBasic", Risk.READ),
        ("Things.List", Risk.READ),
        ("reader", Risk.READ),
        ("things:read", Risk.READ),
        ("ConsentRequest.Read.All", Risk.READ),
        ("Things.ReadWrite.All", Risk.WRITE),
        ("Things.Read.Delete", Risk.WRITE),
        ("Things.Write.All", Risk.WRITE),
        ("Things.Delete", Risk.WRITE),
        ("things:read+write", Risk.WRITE),
        ("Mail.Send", Risk.WRITE),
        ("Spreadsheet", Risk.WRITE),
        ("admin", Risk.WRITE),
        ("", Risk.WRITE),
    ],
)
def test_a_role_of_any_api_reads_only_if_its_name_says_so(value: str, risk: Risk) -> None:
    assert risk_by_name(value) is risk


def test_what_is_not_known_comes_between_what_writes_and_what_reads() -> None:
    assert sorted(Risk, key=lambda risk: risk.rank) == [Risk.TAKEOVER, Risk.WRITE, Risk.UNKNOWN, Risk.READ]
