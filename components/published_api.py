"""APIs that others publish, Microsoft Graph first of all: choosing one by name, and its roles by value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.refusal import closest, nearest

_SHOWN = 20
_CLIENT_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class PublishedRole:
    """An app role as the API's service principal shows it."""

    value: str
    id: str
    for_applications: bool
    """Whether applications may hold it; otherwise it is for users and groups only."""
    enabled: bool = True


@dataclass(frozen=True)
class PublishedApi:
    """The service principal of an API that is not of this stack."""

    display_name: str
    client_id: str
    object_id: str
    roles: tuple[PublishedRole, ...]


@dataclass(frozen=True)
class Candidate:
    """A service principal whose display name a search has found."""

    display_name: str
    client_id: str
    type: str
    """`Application`, `ManagedIdentity`, ... as Microsoft Graph names it."""


class PublishedApiError(pulumi.RunError):
    """A grant names an API or a role that cannot be found. The message is for the person who wrote the grant."""


class NoSuchApiError(PublishedApiError):
    """The tenant has no API of that name or client id."""

    def __init__(self, api: str, tenant_id: str, near: str | None = None) -> None:
        """`api` is the name or client id asked for, `near` the name of an existing API it may have meant."""
        if near:
            advice = f"Did you mean {near!r}? Names are compared exactly."
        elif is_client_id(api):
            advice = f"If its publisher offers it to your tenant, add it: az ad sp create --id {api}"
        else:
            advice = (
                f"Look for its exact name: az ad sp list --display-name {_quoted(api)} "
                '--query "[].[displayName,appId]", or name it by its client id.'
            )
        super().__init__(f"There is no API {api!r} in tenant {tenant_id}. {advice}")


class AmbiguousApiError(PublishedApiError):
    """Several APIs of the tenant have that name."""

    def __init__(self, api: str, tenant_id: str, client_ids: Sequence[str]) -> None:
        """`client_ids` are those of the APIs named `api`; empty if they could not be listed."""
        if client_ids:
            what = f"{len(client_ids)} APIs named {api!r}, with the client ids {', '.join(sorted(client_ids))}"
            advice = "Name the one you mean by its client id."
        else:
            what = f"several APIs named {api!r}"
            escaped = api.replace("'", "''")
            filter_ = _quoted(f"displayName eq '{escaped}'")
            advice = f'Name the one you mean by its client id: az ad sp list --filter {filter_} --query "[].appId"'
        super().__init__(f"There are {what}, in tenant {tenant_id}. {advice}")


class NoSuchRoleError(PublishedApiError):
    """The API has no role of that value that an application can hold."""

    def __init__(self, api: PublishedApi, value: str) -> None:
        """`value` is the role asked for."""
        grantable = sorted(role.value for role in api.roles if role.for_applications and role.enabled)
        same = next((role for role in api.roles if role.value == value), None)
        near = nearest(value, grantable)
        if same is None:
            problem = f"{api.display_name!r} ({api.client_id}) has no application role {value!r}."
        elif not same.for_applications:
            problem = f"{api.display_name!r} ({api.client_id}) has the role {value!r} for users only."
        else:
            problem = f"{api.display_name!r} ({api.client_id}) has disabled its role {value!r}."
        suggestion = f" Did you mean {near!r}?" if near else ""
        super().__init__(f"{problem}{suggestion} {_choices(api, value, grantable)}")


def _choices(api: PublishedApi, value: str, grantable: Sequence[str]) -> str:
    """Returns the roles that exist; of the hundreds that Microsoft Graph has, those most like `value`."""
    if not grantable:
        return "It has no application roles at all."
    if len(grantable) <= _SHOWN:
        return f"Application roles: {', '.join(grantable)}."
    shown = ", ".join(sorted(closest(value, grantable, count=_SHOWN)))
    query = "appRoles[?contains(allowedMemberTypes, 'Application')].value"
    return (
        f"Application roles: {shown} and {len(grantable) - _SHOWN} more; "
        f'all of them: az ad sp show --id {api.client_id} --query "{query}"'
    )


def _quoted(text: str) -> str:
    """Returns `text` as one word of a command line, in the double quotes that leave OData's single ones readable."""
    return '"' + re.sub(r'(["\\$`])', r"\\\1", text) + '"'


def is_client_id(api: str) -> bool:
    """Whether `api` is a client id rather than a display name."""
    return _CLIENT_ID.fullmatch(api) is not None


def choose(api: str, candidates: Sequence[Candidate], tenant_id: str) -> Candidate:
    """Returns the only one of `candidates` that is named exactly `api`.

    Microsoft Graph ignores case when it compares names, and a managed identity has the name of its resource but no
    roles: neither makes a name ambiguous.

    Raises NoSuchApiError and AmbiguousApiError.
    """
    apis = [candidate for candidate in candidates if candidate.type != "ManagedIdentity"]
    exact = [candidate for candidate in apis if candidate.display_name == api]
    if not exact:
        raise NoSuchApiError(api, tenant_id, near=nearest(api, [candidate.display_name for candidate in apis]))
    if len(exact) > 1:
        raise AmbiguousApiError(api, tenant_id, [candidate.client_id for candidate in exact])
    return exact[0]


def role_id(api: PublishedApi, value: str) -> str:
    """Returns the id of the role `value` of `api`.

    Only a role whose allowed member types include `Application` can be granted to an identity (Microsoft Graph
    reference, "appRole resource type").

    Raises NoSuchRoleError.
    """
    for role in api.roles:
        if role.value == value and role.for_applications and role.enabled:
            return role.id
    raise NoSuchRoleError(api, value)
