"""AppRoleAssignment: a principal holds an app role of a resource (`appRoleAssignedTo` in Microsoft Graph)."""

from __future__ import annotations

from typing import Final

from rehearsal.providers.azuread.graph import Graph, GraphError, says
from rehearsal.providers.azuread.resource import Born, Limits, Resource, failed
from rehearsal.providers.azuread.rules import is_uuid
from rehearsal.providers.azuread.schema import Schema, Use, string
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline, Reply
from rehearsal.providers.values import Properties

SCHEMA: Final[Schema] = {
    "appRoleId": string(Use.REQUIRED, is_uuid, force_new=True),
    "principalObjectId": string(Use.REQUIRED, is_uuid, force_new=True),
    "resourceObjectId": string(Use.REQUIRED, is_uuid, force_new=True),
    "principalDisplayName": string(Use.COMPUTED),
    "principalType": string(Use.COMPUTED),
    "resourceDisplayName": string(Use.COMPUTED),
}


class AppRoleAssignment(Resource):
    """Id: `/servicePrincipals/{object id of the resource}/appRoleAssignedTo/{assignment id}`."""

    type_name = "azuread:index/appRoleAssignment:AppRoleAssignment"
    limits: Limits = Limits(create=300, read=300, update=300, delete=300)
    schema = SCHEMA

    def accepts_id(self, resource_id: str) -> bool:
        parts = resource_id.strip("/").split("/")
        return len(parts) == 4 and parts[0] == "servicePrincipals" and parts[2] == "appRoleAssignedTo"

    async def create(self, graph: Graph, planned: Properties, deadline: Deadline, born: Born) -> None:
        resource = planned["resourceObjectId"]
        try:
            await graph.get(f"/servicePrincipals/{resource}", deadline)
        except GraphError as error:
            if error.status == 404:
                summary = f'Service principal not found for resource (Object ID: "{resource}")'
                raise failed(summary, error, "principal_object_id") from None
            raise failed(
                f'Could not retrieve service principal for resource (Object ID: "{resource}")', error
            ) from None
        body = {
            "@odata.type": "#microsoft.graph.appRoleAssignment",
            "appRoleId": planned["appRoleId"],
            "principalId": planned["principalObjectId"],
            "resourceId": resource,
        }
        try:
            made = await graph.post(
                f"/servicePrincipals/{resource}/appRoleAssignedTo", body, deadline, again=_not_replicated
            )
        except ProviderError as error:
            raise failed("Could not create app role assignment", error) from None
        if not made.get("id"):
            raise failed("Bad API response", "the ID returned for app role assignment is nil")
        if not made.get("resourceId"):
            raise failed("Bad API response", "resource ID returned for app role assignment is nil")
        born(f"/servicePrincipals/{made['resourceId']}/appRoleAssignedTo/{made['id']}")

    async def read(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> Properties | None:
        try:
            found = await graph.found(resource_id, deadline)
        except ProviderError as error:
            raise failed(f"retrieving {_described(resource_id)}", error) from None
        if found is None:
            return None
        return {
            "appRoleId": found.get("appRoleId"),
            "principalObjectId": found.get("principalId") or "",
            "resourceObjectId": found.get("resourceId") or "",
            "principalDisplayName": found.get("principalDisplayName") or "",
            "principalType": found.get("principalType") or "",
            "resourceDisplayName": found.get("resourceDisplayName") or "",
        }

    async def delete(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> None:
        try:
            await graph.delete(resource_id, deadline)
        except ProviderError as error:
            raise failed(f"Deleting {_described(resource_id)}: {error}", error, "id") from None


def _not_replicated(reply: Reply) -> bool:
    """The two answers that mean the principal is too new (terraform-provider-azuread, `approleassignments`)."""
    return reply.status == 404 or (reply.status == 400 and says(reply, "Not a valid reference update"))


def _described(resource_id: str) -> str:
    _, _, resource, _, assignment = resource_id.split("/", 4)
    return (
        f'Service Principal Id App Role Assigned To (Service Principal: "{resource}"\n'
        f'App Role Assignment: "{assignment}")'
    )
