"""The look-ups of the azuread package (`azuread.get_…`): their arguments, results and errors."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.providers.azuread.check import Place, checked, wrongs
from rehearsal.providers.azuread.graph import Graph, GraphError, quoted
from rehearsal.providers.azuread.resource import failed
from rehearsal.providers.azuread.rules import is_uuid, not_empty
from rehearsal.providers.azuread.schema import Schema, Use, boolean, string, strings, terraform_name
from rehearsal.providers.azuread.service_principal import attributes, names
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline
from rehearsal.providers.values import UNKNOWN, Properties

SECONDS: Final = 300.0
_SELECTED: Final = (
    "accountEnabled,appId,appOwnerOrganizationId,appRoleAssignmentRequired,displayName,id,preferredSingleSignOnMode,"
    "servicePrincipalNames,servicePrincipalType,signInAudience,tags"
)


@dataclass(frozen=True)
class LookUp:
    """One look-up. Of `exactly_one`, Pulumi names of arguments, a call gives one and no more."""

    arguments: Schema
    run: Callable[[Graph, Properties, Deadline], Awaitable[Properties]]
    exactly_one: tuple[str, ...] = ()

    def wrongs(self, given: Properties) -> list[str]:
        """What is wrong with the arguments, each with the Terraform name of the argument before it."""
        found = [
            f"[{wrong.place.terraform}] {': '.join(filter(None, (wrong.summary, wrong.detail)))}"
            for wrong in wrongs(self.arguments, given, Place())
        ]
        return found + self._combination(given)

    def _combination(self, given: Properties) -> list[str]:
        schema = self.arguments
        choices = {name: terraform_name(name, schema[name]) for name in self.exactly_one}
        chosen = [name for name in self.exactly_one if given.get(name) not in (None, False, [], "")]
        every = ",".join(sorted(choices.values()))
        if not self.exactly_one or len(chosen) == 1:
            return []
        if not chosen:
            wrong = f"one of `{every}` must be specified"
        else:
            together = ",".join(sorted(choices[name] for name in chosen))
            wrong = f"only one of `{every}` can be specified, but `{together}` were specified."
        return [f'[{name}] Invalid combination of arguments: "{name}": {wrong}' for name in choices.values()]


async def _client_config(graph: Graph, _given: Properties, _deadline: Deadline) -> Properties:
    own = graph.identity
    return {
        "clientId": own.client_id,
        "objectId": own.object_id,
        "tenantId": own.tenant_id,
        "id": f"{own.tenant_id}-{own.client_id}-{own.object_id}",
    }


async def _service_principal(graph: Graph, given: Properties, deadline: Deadline) -> Properties:
    found = await _one_service_principal(graph, given, deadline)
    object_id = found["id"]
    try:
        beta = await graph.get(f"/servicePrincipals/{object_id}", deadline, select="samlMetadataUrl", beta=True)
    except ProviderError as error:
        what = f'Retrieving Service Principal (Service Principal: "{object_id}") (beta API)'
        raise failed(what, error) from None
    return {**attributes(found, beta), "id": f"/servicePrincipals/{object_id}"}


async def _one_service_principal(graph: Graph, given: Properties, deadline: Deadline) -> Mapping[str, Any]:
    if given.get("objectId"):
        described = f'Service Principal (Service Principal: "{given["objectId"]}")'
        try:
            found = await graph.found(f"/servicePrincipals/{given['objectId']}", deadline)
        except ProviderError as error:
            raise failed(f"Retrieving {described}", error, "object_id") from None
        if found is None:
            raise failed(f"{described} was not found", attribute="object_id")
        return found
    by_name = bool(given.get("displayName"))
    field, value = ("displayName", given["displayName"]) if by_name else ("appId", given["clientId"])
    condition = f"{field} eq {quoted(value)}"
    try:
        listed = await graph.all("/servicePrincipals", deadline, filtered=condition)
    except ProviderError as error:
        raise failed(f'Listing service principals for filter "{condition}"', error) from None
    if by_name and not listed:
        said = f'no service principals found matching filter: "{condition}"'
        raise failed("Service principal not found", said)
    if by_name and len(listed) > 1:
        said = f'found multiple service principals matching filter: "{condition}"'
        raise failed("Multiple service principals found", said)
    same = [item for item in listed if str(item.get(field) or "").lower() == value.lower()]
    if not same:
        raise failed("No service principal found", "no service principal found")
    return same[0]


async def _service_principals(graph: Graph, given: Properties, deadline: Deadline) -> Properties:
    if given.get("returnAll"):
        try:
            found = await graph.all("/servicePrincipals", deadline, select=_SELECTED)
        except ProviderError as error:
            raise failed("Could not retrieve service principals", error) from None
        if not found:
            raise failed("No service principals found", attribute="return_all")
    elif given.get("clientIds"):
        found = await _by_client_id(graph, given["clientIds"], bool(given.get("ignoreMissing")), deadline)
    elif given.get("displayNames"):
        found = await _by_display_name(graph, given["displayNames"], bool(given.get("ignoreMissing")), deadline)
    else:
        found = await _by_object_id(graph, given["objectIds"], bool(given.get("ignoreMissing")), deadline)
    object_ids = [item["id"] for item in found]
    # terraform-provider-azuread names such a result by a SHA-1 of what is in it.
    digest = hashlib.sha1("/".join(object_ids).encode(), usedforsecurity=False).digest()
    return {
        "clientIds": [item["appId"] for item in found if item.get("appId")],
        "displayNames": [item.get("displayName") or "" for item in found],
        "objectIds": object_ids,
        "ignoreMissing": bool(given.get("ignoreMissing")),
        "returnAll": bool(given.get("returnAll")),
        "servicePrincipals": [await _summary(graph, item, deadline) for item in found],
        "id": f"serviceprincipals#{base64.urlsafe_b64encode(digest).decode()}",
    }


async def _by_client_id(
    graph: Graph, client_ids: Sequence[str], ignore_missing: bool, deadline: Deadline
) -> list[dict[str, Any]]:
    found = []
    for client_id in client_ids:
        condition = f"appId eq {quoted(client_id)}"
        try:
            listed = await graph.all("/servicePrincipals", deadline, filtered=condition, select=_SELECTED)
        except ProviderError as error:
            raise failed(f'Finding service principals with application ID: "{client_id}"', error) from None
        # The attribute in brackets is the real provider's slip; its words are kept.
        if len(listed) > 1:
            what = f'More than one service principal found with application ID: "{client_id}"'
            raise failed(what, attribute="mail_nicknames")
        if not listed and not ignore_missing:
            what = f'Service principal not found with application ID: "{client_id}"'
            raise failed(what, attribute="mail_nicknames")
        found += listed
    return found


async def _by_display_name(
    graph: Graph, display_names: Sequence[str], ignore_missing: bool, deadline: Deadline
) -> list[dict[str, Any]]:
    found = []
    for name in display_names:
        finding = f'Finding service principals with display name: "{name}"'
        condition = f"displayName eq {quoted(name)}"
        try:
            listed = await graph.all("/servicePrincipals", deadline, filtered=condition, select=_SELECTED)
        except ProviderError as error:
            raise failed(finding, error) from None
        if len(listed) > 1:
            raise failed(finding, "more than one service principal returned with this display name")
        if not listed and not ignore_missing:
            what = f'No service principals with display name "{name}" were found'
            raise failed(what, attribute="display_names")
        found += listed
    return found


async def _by_object_id(
    graph: Graph, object_ids: Sequence[str], ignore_missing: bool, deadline: Deadline
) -> list[dict[str, Any]]:
    found = []
    for object_id in object_ids:
        try:
            found.append(await graph.get(f"/servicePrincipals/{object_id}", deadline, select=_SELECTED))
        except GraphError as error:
            if error.status != 404:
                what = f'Retrieving service principal with object ID: "{object_id}"'
                raise failed(what, error) from None
            if not ignore_missing:
                what = f'Service principal not found with object ID: "{object_id}"'
                raise failed(what, attribute="object_id") from None
    return found


async def _summary(graph: Graph, found: Mapping[str, Any], deadline: Deadline) -> Properties:
    try:
        beta = await graph.get(f"/servicePrincipals/{found['id']}", deadline, select="samlMetadataUrl", beta=True)
    except ProviderError:
        beta = {}
    return {
        "accountEnabled": bool(found.get("accountEnabled")),
        "appRoleAssignmentRequired": bool(found.get("appRoleAssignmentRequired")),
        "applicationTenantId": found.get("appOwnerOrganizationId") or "",
        "clientId": found.get("appId") or "",
        "displayName": found.get("displayName") or "",
        "objectId": found["id"],
        "preferredSingleSignOnMode": found.get("preferredSingleSignOnMode") or "",
        "samlMetadataUrl": beta.get("samlMetadataUrl") or "",
        "servicePrincipalNames": names(found),
        "signInAudience": found.get("signInAudience") or "",
        "tags": found.get("tags") or [],
        "type": found.get("servicePrincipalType") or "",
    }


_MANY: Final = ("clientIds", "displayNames", "objectIds", "returnAll")

LOOK_UPS: Final[Mapping[str, LookUp]] = {
    "azuread:index/getClientConfig:getClientConfig": LookUp({}, _client_config),
    "azuread:index/getServicePrincipal:getServicePrincipal": LookUp(
        {
            "clientId": string(Use.KEPT, is_uuid),
            "displayName": string(Use.KEPT, not_empty),
            "objectId": string(Use.KEPT, is_uuid),
        },
        _service_principal,
        ("clientId", "displayName", "objectId"),
    ),
    "azuread:index/getServicePrincipals:getServicePrincipals": LookUp(
        {
            "clientIds": strings(Use.KEPT, is_uuid, ordered=True),
            "displayNames": strings(Use.KEPT, not_empty, ordered=True),
            "objectIds": strings(Use.KEPT, is_uuid, ordered=True),
            "ignoreMissing": boolean(conflicts=("return_all",)),
            "returnAll": boolean(conflicts=("ignore_missing",)),
        },
        _service_principals,
        _MANY,
    ),
}


async def look_up(graph: Graph, token: str, given: Properties) -> tuple[Properties | None, list[str]]:
    """The result of a look-up, or what is wrong with its arguments. Raises `ProviderError`."""
    known = LOOK_UPS.get(token)
    if known is None:
        raise ProviderError(f"unrecognized data function (Invoke): {token}")
    arguments = {key: value for key, value in checked(known.arguments, given).items() if value is not UNKNOWN}
    wrong = known.wrongs(arguments)
    return (None, wrong) if wrong else (await known.run(graph, arguments, Deadline(SECONDS)), [])
