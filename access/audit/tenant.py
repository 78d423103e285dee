"""What a tenant and its subscriptions really hold for the identities and the APIs of a stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from access.audit.finding import DEFAULT, Kind, Party
from access.cloud.cloud import Cloud
from access.cloud.graph import APP_ID, query
from access.cloud.resource_manager import AUTHORIZATION
from access.roles.published import azure_role, graph_role
from access.roles.risk import Risk, risk_by_name

DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
"""Assigned without any role (Microsoft Graph reference, "appRoleAssignment resource type", `appRoleId`)."""
_PRINCIPAL = "id,appId,displayName,servicePrincipalType,appRoles"
_REGISTRATION = "id,appId,displayName,passwordCredentials,keyCredentials"

Document = dict[str, Any]


class Tenant:
    """Reads once what several findings need: service principals with their roles, and role definitions."""

    def __init__(self, cloud: Cloud) -> None:
        """`cloud` is the one to look at."""
        self._cloud = cloud
        self._principals: dict[str, Document | None] = {}
        self._definitions: dict[str, str] = {}

    def learn(self, object_ids: Iterable[str]) -> None:
        """Reads service principals that are not known yet, in batches. Raises RefusedError."""
        wanted = [each for each in dict.fromkeys(object_ids) if each and each not in self._principals]
        paths = [query(f"/servicePrincipals/{each}", select=_PRINCIPAL) for each in wanted]
        self._principals.update(zip(wanted, self._cloud.graph.found(paths), strict=True))

    def principal(self, object_id: str) -> Document | None:
        """Returns a service principal; None if the tenant has none of this id. Raises RefusedError."""
        self.learn([object_id])
        return self._principals[object_id]

    def party(self, object_id: str, name: str = "") -> Party:
        """Returns a principal for a finding; `name` is what it was called elsewhere. Known ones only are looked up."""
        known = self._principals.get(object_id) or {}
        return Party(object_id, str(known.get("displayName") or name or object_id), str(known.get("appId") or ""))

    def assignments_of(self, object_id: str, told: str) -> Iterator[Document]:
        """Yields the app role assignments that a principal holds."""
        return self._cloud.graph.pages(f"/servicePrincipals/{object_id}/appRoleAssignments", told)

    def assignments_on(self, object_id: str, told: str) -> Iterator[Document]:
        """Yields the app role assignments that anybody holds on an API."""
        return self._cloud.graph.pages(f"/servicePrincipals/{object_id}/appRoleAssignedTo", told)

    def app_role(self, resource_id: str, role_id: str) -> tuple[str, Risk]:
        """Returns value and risk of a role of an API that has been learned."""
        if role_id == DEFAULT_ACCESS:
            return DEFAULT, Risk.UNKNOWN
        resource = self._principals.get(resource_id) or {}
        if resource.get("appId") == APP_ID:
            published = graph_role(role_id)
            if published:
                return published.name, published.risk
        for role in resource.get("appRoles") or ():
            if str(role.get("id")).lower() == role_id and role.get("value"):
                return str(role["value"]), risk_by_name(str(role["value"]))
        return role_id, Risk.UNKNOWN

    def azure_role(self, definition_id: str) -> tuple[str, Risk]:
        """Returns name and risk of an Azure role; asks Resource Manager for one that is not built in."""
        published = azure_role(definition_id)
        if published:
            return published.name, published.risk
        key = definition_id.lower()
        if key not in self._definitions:
            answer = self._cloud.resource_manager.send("GET", definition_id, AUTHORIZATION)
            found = answer.body.get("properties", {}) if answer.status == 200 and isinstance(answer.body, dict) else {}
            self._definitions[key] = str(found.get("roleName") or "")
        name = self._definitions[key]
        return (name, risk_by_name(name)) if name else (definition_id.rpartition("/")[2], Risk.UNKNOWN)

    def azure_assignments(self, subscriptions: Iterable[str], principal_id: str, told: str) -> Iterator[Document]:
        """Yields the Azure role assignments of a principal at, in and above the subscriptions, each once."""
        seen: set[str] = set()
        for subscription in subscriptions:
            for assignment in self._cloud.resource_manager.assignments_of(subscription, principal_id, told):
                # Assignments above a subscription are listed under each of them.
                if assignment["id"].lower() not in seen:
                    seen.add(assignment["id"].lower())
                    yield assignment

    def registrations(self, paths: Iterable[str]) -> list[Document | None]:
        """Returns applications or service principals with their credentials; None for what is not there."""
        return self._cloud.graph.found([query(path, select=_REGISTRATION) for path in paths])

    def federated_credentials(self, application_id: str) -> Iterator[Document]:
        """Yields the issuers whose tokens an application trusts."""
        return self._cloud.graph.pages(f"/applications/{application_id}/federatedIdentityCredentials")


def credentials_of(registration: Mapping[str, Any]) -> Iterator[tuple[Kind, Document]]:
    """Yields secrets and certificates of an application or a service principal."""
    for name, kind in (("passwordCredentials", Kind.SECRET), ("keyCredentials", Kind.CERTIFICATE)):
        for credential in registration.get(name) or ():
            yield kind, credential
