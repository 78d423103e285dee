"""Application: an app registration, with the calls terraform-provider-azuread makes for it, in its order."""

from __future__ import annotations

import uuid
from typing import Any

from rehearsal.providers.azuread import entitlements, owners
from rehearsal.providers.azuread.application_body import api, attributes, body
from rehearsal.providers.azuread.application_schema import SCHEMA
from rehearsal.providers.azuread.graph import Graph, GraphError
from rehearsal.providers.azuread.resource import Born, Resource, failed
from rehearsal.providers.azuread.schema import Attribute
from rehearsal.providers.azuread.sets import as_sent, same_elements
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline, Reply
from rehearsal.providers.values import UNKNOWN, Properties

_TYPE = "#microsoft.graph.application"
_PERSONAL = ("AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount")


class Application(Resource):
    """Id: `/applications/{object id}`."""

    type_name = "azuread:index/application:Application"
    schema = SCHEMA

    def settle(self, old: Properties | None, planned: Properties) -> None:
        scopes = (planned.get("api") or {}) if planned.get("api") is not UNKNOWN else {}
        own_scopes = scopes.get("oauth2PermissionScopes")
        wrong = entitlements.clash(
            _listed(SCHEMA["appRoles"], planned.get("appRoles")),
            _listed(SCHEMA["api"].fields["oauth2PermissionScopes"], own_scopes),
        )
        if wrong:
            raise ProviderError(f"checking for duplicate app roles / OAuth2.0 permission scopes: {wrong}")
        personal = planned.get("signInAudience") in _PERSONAL
        if personal and scopes.get("requestedAccessTokenVersion") not in (2, UNKNOWN):
            raise ProviderError(
                "`requested_access_token_version` must be 2 when `sign_in_audience` is "
                '"AzureADandPersonalMicrosoftAccount" or "PersonalMicrosoftAccount"'
            )
        if old is None:
            return
        if _changed(old, planned, "appRoles"):
            planned["appRoleIds"] = UNKNOWN
        if _scopes_changed(old, planned):
            planned["oauth2PermissionScopeIds"] = UNKNOWN

    async def examine(self, graph: Graph, old: Properties | None, planned: Properties, deadline: Deadline) -> None:
        name = planned.get("displayName")
        if planned.get("preventDuplicateNames") and isinstance(name, str) and (old or {}).get("displayName") != name:
            await _refuse_duplicate(graph, name, (old or {}).get("objectId"), deadline)

    def accepts_id(self, resource_id: str) -> bool:
        parts = resource_id.strip("/").split("/")
        return len(parts) == 2 and parts[0] == "applications" and bool(parts[1])

    async def create(self, graph: Graph, planned: Properties, deadline: Deadline, born: Born) -> None:
        if planned.get("preventDuplicateNames"):
            await _refuse_duplicate(graph, planned["displayName"], None, deadline)
        wanted_owners = planned.get("owners") or []
        bound, extra = owners.at_creation(graph, wanted_owners)
        sent = body(planned)
        # `acceptMappedClaims` is refused to a caller with Application.ReadWrite.OwnedBy until it owns the application
        # (terraform-provider-azuread#914).
        maps_claims = sent["api"]["acceptMappedClaims"]
        if maps_claims:
            del sent["api"]["acceptMappedClaims"]
        try:
            made = await graph.post("/applications", {**sent, "owners@odata.bind": bound}, deadline)
        except ProviderError as error:
            raise failed("Could not create application", error) from None
        if not made.get("id"):
            raise failed("Bad API response", "Object ID returned for application is nil/empty")
        object_id = made["id"]
        born(f"/applications/{object_id}")
        path = f"/applications/{object_id}"
        for name in (f"TERRAFORM_UPDATE_{uuid.uuid4()}", planned["displayName"]):
            await _await_replication(graph, path, name, deadline)
        if planned.get("oauth2PostResponseRequired") is not None:
            await _set_post_response(graph, path, planned, deadline, again=_not_replicated)
        if maps_claims:
            try:
                everything = {"@odata.type": _TYPE, "api": api(planned.get("api") or {})}
                await graph.patch(path, everything, deadline, again=_not_replicated)
            except ProviderError as error:
                what = "Failed to patch application after creating to set `api.0.mapped_claims_enabled` property"
                raise failed(what, error, "api.0.mapped_claims_enabled") from None
        await _settle_owners(graph, path, wanted_owners, extra, deadline)

    async def read(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> Properties | None:
        described = f'Application (Application: "{_object_id(resource_id)}")'
        path = f"/applications/{_object_id(resource_id)}"
        try:
            found = await graph.found(path, deadline)
        except ProviderError as error:
            raise failed(f"Retrieving {described}", error, "id") from None
        if found is None:
            return None
        try:
            beta = await graph.get(path, deadline, select="oauth2RequirePostResponse", beta=True)
        except ProviderError as error:
            raise failed(f"Retrieving additional properties for {described}", error) from None
        try:
            own = await owners.ids(graph, path, deadline)
        except ProviderError as error:
            raise failed(f"Could not retrieve owners for {described}", error, "owners") from None
        return {
            **attributes(found, beta=beta, owners=own),
            "preventDuplicateNames": bool(state.get("preventDuplicateNames")),
        }

    async def update(
        self, graph: Graph, resource_id: str, old: Properties, planned: Properties, deadline: Deadline
    ) -> None:
        object_id = _object_id(resource_id)
        path = f"/applications/{object_id}"
        async with graph.alone(object_id):
            if planned.get("preventDuplicateNames"):
                await _refuse_duplicate(graph, planned["displayName"], object_id, deadline)
            sent = _sent_by_update(old, planned)
            for kind, wanted in (
                (entitlements.APP_ROLES, sent.get("appRoles")),
                (entitlements.SCOPES, sent["api"].get("oauth2PermissionScopes")),
            ):
                if wanted is not None:
                    await _disable_changed(graph, object_id, kind, wanted, deadline)
            try:
                await graph.patch(path, sent, deadline)
            except ProviderError as error:
                raise failed(f'Could not update application with object ID: "{object_id}"', error) from None
            if bool(old.get("oauth2PostResponseRequired")) != bool(planned.get("oauth2PostResponseRequired")):
                await _set_post_response(graph, path, planned, deadline)
            if _changed(old, planned, "owners"):
                try:
                    await owners.become(graph, path, planned.get("owners") or [], deadline)
                except ProviderError as error:
                    what = f'Could not add owners to application with object ID: "{object_id}"'
                    raise failed(what, error) from None

    async def delete(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> None:
        object_id = _object_id(resource_id)
        path = f"/applications/{object_id}"
        try:
            await graph.delete(path, deadline)
        except ProviderError as error:
            raise failed(f'deleting Application (Application: "{object_id}"): {error}', error, "id") from None
        try:
            await graph.wait_until_gone(path, deadline)
        except ProviderError as error:
            raise failed(f'Waiting for deletion of application with object ID "{object_id}"', error) from None


def _object_id(resource_id: str) -> str:
    return resource_id.strip("/").split("/")[1]


def _sent_by_update(old: Properties, planned: Properties) -> dict[str, Any]:
    """The body of an update: everything but owners, and collections that others may hold entries of only if changed."""
    sent = body(planned)
    for name, field in (
        ("appRoles", "appRoles"),
        ("identifierUris", "identifierUris"),
        ("requiredResourceAccesses", "requiredResourceAccess"),
    ):
        if not _changed(old, planned, name):
            del sent[field]
    del sent["optionalClaims"]
    if not _scopes_changed(old, planned):
        del sent["api"]["oauth2PermissionScopes"]
    return sent


def _listed(attribute: Attribute, elements: Any) -> list[Any]:
    return as_sent(attribute, elements) if isinstance(elements, list) else []


def _changed(old: Properties, planned: Properties, name: str) -> bool:
    return not same_elements(SCHEMA[name], _elements(old, name), _elements(planned, name))


def _scopes_changed(old: Properties, planned: Properties) -> bool:
    name = "oauth2PermissionScopes"
    before, after = (_elements(state.get("api"), name) for state in (old, planned))
    return not same_elements(SCHEMA["api"].fields[name], before, after)


def _elements(state: Any, name: str) -> list[Any]:
    """A list of a state. One that is not known yet reads as empty, as it does for the plugin SDK."""
    elements = state.get(name) if isinstance(state, dict) else None
    return elements if isinstance(elements, list) else []


async def _disable_changed(
    graph: Graph, object_id: str, kind: entitlements.Entitlement, wanted: list[dict[str, Any]], deadline: Deadline
) -> None:
    try:
        await entitlements.disable_changed(graph, object_id, kind, wanted, deadline)
    except ProviderError as error:
        what = f'Could not disable {kind.title} for application with object ID "{object_id}"'
        raise failed(what, error, kind.attribute) from None


async def _refuse_duplicate(graph: Graph, name: str, own: str | None, deadline: Deadline) -> None:
    try:
        # The real provider does not escape quotes here.
        found = await graph.all("/applications", deadline, filtered=f"displayName eq '{name}'")
    except ProviderError as error:
        raise failed("Could not check for existing application(s)", error, "name") from None
    others = [item for item in found if item.get("displayName") == name and item.get("id") != own]
    if others:
        raise failed(
            f'An existing "azuread_application" with name "{name}" (ID: "{others[0]["id"]}") was found and '
            "`prevent_duplicate_names` was specified",
            "To be managed via Terraform, this resource needs to be imported into the State. Please see the resource "
            'documentation for "azuread_application" for more information.',
            "id",
        )


async def _await_replication(graph: Graph, path: str, name: str, deadline: Deadline) -> None:
    """Rename the new application until every replica has it; 404 and 409 mean that one has not."""
    try:
        await graph.patch(path, {"@odata.type": _TYPE, "displayName": name}, deadline, again=_not_replicated)
    except GraphError as error:
        if error.status == 404:
            what = "Timed out whilst waiting for new application to be replicated in Azure AD"
            raise failed(what, error) from None
        what = f'Failed to patch application with object ID "{_object_id(path)}" after creating'
        raise failed(what, error) from None


async def _set_post_response(
    graph: Graph, path: str, planned: Properties, deadline: Deadline, again: Any = None
) -> None:
    """v1.0 does not know this property (microsoftgraph/msgraph-metadata#273)."""
    value = bool(planned.get("oauth2PostResponseRequired"))
    body_of_beta = {"@odata.type": _TYPE, "oauth2RequirePostResponse": value}
    try:
        await graph.patch(path, body_of_beta, deadline, again=again, beta=True)
    except ProviderError as error:
        what = f'Failed to set `oauth2_post_response_required` for Application (Application: "{_object_id(path)}")'
        raise failed(what, error) from None


async def _settle_owners(graph: Graph, path: str, wanted: list[str], extra: list[str], deadline: Deadline) -> None:
    """Add the owners that did not fit into the request, and take the caller out when the program does not list it."""
    object_id = _object_id(path)
    for owner in extra:
        try:
            await owners.add(graph, path, owner, deadline)
        except ProviderError as error:
            raise failed(f'Could not add owners to application with object ID: "{object_id}"', error) from None
    if not any(owners.is_caller(graph, owner) for owner in wanted):
        try:
            await owners.remove(graph, path, graph.identity.object_id, deadline)
        except ProviderError as error:
            what = f'Could not remove initial owner from application with object ID: "{object_id}"'
            raise failed(what, error) from None


def _not_replicated(reply: Reply) -> bool:
    return reply.status in (404, 409)
