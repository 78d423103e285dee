"""What is granted on APIs, the stack's own and those that others publish: names of a configuration turned into ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components.naming import slug
from components.protected_api import ProtectedApi
from components.published_api import PublishedApi, PublishedApiError, role_id
from components.tenant import Tenant


@dataclass(frozen=True)
class Grant:
    """Roles that a function app's identity is to hold on one API."""

    api: str
    """How the configuration calls an API of this stack, or the exact display name or the client id of an API that
    others publish."""
    roles: Sequence[str]
    imports: Mapping[str, str] = field(default_factory=dict)
    """The import id of each assignment that exists already, by the role's value."""


class RoleGrantedTwiceError(PublishedApiError):
    """Two grants mean the same API, by its name and by its client id, and name the same role."""

    def __init__(self, api: PublishedApi, value: str) -> None:
        """`value` is the role's."""
        super().__init__(
            f"{api.display_name!r} and {api.client_id} are one API, and its role {value!r} is granted twice. "
            "Remove one of the two."
        )


class ImpossibleGrantsError(pulumi.RunError):
    """Grants that nothing in the tenant answers to; nothing has been registered yet."""

    def __init__(self, errors: Sequence[PublishedApiError]) -> None:
        """`errors` is everything that is wrong with the grants, at least one."""
        self.errors = tuple(errors)
        count = "1 fault" if len(errors) == 1 else f"{len(errors)} faults"
        report = "\n\n".join(str(error) for error in errors)
        super().__init__(f"The grants have {count}; nothing was changed.\n\n{report}")


@dataclass(frozen=True)
class GrantedApi:
    """An API and the roles that are to be granted on it."""

    name: str
    """For the names of resources; it must not change with the words of a grant: under a new name the same assignment
    would be created before the old one is deleted, and Microsoft Graph refuses the second (`Permission being assigned
    already exists`)."""
    shown: str
    """As the stack's outputs call it."""
    object_id: pulumi.Input[str]
    """Of its service principal."""
    role_ids: Mapping[str, str]
    """The id of each role by its value."""
    imports: Mapping[str, str] = field(default_factory=dict)
    """The import id of each assignment that exists already, by the role's value."""


def own(grants: Iterable[Grant], apis: Mapping[str, ProtectedApi]) -> list[GrantedApi]:
    """Returns those of `apis`, by how grants call them, that `grants` name, each once."""
    wanted: dict[str, list[Grant]] = {}
    for grant in grants:
        if grant.api in apis:
            wanted.setdefault(grant.api, []).append(grant)
    return [
        GrantedApi(
            name=key.replace(":", "-"),
            shown=key,
            object_id=apis[key].service_principal_object_id,
            role_ids={role: apis[key].role_ids[role] for grant in found for role in grant.roles},
            imports={role: each for grant in found for role, each in grant.imports.items()},
        )
        for key, found in wanted.items()
    ]


def published(grants: Mapping[str, Iterable[Grant]], tenant: Tenant) -> dict[str, list[GrantedApi]]:
    """Looks up what the grants of each caller name in the tenant; returns each caller's APIs, each once.

    Raises ImpossibleGrantsError, with what is wrong in all of them, and TenantUnreachableError.
    """
    wanted = {caller: list(found) for caller, found in grants.items()}
    apis = tenant.published_apis(grant.api for found in wanted.values() for grant in found)
    errors: dict[str, PublishedApiError] = {}
    granted = {caller: _granted(found, apis, errors) for caller, found in wanted.items()}
    if errors:
        raise ImpossibleGrantsError(list(errors.values()))
    return granted


def _granted(
    grants: Iterable[Grant], apis: Mapping[str, PublishedApi | PublishedApiError], errors: dict[str, PublishedApiError]
) -> list[GrantedApi]:
    """Turns one caller's grants into ids; what is wrong with them goes to `errors`, by its text."""
    named: dict[str, PublishedApi] = {}
    ids: dict[str, dict[str, str]] = {}
    imports: dict[str, dict[str, str]] = {}
    for grant in grants:
        api = apis[grant.api]
        if isinstance(api, PublishedApiError):
            errors[str(api)] = api
            continue
        named[api.client_id] = api
        roles = ids.setdefault(api.client_id, {})
        imports.setdefault(api.client_id, {}).update(grant.imports)
        for value in grant.roles:
            try:
                if value in roles:
                    raise RoleGrantedTwiceError(api, value)
                roles[value] = role_id(api, value)
            except PublishedApiError as error:
                errors[str(error)] = error
    return [
        GrantedApi(
            # The same whether a grant has the API's name or its client id.
            name=f"{slug(api.display_name)}-{client_id[:8]}",
            shown=api.display_name,
            object_id=api.object_id,
            role_ids=ids[client_id],
            imports=imports[client_id],
        )
        for client_id, api in named.items()
    ]
