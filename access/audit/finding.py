"""One line of an audit: something that is there or was declared, or both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from access.roles.risk import Risk


class Standing(StrEnum):
    """How tenant and stack agree."""

    PRESENT = "present"
    """Declared, and there."""
    MISSING = "missing"
    """Declared, and not there."""
    UNDECLARED = "undeclared"
    """There, and not declared."""


class Kind(StrEnum):
    """What was found."""

    APP_ROLE = "app role"
    AZURE_ROLE = "Azure role"
    SECRET = "client secret"  # noqa: S105 - the kind of thing, not one of them
    CERTIFICATE = "certificate"
    FEDERATION = "federated credential"
    IDENTITY = "identity"
    REGISTRATION = "registration"


DEFAULT = "default access"
"""How an assignment without any role is called (Microsoft Entra admin center)."""
CREDENTIALS = frozenset({Kind.SECRET, Kind.CERTIFICATE, Kind.FEDERATION})


@dataclass(frozen=True)
class Party:
    """An object of the tenant, or an Azure scope."""

    id: str
    name: str
    client_id: str = ""
    """Of a service principal."""


@dataclass(frozen=True)
class Finding:
    """What an audit says of one grant, credential, identity or registration."""

    standing: Standing
    kind: Kind
    principal: Party
    """Who holds it."""
    target: Party
    """On what."""
    role: str
    """The role's value or name, its id if nobody knows the name; for a credential, how it is named."""
    role_id: str = ""
    since: str | None = None
    """When it was made, ISO 8601; None if nobody says."""
    risk: Risk | None = None
    """Of the role; None for what gives nobody anything."""
    id: str = ""
    """As Pulumi imports it: `/servicePrincipals/{object id}/appRoleAssignedTo/{id}`, or an ARM id. For a credential,
    its id."""
    urn: str = ""
    """Of the resource that declares it."""
    own_identity: bool = False
    """Whether it is a role of an identity that lives in the stack."""
    path: str = ""
    """Of a credential, the object in Microsoft Graph that holds it."""

    @property
    def drifts(self) -> bool:
        """Whether tenant and stack disagree."""
        return self.standing is not Standing.PRESENT


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Returns what disagrees first, and of that the most dangerous first."""
    standings = [Standing.UNDECLARED, Standing.MISSING, Standing.PRESENT]
    return sorted(
        findings,
        key=lambda found: (
            standings.index(found.standing),
            found.risk.rank if found.risk else len(Risk),
            found.kind,
            found.principal.name,
            found.role,
            found.id,
        ),
    )
