"""Azure Resource Manager: resources and role assignments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from access.cloud.service import Answer, Service

AUTHORIZATION = "2022-04-01"
"""API version of Microsoft.Authorization."""


class ResourceManager:
    """Resource Manager as one signed-in client sees it."""

    def __init__(self, service: Service) -> None:
        """`service` is Resource Manager's."""
        self.service = service

    def get(self, path: str, version: str, **options: str) -> dict[str, Any]:
        """Returns a resource of an API version. Raises RefusedError."""
        return self.service.get(path, _query(version, options))

    def send(self, method: str, path: str, version: str, body: Any = None) -> Answer:
        """Returns the answer, whatever its status. Raises UnreachableError."""
        return self.service.send(method, path, params=_query(version, {}), body=body)

    def pages(self, path: str, version: str, told: str = "", **options: str) -> Iterator[dict[str, Any]]:
        """Yields the items of a list. Raises RefusedError."""
        return self.service.pages(path, _query(version, options), following="nextLink", told=told)

    def assignments_of(self, subscription: str, principal_id: str, told: str = "") -> Iterator[dict[str, Any]]:
        """Yields the role assignments to a principal at, above and below a subscription (REST reference, "Role
        Assignments - List For Subscription").
        """
        path = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleAssignments"
        return self.pages(path, AUTHORIZATION, told, filter=f"principalId eq '{principal_id}'")


def _query(version: str, options: dict[str, str]) -> dict[str, str]:
    return {"api-version": version, **{f"${name}": value for name, value in options.items()}}
