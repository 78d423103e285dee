"""What is granted on the APIs that others publish: the names of a configuration turned into ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components.naming import slug
from components.published_api import PublishedApi, PublishedApiError, role_id


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
        super().__init__(f"keyless:grants has {count}; nothing was changed.\n\n{report}")


@dataclass(frozen=True)
class GrantedApi:
    """A published API and the roles that are to be granted on it."""

    api: PublishedApi
    role_ids: Mapping[str, str]
    """The id of each role by its value."""
    imports: Mapping[str, str] = field(default_factory=dict)
    """The import id of each assignment that exists already, by the role's value."""

    @property
    def name(self) -> str:
        """For the names of resources: readable, and the same whether a grant names the API or its client id.

        It must not change with the words of a grant: under a new name the same assignment would be created before the
        old one is deleted, and Microsoft Graph refuses the second (`Permission being assigned already exists`).
        """
        return f"{slug(self.api.display_name)}-{self.api.client_id[:8]}"


def granted_apis(
    grants: Iterable[tuple[str, Sequence[str]]],
    found: Mapping[str, PublishedApi | PublishedApiError],
    imports: Mapping[tuple[str, str], str] | None = None,
) -> list[GrantedApi]:
    """Returns each API once, with the ids of all roles that `grants` name on it.

    `grants` pairs an API's display name or client id with role values; `found` is what a look-up made of the former;
    `imports` holds the import id of each assignment that exists already, by the same two.

    Raises ImpossibleGrantsError.
    """
    errors: dict[str, PublishedApiError] = {}
    apis: dict[str, PublishedApi] = {}
    roles: dict[str, dict[str, str]] = {}
    taken: dict[str, dict[str, str]] = {}
    for wanted, values in grants:
        api = found[wanted]
        if isinstance(api, PublishedApiError):
            errors[str(api)] = api
            continue
        apis[api.client_id] = api
        ids = roles.setdefault(api.client_id, {})
        for value in values:
            try:
                if value in ids:
                    raise RoleGrantedTwiceError(api, value)
                ids[value] = role_id(api, value)
                if imports and (wanted, value) in imports:
                    taken.setdefault(api.client_id, {})[value] = imports[wanted, value]
            except PublishedApiError as error:
                errors[str(error)] = error
    if errors:
        raise ImpossibleGrantsError(list(errors.values()))
    return [GrantedApi(api, roles[client_id], taken.get(client_id, {})) for client_id, api in apis.items()]
