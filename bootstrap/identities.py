"""Who CI signs in as: one identity that previews, and one for each environment that deploys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bootstrap.settings import Settings
from components import app_role_grant, granted_api
from components.granted_api import Grant, GrantedApi
from components.pipeline_identity import PipelineIdentity, PipelineIdentityArgs
from components.tenant import Tenant

_GRAPH = "Microsoft Graph"
_PREVIEWING = Grant(_GRAPH, ["Application.Read.All"])
"""Reads registrations, service principals and the roles they hold (Microsoft Graph reference, "Get application", "Get
servicePrincipal", "List appRoleAssignedTo")."""
_DEPLOYING = Grant(_GRAPH, ["Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All", "Application.Read.All"])
"""Registers APIs and changes those that it owns, which are those that it registered; grants roles, which takes reading
beside (Microsoft Graph reference, "Grant an appRoleAssignment for a service principal"). Graph has no narrower right to
grant roles: README.md says what that leaves open."""


@dataclass(frozen=True)
class Identities:
    """The identities of one repository's pipeline."""

    preview: PipelineIdentity
    """Reads everything and changes nothing."""
    deployers: Mapping[str, PipelineIdentity]
    """By environment; each changes its own and nothing of another's."""


def declare(settings: Settings, tenant: Tenant) -> Identities:
    """Declares the identities, with what they may do in the directory.

    Raises ImpossibleGrantsError and TenantUnreachableError.
    """
    deployers = {f"deploy-{environment}": environment for environment in settings.environments}
    granted = granted_api.published({"preview": [_PREVIEWING], **{name: [_DEPLOYING] for name in deployers}}, tenant)
    repository = settings.repository
    previewed = {**repository.of_pull_requests(), **repository.of_branch()}
    return Identities(
        preview=_identity("preview", settings, "preview", previewed, granted["preview"]),
        deployers={
            environment: _identity(
                name, settings, f"deploy {environment}", repository.of_environment(environment), granted[name]
            )
            for name, environment in deployers.items()
        },
    )


def _identity(
    name: str, settings: Settings, what_for: str, subjects: Mapping[str, str], granted: list[GrantedApi]
) -> PipelineIdentity:
    identity = PipelineIdentity(
        name,
        PipelineIdentityArgs(
            display_name=f"{settings.repository.full_name}: {what_for}", subjects=subjects, protect=settings.protect
        ),
    )
    app_role_grant.grant(name, identity.principal_id, granted, identity.service_principal)
    return identity
