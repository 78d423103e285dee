"""ApplicationFederatedIdentityCredential: whose tokens an application takes instead of a secret."""

from __future__ import annotations

from typing import Any, Final

from rehearsal.providers.azuread.graph import Graph
from rehearsal.providers.azuread.resource import Born, Limits, Resource, failed
from rehearsal.providers.azuread.rules import application_id, length, not_empty
from rehearsal.providers.azuread.schema import Schema, Use, string, strings
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline
from rehearsal.providers.values import Properties

SCHEMA: Final[Schema] = {
    "applicationId": string(Use.REQUIRED, application_id, force_new=True),
    "audiences": strings(Use.REQUIRED, not_empty, ordered=True, most=1),
    "displayName": string(Use.REQUIRED, length(1, 120), force_new=True),
    "issuer": string(Use.REQUIRED),
    "subject": string(Use.REQUIRED),
    "description": string(),
    "credentialId": string(Use.COMPUTED),
}
_KIND: Final = "federatedIdentityCredential"


class ApplicationFederatedIdentityCredential(Resource):
    """Id: `{object id of the application}/federatedIdentityCredential/{credential id}`."""

    type_name = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"
    limits: Limits = Limits(create=900, read=300, update=300, delete=300)
    schema = SCHEMA

    def accepts_id(self, resource_id: str) -> bool:
        parts = resource_id.split("/")
        return len(parts) == 3 and parts[1] == _KIND and all(parts)

    async def create(self, graph: Graph, planned: Properties, deadline: Deadline, born: Born) -> None:
        application = planned["applicationId"]
        object_id = application.rpartition("/")[2]
        described = f'Application (Application: "{object_id}")'
        async with graph.alone(object_id):
            try:
                await graph.get(application, deadline)
            except ProviderError as error:
                raise failed(f"retrieving {described}", error) from None
            try:
                made = await graph.post(f"{application}/federatedIdentityCredentials", _body(planned), deadline)
            except ProviderError as error:
                raise failed(f"Adding federated identity credential for {described}", error) from None
            if not made.get("id"):
                raise failed(
                    f"API error adding federated identity credential for {described}", "nil or empty ID received"
                )
            resource_id = f"{object_id}/{_KIND}/{made['id']}"
            born(resource_id)
            try:
                await graph.wait_until_there(_path(resource_id), deadline)
            except ProviderError as error:
                raise failed(f"Waiting for {_described(resource_id)}", error) from None

    async def read(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> Properties | None:
        object_id, _, credential_id = resource_id.split("/")
        try:
            found = await graph.found(_path(resource_id), deadline)
        except ProviderError as error:
            summary = f'Retrieving federated identity credential with ID "{credential_id}" for application with object'
            raise failed(f'{summary} ID "{object_id}"', error, "id") from None
        if found is None:
            return None
        return {
            "applicationId": f"/applications/{object_id}",
            "credentialId": credential_id,
            "audiences": found.get("audiences") or [],
            "description": found.get("description") or "",
            "displayName": found.get("name") or "",
            "issuer": found.get("issuer") or "",
            "subject": found.get("subject") or "",
        }

    async def update(
        self, graph: Graph, resource_id: str, old: Properties, planned: Properties, deadline: Deadline
    ) -> None:
        object_id, _, credential_id = resource_id.split("/")
        async with graph.alone(object_id):
            try:
                # The name cannot change and has to be said all the same.
                await graph.patch(_path(resource_id), {"id": credential_id, **_body(planned)}, deadline)
            except ProviderError as error:
                summary = f'Updating federated identity credential with ID "{credential_id}" for application with'
                raise failed(f'{summary} object ID "{object_id}"', error) from None

    async def delete(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> None:
        object_id, _, _ = resource_id.split("/")
        async with graph.alone(object_id):
            try:
                await graph.delete(_path(resource_id), deadline)
            except ProviderError as error:
                raise failed(f"Removing {_described(resource_id)}", error) from None
            try:
                await graph.wait_until_gone(_path(resource_id), deadline)
            except ProviderError as error:
                raise failed(f"Waiting for deletion of {_described(resource_id)}", error) from None


def _body(planned: Properties) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.federatedIdentityCredential",
        "audiences": planned["audiences"],
        "description": planned["description"] or "",
        "issuer": planned["issuer"],
        "name": planned["displayName"],
        "subject": planned["subject"],
    }


def _path(resource_id: str) -> str:
    object_id, _, credential_id = resource_id.split("/")
    return f"/applications/{object_id}/federatedIdentityCredentials/{credential_id}"


def _described(resource_id: str) -> str:
    object_id, _, credential_id = resource_id.split("/")
    return (
        f'Application Id Federated Identity Credential (Application: "{object_id}"\n'
        f'Federated Identity Credential: "{credential_id}")'
    )
