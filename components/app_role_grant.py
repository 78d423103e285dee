"""A grant: the roles that one identity holds on one API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_azuread as azuread

from components import replication
from components.granted_api import GrantedApi


@dataclass(frozen=True, kw_only=True)
class AppRoleGrantArgs:
    """Who may do what, and where."""

    principal_object_id: pulumi.Input[str]
    """The identity: the object id of its service principal."""
    resource_object_id: pulumi.Input[str]
    """The API: the object id of its service principal."""
    roles: Mapping[str, str]
    """The id of each granted role by its value."""
    lives_with: pulumi.Resource | None = None
    """What the identity belongs to. Microsoft Entra ID deletes the assignments of an identity together with it, and
    deleting one that is gone fails (`EntitlementGrant being updated or deleted is not found`)."""
    imports: Mapping[str, str] = field(default_factory=dict)
    """The import id of each assignment that exists already, by the role's value: it is taken over instead of made."""


class AppRoleGrant(pulumi.ComponentResource):
    """One app role assignment per role, so that granting or revoking one leaves the others alone.

    An assignment joins three ids and cannot be changed (Microsoft Graph reference, "appRoleAssignment resource type"):
    a new identity gets new assignments. Code that asks for a token should depend on its grants, since the platform
    keeps a managed identity's token for about a day, with the roles it had at first.
    """

    assignment_ids: pulumi.Output[dict[str, str]]
    """The id of each assignment by the role's value."""

    def __init__(self, name: str, args: AppRoleGrantArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Grants the roles."""
        super().__init__("keyless:identity:AppRoleGrant", name, None, opts)
        assignments = {
            value: azuread.AppRoleAssignment(
                f"{name}-{value}",
                principal_object_id=args.principal_object_id,
                resource_object_id=args.resource_object_id,
                app_role_id=role_id,
                opts=pulumi.ResourceOptions(
                    parent=self,
                    import_=args.imports.get(value),
                    deleted_with=args.lives_with,
                    # A new identity is not known everywhere yet.
                    custom_timeouts=replication.awaited(creation=True),
                ),
            )
            for value, role_id in args.roles.items()
        }
        self.assignment_ids = pulumi.Output.all(
            **{value: assignment.id for value, assignment in assignments.items()}
        ).apply(dict)
        self.register_outputs({"assignmentIds": self.assignment_ids})


def grant(
    name: str,
    principal_object_id: pulumi.Input[str],
    apis: Iterable[GrantedApi],
    lives_with: pulumi.Resource,
    opts: pulumi.ResourceOptions | None = None,
) -> list[AppRoleGrant]:
    """Grants the roles on each of `apis` to one identity; returns the grants, called `{name}-{api.name}`."""
    return [
        AppRoleGrant(
            f"{name}-{api.name}",
            AppRoleGrantArgs(
                principal_object_id=principal_object_id,
                resource_object_id=api.object_id,
                roles=api.role_ids,
                lives_with=lives_with,
                imports=api.imports,
            ),
            opts,
        )
        for api in apis
    ]
