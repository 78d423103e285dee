"""A development client: what a laptop signs in as, on development stacks only, with a secret that soon expires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase

import pulumi
import pulumi_azuread as azuread

from components import replication
from components.refusal import Refusal

DEVELOPMENT_STACKS = ("dev", "dev-*")
"""Stacks on which somebody may hold a key; `*` stands for anything. The policy pack has the same by default."""


@dataclass(frozen=True, kw_only=True)
class DeveloperClientArgs:
    """What to register."""

    display_name: str
    """The registration's name in the tenant."""
    owner_object_id: str
    """Who deploys, and has to stay an owner: see `ProtectedApiArgs`."""
    expires: str
    """Until when the secret is valid, as RFC 3339 writes it. A later time means another secret: the new one is made
    first, and the old one then taken away.

    `end_date` and not `end_date_relative`, which the provider takes and then ignores: the secret would be valid for the
    directory's two years (terraform-provider-azuread, `internal/helpers/credentials/credentials.go`)."""


class DeveloperClient(pulumi.ComponentResource):
    """An application of its own, so that what it may do is granted, seen and taken away like an identity's.

    A secret and no federated credential: nobody vouches for a laptop with tokens that Entra could check. It is marked
    as secret, so state, previews and outputs hold it encrypted or not at all.
    """

    client_id: pulumi.Output[str]
    """What it signs in as."""
    service_principal_object_id: pulumi.Output[str]
    """What roles are granted to."""
    client_secret: pulumi.Output[str]
    """What it signs in with: a secret."""
    expires: pulumi.Output[str]
    """Until when the secret is valid, as RFC 3339 writes it."""
    application: pulumi.CustomResource
    """The registration, which everything that it holds lives and dies with."""

    def __init__(self, name: str, args: DeveloperClientArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the client."""
        super().__init__("keyless:identity:DeveloperClient", name, None, opts)
        application = azuread.Application(
            f"{name}-application",
            display_name=args.display_name,
            sign_in_audience="AzureADMyOrg",
            owners=[args.owner_object_id],
            # The owner is whoever deployed first: see `ProtectedApi`.
            opts=pulumi.ResourceOptions(
                parent=self,
                ignore_changes=["owners"],
                custom_timeouts=replication.awaited(creation=True, change=True, deletion=True),
            ),
        )
        principal = azuread.ServicePrincipal(
            f"{name}-service-principal",
            client_id=application.client_id,
            owners=[args.owner_object_id],
            # Microsoft Graph deletes the service principal of an application together with it.
            opts=pulumi.ResourceOptions(
                parent=self,
                deleted_with=application,
                ignore_changes=["owners"],
                custom_timeouts=replication.awaited(creation=True, deletion=True),
            ),
        )
        # Not deleted with the application, which can be restored for 30 days: with a secret still on it, it would open
        # what it opened before.
        secret = azuread.ApplicationPassword(
            f"{name}-secret",
            application_id=application.id,
            display_name="pulumi",
            end_date=args.expires,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.application = application
        self.client_id = application.client_id
        self.service_principal_object_id = principal.object_id
        self.client_secret = pulumi.Output.secret(secret.value)
        self.expires = secret.end_date
        self.register_outputs(
            {
                "clientId": self.client_id,
                "servicePrincipalObjectId": self.service_principal_object_id,
                "clientSecret": self.client_secret,
                "expires": self.expires,
            }
        )

    @property
    def described(self) -> dict[str, pulumi.Output[str]]:
        """What signs a laptop in, by the names of the stack's output."""
        return {"clientId": self.client_id, "clientSecret": self.client_secret, "expires": self.expires}


def secret_expiry(now: datetime) -> str:
    """Returns until when a secret is to be valid: to the end of next month, so for 28 to 62 days from `now`.

    It changes with the month, so the first `up` in each renews the secret. Nobody has to copy it: what needs it reads
    the stack's output.
    """
    months = now.astimezone(UTC).year * 12 + now.astimezone(UTC).month - 1 + 2
    return f"{months // 12:04}-{months % 12 + 1:02}-01T00:00:00Z"


def refusal_of_stack(stack: str) -> Refusal | None:
    """Says why a stack cannot have a development client, or None if it can."""
    if any(fnmatchcase(stack, pattern) for pattern in DEVELOPMENT_STACKS):
        return None
    return Refusal(
        problem=f"a development client has a client secret, and in the stack {stack!r} somebody would hold a key.",
        allowed="true on development stacks only, which are called dev or dev-NAME",
    )
