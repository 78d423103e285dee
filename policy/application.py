"""Registrations of APIs: which tokens they take, and who gets one."""

from __future__ import annotations

from collections.abc import Iterator

from policy.resource import UNKNOWN, Resource, Stack
from policy.rule import Question, ResourceRule, StackRule

APPLICATION = "azuread:index/application:Application"
SERVICE_PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
_OF_AN_API = frozenset(
    {
        "azuread:index/applicationAppRole:ApplicationAppRole",
        "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri",
    }
)
"""What only an application has that others call."""


def is_api(application: Resource) -> bool:
    """Whether an application is one that others call: it declares app roles or has an identifier URI."""
    return any(application.value(name) not in (None, []) for name in ("appRoles", "identifierUris"))


def _version_2(resource: Resource, _: Question) -> Iterator[str]:
    if resource.type != APPLICATION or not is_api(resource):
        return
    version = resource.value("api", "requestedAccessTokenVersion")
    if version not in (2, UNKNOWN):
        # A number of any kind: what comes over the policy engine's protocol is a float.
        shown = "1" if version is None else f"{version:g}" if isinstance(version, int | float) else repr(version)
        yield f"{resource.name} takes tokens of version {shown}. Set api.requestedAccessTokenVersion to 2."


def _assignment_required(stack: Stack, _: Question) -> Iterator[tuple[Resource, str]]:
    apis = {application.urn for application in stack.of_type(APPLICATION) if is_api(application)}
    apis |= {
        application.urn for part in stack.of_type(*_OF_AN_API) for application in stack.sources(part, "applicationId")
    }
    client_ids = {
        application.value("clientId") for application in stack.of_type(APPLICATION) if application.urn in apis
    } - {None, UNKNOWN}
    for principal in stack.of_type(SERVICE_PRINCIPAL):
        of_api = principal.value("clientId") in client_ids or any(
            application.urn in apis for application in stack.sources(principal, "clientId")
        )
        if of_api and principal.value("appRoleAssignmentRequired") not in (True, UNKNOWN):
            problem = f"{principal.name} gives everybody in the tenant a token for its API. "
            yield principal, problem + "Set appRoleAssignmentRequired to true."


VERSION_2 = ResourceRule(
    "version-2-tokens",
    "An API takes tokens of version 2, whose audience is its client id.",
    _version_2,
)
ASSIGNMENT_REQUIRED = StackRule(
    "assignment-required",
    "Entra gives a token for an API only to those that were granted a role on it.",
    _assignment_required,
)
