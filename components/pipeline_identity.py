"""An identity that jobs of a CI system sign in with, by the tokens that the CI system issues to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

from components import github, replication


@dataclass(frozen=True, kw_only=True)
class PipelineIdentityArgs:
    """Who signs in."""

    display_name: str
    """The registration's name in the tenant."""
    subjects: Mapping[str, str]
    """The subject of each job that is trusted, by a name for it: 3 to 120 letters, digits, `-` and `_`. At most 20 (
    Microsoft Entra documentation, "Important considerations and restrictions for federated identity credentials")."""
    protect: bool = False
    """Whether the registration may be deleted: with it go all rights of the pipeline."""


class PipelineIdentity(pulumi.ComponentResource):
    """An application without a secret, its service principal, and what it takes instead of a secret.

    Nobody owns it: an owner could give it a secret, and a deployer that owned its own identity could too.
    """

    client_id: pulumi.Output[str]
    """What a job signs in as."""
    principal_id: pulumi.Output[str]
    """The object id of its service principal, which rights are given to."""
    service_principal: pulumi.Resource
    """What its rights live and die with."""

    def __init__(self, name: str, args: PipelineIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the identity; it has no rights yet."""
        super().__init__("keyless:identity:PipelineIdentity", name, None, opts)
        application = azuread.Application(
            f"{name}-application",
            display_name=args.display_name,
            sign_in_audience="AzureADMyOrg",
            api=azuread.ApplicationApiArgs(requested_access_token_version=2),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protect,
                custom_timeouts=replication.awaited(creation=True, change=True, deletion=True),
            ),
        )
        principal = azuread.ServicePrincipal(
            f"{name}-service-principal",
            client_id=application.client_id,
            # Nobody needs a token for it.
            app_role_assignment_required=True,
            opts=pulumi.ResourceOptions(
                parent=self,
                deleted_with=application,
                custom_timeouts=replication.awaited(creation=True, deletion=True),
            ),
        )
        for credential, subject in args.subjects.items():
            azuread.ApplicationFederatedIdentityCredential(
                f"{name}-{credential}",
                application_id=application.id,
                display_name=credential,
                issuer=github.ISSUER,
                subject=subject,
                audiences=[github.AUDIENCE],
                opts=pulumi.ResourceOptions(parent=self, deleted_with=application),
            )
        self.client_id = application.client_id
        self.principal_id = principal.object_id
        self.service_principal = principal
        self.register_outputs({"clientId": self.client_id, "principalId": self.principal_id})
