"""An API's registration in Entra: what callers ask a token for, and the roles they can be granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

from components import identifier_uri, replication
from components.app_role import AppRole, role_id


@dataclass(frozen=True, kw_only=True)
class ApiImports:
    """The import ids of what exists already: it is taken over instead of made."""

    application: str | None = None
    identifier_uri: str | None = None
    service_principal: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProtectedApiArgs:
    """What to register."""

    api: str
    """The API's name; with a role's value it makes the role's id."""
    display_name: str
    """The registration's name in the tenant."""
    roles: Sequence[AppRole]
    """What applications can be granted."""
    tenant_id: str
    """Where it is registered."""
    owner_object_id: str
    """Who deploys it first. The provider removes from the owners whoever creates an application and is not listed, and
    an identity with `Application.ReadWrite.OwnedBy` can then no longer change its own registration
    (terraform-provider-azuread, `application_resource.go`)."""
    identifier_uri: str = identifier_uri.DEFAULT
    """Its identifier URI, with `{clientId}` and `{tenantId}` for the ids."""
    protect: bool = False
    """Whether the registration may be deleted: with it go all permissions that anybody holds on the API."""
    imports: ApiImports = ApiImports()
    """What of it exists already."""


class ProtectedApi(pulumi.ComponentResource):
    """An API that issues no secrets and lets nobody in without a role.

    Its tokens are version 2: their audience is the client id, their issuer the tenant's v2.0 endpoint. Entra refuses a
    token to a caller that has no role (`app_role_assignment_required`), besides the API's own check.
    """

    client_id: pulumi.Output[str]
    """The application's client id."""
    service_principal_object_id: pulumi.Output[str]
    """The service principal on which roles are granted. It follows the application, so a role that is new is there
    before anybody can be granted it."""
    identifier_uri: pulumi.Output[str]
    """The identifier URI, once the application has it."""
    scope: pulumi.Output[str]
    """What a caller asks a token for."""
    audience: pulumi.Output[str]
    """What stands in the `aud` claim of its tokens."""
    issuer: pulumi.Output[str]
    """What stands in the `iss` claim of its tokens."""
    role_ids: Mapping[str, str]
    """The id of each role by its value, known before anything exists."""

    def __init__(self, name: str, args: ProtectedApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the API."""
        super().__init__("keyless:identity:ProtectedApi", name, None, opts)
        self.role_ids = {role.value: role_id(args.api, role.value) for role in args.roles}
        application = azuread.Application(
            f"{name}-application",
            display_name=args.display_name,
            sign_in_audience="AzureADMyOrg",
            api=azuread.ApplicationApiArgs(requested_access_token_version=2),
            app_roles=[
                azuread.ApplicationAppRoleArgs(
                    id=self.role_ids[role.value],
                    value=role.value,
                    display_name=role.display_name,
                    description=role.description,
                    allowed_member_types=["Application"],
                    enabled=True,
                )
                for role in args.roles
            ],
            owners=[args.owner_object_id],
            # The URI is a resource of its own, since it holds the client id that only the application brings. The owner
            # is whoever deployed first: another one who previews or deploys must not seem to change it.
            opts=pulumi.ResourceOptions(
                parent=self,
                ignore_changes=["identifierUris", "owners"],
                protect=args.protect,
                import_=args.imports.application,
                # After a creation until it can be changed, after a change of roles until the old ones are disabled, and
                # after a deletion until nobody finds it any more.
                custom_timeouts=replication.awaited(creation=True, change=True, deletion=True),
            ),
        )
        uri = azuread.ApplicationIdentifierUri(
            f"{name}-identifier-uri",
            application_id=application.id,
            identifier_uri=_uri_of(application, args),
            # Not deleted with the application, which stays for 30 days as a deleted item: with its URI still on it,
            # the next registration could not have the same one. The provider does not wait for the application here,
            # but has waited before it gave away the application's id.
            opts=pulumi.ResourceOptions(parent=self, import_=args.imports.identifier_uri),
        )
        principal = azuread.ServicePrincipal(
            f"{name}-service-principal",
            client_id=application.client_id,
            app_role_assignment_required=True,
            owners=[args.owner_object_id],
            opts=pulumi.ResourceOptions(
                parent=self,
                ignore_changes=["owners"],
                # Microsoft Graph deletes the service principal of an application together with it.
                deleted_with=application,
                import_=args.imports.service_principal,
                custom_timeouts=replication.awaited(creation=True, deletion=True),
            ),
        )
        self.client_id = application.client_id
        self.service_principal_object_id = principal.object_id
        self.identifier_uri = uri.identifier_uri
        self.scope = uri.identifier_uri.apply(lambda known: f"{known}/.default")
        self.audience = application.client_id
        self.issuer = pulumi.Output.from_input(f"https://login.microsoftonline.com/{args.tenant_id}/v2.0")
        self.register_outputs(
            {
                "clientId": self.client_id,
                "servicePrincipalObjectId": self.service_principal_object_id,
                "identifierUri": self.identifier_uri,
                "scope": self.scope,
                "audience": self.audience,
                "issuer": self.issuer,
                "roleIds": self.role_ids,
            }
        )

    @property
    def described(self) -> dict[str, pulumi.Output[str]]:
        """What an API and its callers have to know, by the names of the stack's outputs."""
        return {
            "apiClientId": self.client_id,
            "identifierUri": self.identifier_uri,
            "scope": self.scope,
            "audience": self.audience,
            "issuer": self.issuer,
        }


def _uri_of(application: azuread.Application, args: ProtectedApiArgs) -> pulumi.Input[str]:
    """Returns the URI, known in a preview unless it holds the client id."""
    if not identifier_uri.needs_client_id(args.identifier_uri):
        return identifier_uri.resolve(args.identifier_uri, tenant_id=args.tenant_id, client_id="")
    return application.client_id.apply(
        lambda client_id: identifier_uri.resolve(args.identifier_uri, tenant_id=args.tenant_id, client_id=client_id)
    )
