"""The tenant that a program is deployed to: who deploys, and which published APIs it knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

from components.published_api import (
    AmbiguousApiError,
    Candidate,
    NoSuchApiError,
    PublishedApi,
    PublishedApiError,
    PublishedRole,
    choose,
    is_client_id,
)

_SEVERAL = "Multiple service principals found"
_NONE = ("Service principal not found", "No service principal found")
"""The summaries of terraform-provider-azuread, `service_principal_data_source.go`: there is no error code to go by."""


class TenantUnreachableError(pulumi.RunError):
    """Microsoft Graph could not be asked, or would not answer."""

    def __init__(self, question: str, answer: Exception) -> None:
        """`question` is what was to be found out, `answer` what the provider said instead."""
        super().__init__(
            f"Microsoft Entra ID could not be asked {question}: {answer}\n"
            "Sign in with az login or the ARM_* environment variables, as an identity that may read applications "
            "(Application.Read.All)."
        )


@dataclass(frozen=True)
class Tenant:
    """The tenant the azuread provider is signed in to."""

    id: str
    deployer_object_id: str
    """The service principal or user that deploys, to be among the owners of what it creates."""

    @classmethod
    def signed_in(cls) -> Tenant:
        """Asks the azuread provider whom it is signed in as.

        Raises TenantUnreachableError.
        """
        try:
            client = azuread.get_client_config()
        except Exception as error:
            raise TenantUnreachableError("who deploys", error) from error
        return cls(id=client.tenant_id, deployer_object_id=client.object_id)

    def published_apis(self, apis: Iterable[str]) -> dict[str, PublishedApi | PublishedApiError]:
        """Looks each of `apis` (an exact display name or a client id) up, once however often it occurs.

        What cannot be found is returned, not raised, so that all of it can be reported together.

        Raises TenantUnreachableError.
        """
        found: dict[str, PublishedApi | PublishedApiError] = {}
        for api in dict.fromkeys(apis):
            try:
                found[api] = self._published_api(api)
            except PublishedApiError as error:
                found[api] = error
        return found

    def _published_api(self, api: str) -> PublishedApi:
        try:
            if is_client_id(api):
                return _published(azuread.get_service_principal(client_id=api))
            principal = azuread.get_service_principal(display_name=api)
        except Exception as error:
            if any(summary in str(error) for summary in _NONE):
                raise NoSuchApiError(api, self.id) from error
            if _SEVERAL in str(error):
                return self._one_of_several(api)
            raise TenantUnreachableError(f"for the API {api!r}", error) from error
        choose(api, [Candidate(principal.display_name, principal.client_id, principal.type)], self.id)
        return _published(principal)

    def _one_of_several(self, api: str) -> PublishedApi:
        """Lists the whole tenant to tell namesakes apart: no narrower look-up of the provider returns more than one."""
        try:
            everything = azuread.get_service_principals(return_all=True).service_principals
        except Exception as error:
            raise AmbiguousApiError(api, self.id, []) from error
        candidates = [Candidate(each.display_name, each.client_id, each.type) for each in everything]
        # Microsoft Graph compared without case, and only these made the name ambiguous.
        namesakes = [each for each in candidates if each.display_name.casefold() == api.casefold()]
        return self._published_api(choose(api, namesakes, self.id).client_id)


def _published(principal: azuread.GetServicePrincipalResult) -> PublishedApi:
    return PublishedApi(
        display_name=principal.display_name,
        client_id=principal.client_id,
        object_id=principal.object_id,
        roles=tuple(
            PublishedRole(
                value=role.value,
                id=role.id,
                for_applications="Application" in role.allowed_member_types,
                enabled=role.enabled,
            )
            for role in principal.app_roles
            if role.value
        ),
    )
