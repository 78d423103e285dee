"""The requests of the experimental provider, with the fields its classes leave out."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.property_value import PropertyValue


@dataclass(frozen=True)
class Autonaming:
    """The engine's wish for the name of a resource (stack configuration `pulumi:autonaming`)."""

    proposed_name: str
    mode: str  # PROPOSE, ENFORCE or DISABLE


class CheckRequest(sdk.CheckRequest):
    """`sdk.CheckRequest` with the autonaming options."""

    autonaming: Autonaming | None = None


class DiffRequest(sdk.DiffRequest):
    """`sdk.DiffRequest` with the inputs the old state was made from: azure-native compares inputs with inputs."""

    old_inputs: dict[str, PropertyValue]


class UpdateRequest(sdk.UpdateRequest):
    """`sdk.UpdateRequest` with the old inputs."""

    old_inputs: dict[str, PropertyValue]


class DeleteRequest(sdk.DeleteRequest):
    """`sdk.DeleteRequest` with the old inputs."""

    old_inputs: dict[str, PropertyValue]


class ConfigureResponse(sdk.ConfigureResponse):
    """`sdk.ConfigureResponse` with the engine's autonaming configuration."""

    def __init__(self, *, supports_autonaming: bool) -> None:
        super().__init__(supports_preview=True)
        self.supports_autonaming = supports_autonaming
