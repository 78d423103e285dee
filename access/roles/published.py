"""Roles that are the same in every tenant: Microsoft Graph's app roles and Azure's built-in roles.

Each table names its sources in its first lines. What the tables do not hold is no error: Microsoft adds roles all the
time, and a caller shows the id of such a role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from access.roles.risk import Risk, risk_by_name

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class PublishedRole:
    """A role with a well-known id."""

    id: str
    """A GUID in lower case."""
    name: str
    """The value of an app role (`User.Read.All`), or the name of an Azure role (`Storage Blob Data Owner`)."""
    takeover: str | None
    """How its holder can give itself everything, to follow "takes over … by"; None if it cannot."""

    @property
    def risk(self) -> Risk:
        """How dangerous it is to hold the role."""
        return Risk.TAKEOVER if self.takeover else risk_by_name(self.name)


def graph_role(role_id: str) -> PublishedRole | None:
    """Returns the app role of Microsoft Graph with this id, if it is in the table."""
    return _table("microsoft_graph.tsv").get(role_id.lower())


def azure_role(role_definition_id: str) -> PublishedRole | None:
    """Returns the built-in role that a role definition's GUID, or an ARM id that ends in it, stands for."""
    return _table("azure.tsv").get(role_definition_id.rpartition("/")[2].lower())


def graph_roles() -> Mapping[str, PublishedRole]:
    """Returns every app role of Microsoft Graph in the table, by id."""
    return _table("microsoft_graph.tsv")


def azure_roles() -> Mapping[str, PublishedRole]:
    """Returns every built-in role of Azure in the table, by id."""
    return _table("azure.tsv")


@cache
def _table(file: str) -> Mapping[str, PublishedRole]:
    roles: dict[str, PublishedRole] = {}
    for line in (_FOLDER / file).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, role_id, *takeover = line.split("\t")
            roles[role_id] = PublishedRole(role_id, name, takeover[0] if takeover else None)
    return MappingProxyType(roles)
