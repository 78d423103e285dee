"""ServicePrincipal: what an application is in one tenant ("enterprise application")."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.providers.azuread import owners
from rehearsal.providers.azuread.application_body import features, ids_by_value, role_attributes, scope_attributes
from rehearsal.providers.azuread.application_schema import ROLE, SCOPE
from rehearsal.providers.azuread.graph import Graph, GraphError, quoted, says
from rehearsal.providers.azuread.resource import Born, Resource, failed
from rehearsal.providers.azuread.rules import at_most, is_uuid, not_empty, one_of, web_url
from rehearsal.providers.azuread.schema import (
    Kind,
    Schema,
    Use,
    blocks,
    boolean,
    string,
    string_map,
    strings,
    unmodelled,
)
from rehearsal.providers.azuread.sets import as_sent, same_elements
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline, Reply
from rehearsal.providers.values import Properties

_TYPE: Final = "#microsoft.graph.servicePrincipal"

SCHEMA: Final[Schema] = {
    "clientId": string(Use.REQUIRED, is_uuid, force_new=True),
    "accountEnabled": boolean(default=True),
    "alternativeNames": strings(Use.OPTIONAL, not_empty),
    "appRoleAssignmentRequired": boolean(),
    "appRoleIds": string_map(),
    "appRoles": blocks(ROLE, Use.COMPUTED, ordered=True),
    "applicationTenantId": string(Use.COMPUTED),
    "description": string(Use.OPTIONAL, at_most(1024)),
    "displayName": string(Use.COMPUTED),
    "featureTags": unmodelled(Kind.LIST, kept=True),
    "features": unmodelled(Kind.LIST, kept=True),
    "homepageUrl": string(Use.COMPUTED),
    "loginUrl": string(Use.OPTIONAL, web_url),
    "logoutUrl": string(Use.COMPUTED),
    "notes": string(Use.OPTIONAL, at_most(1024)),
    "notificationEmailAddresses": strings(Use.OPTIONAL, not_empty),
    "oauth2PermissionScopeIds": string_map(),
    "oauth2PermissionScopes": blocks(SCOPE, Use.COMPUTED, ordered=True),
    "objectId": string(Use.COMPUTED),
    "owners": strings(Use.OPTIONAL, is_uuid),
    "preferredSingleSignOnMode": string(Use.OPTIONAL, one_of("", "notSupported", "oidc", "password", "saml")),
    "redirectUris": strings(Use.COMPUTED, ordered=True),
    "samlMetadataUrl": string(Use.COMPUTED),
    "samlSingleSignOn": unmodelled(Kind.LIST, single=True),
    "servicePrincipalNames": strings(Use.COMPUTED, ordered=True),
    "signInAudience": string(Use.COMPUTED),
    "tags": strings(Use.KEPT),
    "type": string(Use.COMPUTED),
    "useExisting": boolean(),
}


class ServicePrincipal(Resource):
    """Id: `/servicePrincipals/{object id}`."""

    type_name = "azuread:index/servicePrincipal:ServicePrincipal"
    schema = SCHEMA

    def accepts_id(self, resource_id: str) -> bool:
        parts = resource_id.strip("/").split("/")
        return len(parts) == 2 and parts[0] == "servicePrincipals" and bool(parts[1])

    async def create(self, graph: Graph, planned: Properties, deadline: Deadline, born: Born) -> None:
        try:
            existing = await graph.all(
                "/servicePrincipals", deadline, filtered=f"appId eq {quoted(planned['clientId'])}"
            )
        except ProviderError as error:
            raise failed("Could not list existing service principals", error) from None
        if existing:
            object_id = existing[0]["id"]
            if not planned.get("useExisting"):
                raise _exists(object_id)
            born(f"/servicePrincipals/{object_id}")
            await self.update(graph, f"/servicePrincipals/{object_id}", {}, planned, deadline)
            return
        wanted_owners = planned.get("owners") or []
        bound, extra = owners.at_creation(graph, wanted_owners)
        sent = {
            **_body(planned),
            "appId": planned["clientId"],
            # Replaced by the real description as soon as the new object can be changed.
            "description": f"TERRAFORM_UPDATE_{uuid.uuid4()}",
            "owners@odata.bind": bound,
        }
        try:
            made = await graph.post("/servicePrincipals", sent, deadline, again=_application_not_replicated)
        except ProviderError as error:
            raise failed("Could not create service principal", error) from None
        if not made.get("id"):
            raise failed("Bad API response", "object ID returned for service principal is nil")
        path = f"/servicePrincipals/{made['id']}"
        born(path)
        described = {"@odata.type": _TYPE, "description": planned.get("description") or None}
        try:
            await graph.patch(path, described, deadline)
        except GraphError as error:
            if error.status == 404:
                what = "Timed out whilst waiting for new service principal to be replicated in Azure AD"
                raise failed(what, error) from None
            raise failed("Failed to patch service principal after creating", error) from None
        for owner in extra:
            try:
                await owners.add(graph, path, owner, deadline)
            except ProviderError as error:
                raise failed(f"Could not add owners to {_described(path)}", error) from None
        if not any(owners.is_caller(graph, owner) for owner in wanted_owners):
            try:
                await owners.remove(graph, path, graph.identity.object_id, deadline)
            except ProviderError as error:
                raise failed(f"Could not remove initial owner from {_described(path)}", error) from None

    async def read(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> Properties | None:
        described = _described(resource_id)
        try:
            found = await graph.found(resource_id, deadline)
        except ProviderError as error:
            raise failed(f"Retrieving {described}", error) from None
        if found is None:
            return None
        try:
            beta = await graph.get(resource_id, deadline, select="samlMetadataUrl", beta=True)
        except ProviderError as error:
            raise failed(f"Retrieving {described} (beta API)", error) from None
        try:
            own = await owners.ids(graph, resource_id, deadline)
        except ProviderError as error:
            raise failed(f"Could not retrieve owners for {described}", error, "owners") from None
        return {
            **attributes(found, beta),
            "alternativeNames": sorted(found.get("alternativeNames") or []),
            "notificationEmailAddresses": sorted(found.get("notificationEmailAddresses") or []),
            "tags": sorted(found.get("tags") or []),
            "samlSingleSignOn": (attributes(found, beta)["samlSingleSignOn"] or [None])[0],
            "owners": sorted(own),
            "useExisting": state.get("useExisting"),
        }

    async def update(
        self, graph: Graph, resource_id: str, old: Properties, planned: Properties, deadline: Deadline
    ) -> None:
        described = _described(resource_id)
        try:
            await graph.patch(resource_id, _body(planned), deadline)
        except ProviderError as error:
            raise failed(f"Updating {described}", error) from None
        wanted_owners = planned.get("owners") or []
        if not same_elements(SCHEMA["owners"], old.get("owners") or [], wanted_owners):
            try:
                await owners.become(graph, resource_id, wanted_owners, deadline)
            except ProviderError as error:
                raise failed(f"Could not add owners to {described}", error) from None

    async def delete(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> None:
        described = _described(resource_id)
        existed_before = bool(state.get("useExisting"))
        try:
            await graph.delete(resource_id, deadline)
        except ProviderError as error:
            # A principal that was there before is asked to go like any other, but nobody minds whether it does.
            if existed_before:
                return
            raise failed(f"Deleting {described}", error, "id") from None
        if existed_before:
            return
        try:
            await graph.wait_until_gone(resource_id, deadline)
        except ProviderError as error:
            raise failed(f"Waiting for deletion of {described}", error) from None


def attributes(found: Mapping[str, Any], beta: Mapping[str, Any]) -> Properties:
    """A service principal's attributes as resource and look-up share them; collections in Graph's order."""
    tags = found.get("tags") or []
    shown = features(tags)
    saml = found.get("samlSingleSignOnSettings")
    return {
        "accountEnabled": bool(found.get("accountEnabled")),
        "alternativeNames": found.get("alternativeNames") or [],
        "appRoleAssignmentRequired": bool(found.get("appRoleAssignmentRequired")),
        "appRoleIds": ids_by_value(found.get("appRoles")),
        "appRoles": role_attributes(found.get("appRoles")),
        "applicationTenantId": found.get("appOwnerOrganizationId") or "",
        "clientId": found.get("appId") or "",
        "description": found.get("description") or "",
        "displayName": found.get("displayName") or "",
        "featureTags": [shown],
        "features": [
            {
                "customSingleSignOnApp": shown["customSingleSignOn"],
                "enterpriseApplication": shown["enterprise"],
                "galleryApplication": shown["gallery"],
                "visibleToUsers": not shown["hide"],
            }
        ],
        "homepageUrl": found.get("homepage") or "",
        "loginUrl": found.get("loginUrl") or "",
        "logoutUrl": found.get("logoutUrl") or "",
        "notes": found.get("notes") or "",
        "notificationEmailAddresses": found.get("notificationEmailAddresses") or [],
        "oauth2PermissionScopeIds": ids_by_value(found.get("oauth2PermissionScopes")),
        "oauth2PermissionScopes": scope_attributes(found.get("oauth2PermissionScopes")),
        "objectId": found.get("id") or "",
        "preferredSingleSignOnMode": found.get("preferredSingleSignOnMode") or "",
        "redirectUris": found.get("replyUrls") or [],
        "samlMetadataUrl": beta.get("samlMetadataUrl") or "",
        "samlSingleSignOn": [{"relayState": saml.get("relayState") or ""}] if saml is not None else [],
        "servicePrincipalNames": names(found),
        "signInAudience": found.get("signInAudience") or "",
        "tags": tags,
        "type": found.get("servicePrincipalType") or "",
    }


def names(found: Mapping[str, Any]) -> list[str]:
    """The identifier URIs among a principal's names: its client id is one of them too and is left out."""
    client_id = str(found.get("appId") or "").lower()
    return [name for name in found.get("servicePrincipalNames") or [] if name.lower() != client_id]


