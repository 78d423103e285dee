"""The packages that have a provider here, and the versions of the real ones they stand for (`requirements.txt`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Literal, get_args

from rehearsal.providers.provider import ServedProvider

PackageName = Literal["azuread", "azure-native"]
NAMES: tuple[PackageName, ...] = get_args(PackageName)


@dataclass(frozen=True)
class Package:
    """One package: its provider, unconfigured, and the version of the SDK that programs use with it."""

    name: PackageName
    version: str
    provider: ServedProvider


def package(name: PackageName, environment: Mapping[str, str]) -> Package:
    """The package of that name. `environment` holds the ARM_* variables and SSL_CERT_FILE the provider may read."""
    # One package's plugin process need not load the other's modules.
    if name == "azuread":
        from rehearsal.providers.azuread.provider import AzureADProvider

        return Package(name, version("pulumi-azuread"), AzureADProvider(environment))
    from rehearsal.providers.azure_native.provider import AzureNativeProvider

    return Package(name, version("pulumi-azure-native"), AzureNativeProvider(environment))
