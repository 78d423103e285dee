"""ApplicationPassword: a client secret of an application. Microsoft Graph makes it, and shows it once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.providers.azuread.graph import Graph, GraphError, wait_until
from rehearsal.providers.azuread.resource import Born, Limits, Resource, failed
from rehearsal.providers.azuread.rules import application_id, rfc3339_time
from rehearsal.providers.azuread.schema import Kind, Schema, Use, string, unmodelled
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline
from rehearsal.providers.values import Properties

SCHEMA: Final[Schema] = {
    "applicationId": string(Use.REQUIRED, application_id, force_new=True),
    "displayName": string(Use.KEPT, force_new=True),
    "startDate": string(Use.KEPT, rfc3339_time, force_new=True),
    "endDate": string(Use.KEPT, rfc3339_time, force_new=True),
    "endDateRelative": unmodelled(force_new=True),
    "rotateWhenChanged": unmodelled(Kind.MAP, force_new=True),
    "keyId": string(Use.COMPUTED),
    "value": string(Use.COMPUTED, secret=True),
}
_SENT: Final = {"displayName": "displayName", "startDate": "startDateTime", "endDate": "endDateTime"}


class ApplicationPassword(Resource):
    """Id: `{object id of the application}/password/{key id}`."""

    type_name = "azuread:index/applicationPassword:ApplicationPassword"
    limits: Limits = Limits(create=900, read=300, update=300, delete=300)
    schema = SCHEMA
    importable = False

    def accepts_id(self, resource_id: str) -> bool:
        parts = resource_id.split("/")
        return len(parts) == 3 and parts[1] == "password"

    async def create(self, graph: Graph, planned: Properties, deadline: Deadline, born: Born) -> None:
        object_id = planned["applicationId"].rpartition("/")[2]
        path, described = _path(object_id), _described(object_id)
        async with graph.alone(object_id):
            try:
                await graph.get(path, deadline)
            except GraphError as error:
                if error.status == 404:
                    raise failed(f"{described} was not found", attribute="application_id") from None
                raise failed(f"Retrieving {described}", error, "application_id") from None
            given = {field: planned[name] for name, field in _SENT.items() if isinstance(planned[name], str)}
            try:
                made = await graph.post(f"{path}/addPassword", {"passwordCredential": given}, deadline)
            except ProviderError as error:
                raise failed(f"Adding password for {described}", error) from None
            key_id, secret = made.get("keyId"), made.get("secretText")
            if not key_id or not secret:
                what = "nil or empty password received" if key_id else "nil or empty keyId received"
                raise failed(f"API error adding password for {described}", what)

            async def is_there() -> bool:
                return _credential(await graph.get(path, deadline), key_id) is not None

            try:
                await wait_until(is_there, "Done", deadline)
            except ProviderError as error:
                raise failed(f"Waiting for password credential for {described}", error) from None
        planned["value"] = secret
        born(f"{object_id}/password/{key_id}")

    async def read(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> Properties | None:
        object_id, _, key_id = resource_id.split("/")
        try:
            application = await graph.found(_path(object_id), deadline)
        except ProviderError as error:
            raise failed(f"Retrieving {_described(object_id)}", error, "application_id") from None
        found = _credential(application or {}, key_id)
        if found is None:
            return None
        return {
            "applicationId": _path(object_id),
            "displayName": found.get("displayName") or "",
            "startDate": found.get("startDateTime") or "",
            "endDate": found.get("endDateTime") or "",
            "keyId": key_id,
            "value": state.get("value"),
        }

    async def delete(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> None:
        object_id, _, key_id = resource_id.split("/")
        path, described = _path(object_id), f'password credential "{key_id}" from {_described(object_id)}'
        async with graph.alone(object_id):
            try:
                await graph.post(f"{path}/removePassword", {"keyId": key_id}, deadline)
            except ProviderError as error:
                raise failed(f"Removing {described}", error) from None

            async def is_gone() -> bool:
                return _credential(await graph.get(path, deadline), key_id) is None

            try:
                await wait_until(is_gone, "Deleted", deadline)
            except ProviderError as error:
                raise failed(f"Waiting for deletion of {described}", error) from None


def _path(object_id: str) -> str:
    return f"/applications/{object_id}"


def _described(object_id: str) -> str:
    return f'Application (Application: "{object_id}")'


def _credential(application: Mapping[str, Any], key_id: str) -> Mapping[str, Any] | None:
    known: list[Mapping[str, Any]] = application.get("passwordCredentials") or []
    return next((each for each in known if str(each.get("keyId")).lower() == key_id.lower()), None)