def _body(planned: Properties) -> dict[str, Any]:
    """What an update sends; empty strings go out as null."""
    tags = planned.get("tags")
    return {
        "@odata.type": _TYPE,
        "accountEnabled": bool(planned.get("accountEnabled")),
        "alternativeNames": as_sent(SCHEMA["alternativeNames"], planned.get("alternativeNames") or []),
        "appRoleAssignmentRequired": bool(planned.get("appRoleAssignmentRequired")),
        "description": planned.get("description") or None,
        "loginUrl": planned.get("loginUrl") or None,
        "notes": planned.get("notes") or None,
        "notificationEmailAddresses": as_sent(
            SCHEMA["notificationEmailAddresses"], planned.get("notificationEmailAddresses") or []
        ),
        "preferredSingleSignOnMode": planned.get("preferredSingleSignOnMode") or None,
        "samlSingleSignOnSettings": {},
        "tags": as_sent(SCHEMA["tags"], tags) if isinstance(tags, list) else [],
    }


def _application_not_replicated(reply: Reply) -> bool:
    """The two answers that mean the application is too new (terraform-provider-azuread, `serviceprincipals`)."""
    if reply.status == 400:
        return says(reply, "The appId '.+' of the service principal does not reference a valid application object")
    return reply.status == 403 and says(
        reply,
        "When using this permission, the backing application of the service principal being created must in the local "
        "tenant",
    )


def _exists(object_id: str) -> ProviderError:
    return failed(
        f'A resource with the ID "{object_id}" already exists',
        "To be managed via Terraform, this resource needs to be imported into the State. Please see the resource "
        'documentation for "azuread_service_principal" for more information.',
        "id",
    )


def _described(resource_id: str) -> str:
    return f'Service Principal (Service Principal: "{resource_id.rpartition("/")[2]}")'
