"""ApplicationIdentifierUri: one of an application's identifier URIs, kept beside the others."""

from __future__ import annotations

import base64
from typing import Final

from rehearsal.providers.azuread.graph import Graph
from rehearsal.providers.azuread.resource import Born, Resource
from rehearsal.providers.azuread.rules import application_id, not_empty
from rehearsal.providers.azuread.schema import Schema, Use, string
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline
from rehearsal.providers.values import Properties

SCHEMA: Final[Schema] = {
    "applicationId": string(Use.REQUIRED, application_id, force_new=True),
    "identifierUri": string(Use.REQUIRED, not_empty, force_new=True),
}


class ApplicationIdentifierUri(Resource):
    """Id: `/applications/{object id}/identifierUris/{the URI in standard base64}`."""

    type_name = "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri"
    schema = SCHEMA

    def accepts_id(self, resource_id: str) -> bool:
        parts = resource_id.strip("/").split("/")
        return len(parts) == 4 and parts[0] == "applications" and parts[2] == "identifierUris"

    async def create(self, graph: Graph, planned: Properties, deadline: Deadline, born: Born) -> None:
        application, uri = planned["applicationId"], planned["identifierUri"]
        object_id = application.rpartition("/")[2]
        resource_id = f"{application}/identifierUris/{base64.standard_b64encode(uri.encode()).decode()}"
        async with graph.alone(object_id):
            uris = await _uris(graph, object_id, deadline)
            if uri in uris:
                raise _twice(
                    f'A resource with the ID "{resource_id}" already exists - to be managed via Terraform this '
                    "resource needs to be imported into the State. Please see the resource documentation for "
                    '"azuread_application_identifier_uri" for more information.'
                )
            await _write(graph, object_id, [*uris, uri], f"creating {_described(resource_id)}", deadline)
        born(resource_id)

    async def read(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> Properties | None:
        object_id, uri = _parts(resource_id)
        async with graph.alone(object_id):
            try:
                found = await graph.found(f"/applications/{object_id}", deadline)
            except ProviderError as error:
                raise _twice(f"retrieving {_described(resource_id)}: {error}") from None
        if found is None or uri not in (found.get("identifierUris") or ()):
            return None
        return {"applicationId": f"/applications/{object_id}", "identifierUri": uri}

    async def delete(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> None:
        object_id, _ = _parts(resource_id)
        uri = state.get("identifierUri")
        async with graph.alone(object_id):
            uris = await _uris(graph, object_id, deadline)
            if uri not in uris:
                raise _twice(f"deleting {_described(resource_id)}: could not identify existing identifier URI")
            kept = [other for other in uris if other != uri]
            await _write(graph, object_id, kept, f"deleting {_described(resource_id)}", deadline)


async def _uris(graph: Graph, object_id: str, deadline: Deadline) -> list[str]:
    try:
        application = await graph.get(f"/applications/{object_id}", deadline)
    except ProviderError as error:
        raise _twice(f'retrieving Application (Application: "{object_id}"): {error}') from None
    return list(application.get("identifierUris") or ())


async def _write(graph: Graph, object_id: str, uris: list[str], doing: str, deadline: Deadline) -> None:
    body = {"@odata.type": "#microsoft.graph.application", "identifierUris": uris}
    try:
        await graph.patch(f"/applications/{object_id}", body, deadline)
    except ProviderError as error:
        raise _twice(f"{doing}: {error}") from None


def _parts(resource_id: str) -> tuple[str, str]:
    """The application's object id and the URI."""
    parts = resource_id.strip("/").split("/", 3)
    return parts[1], base64.standard_b64decode(parts[3]).decode()


def _described(resource_id: str) -> str:
    parts = resource_id.strip("/").split("/", 3)
    return f'Application IdentifierUri (Application ID: "{parts[1]}", IdentifierUri ID: "{parts[3]}")'


def _twice(text: str) -> ProviderError:
    """The real provider's typed resources give the same text as summary and as detail."""
    return ProviderError(f"{text}: {text}")
