"""The variables of a repository on GitHub that its workflows sign in with. None of them is a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from bootstrap.identities import Identities
from bootstrap.settings import Settings

_Variables = dict[str, pulumi.Input[str]]


@dataclass(frozen=True)
class GithubVariables:
    """Variables of the repository, and those of its environments, which win over them in a job that names one."""

    repository: _Variables
    environments: Mapping[str, _Variables] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings, tenant_id: str, identities: Identities) -> GithubVariables:
        """Returns who signs in, and where each environment is."""
        return cls(
            repository={
                "AZURE_TENANT_ID": tenant_id,
                "AZURE_CLIENT_ID": identities.preview.client_id,
                **{_of("AZURE_SUBSCRIPTION_ID", name): each for name, each in settings.environments.items()},
            },
            environments={
                name: {"AZURE_CLIENT_ID": identities.deployers[name].client_id, "AZURE_SUBSCRIPTION_ID": each}
                for name, each in settings.environments.items()
            },
        )

    def add_backends(self, urls: Mapping[str, pulumi.Input[str]]) -> None:
        """Adds where the state of each environment is kept."""
        for name, url in urls.items():
            self.environments[name]["PULUMI_BACKEND_URL"] = url
            self.repository[_of("PULUMI_BACKEND_URL", name)] = url

    def described(self) -> dict[str, object]:
        """Returns both for a stack output."""
        return {"repository": self.repository, "environments": dict(self.environments)}


def _of(variable: str, environment: str) -> str:
    """Names a variable for one environment in jobs that name none."""
    return f"{variable}_{environment.upper()}"
