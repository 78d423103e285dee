"""What a provider call can fail with. The message is all that a person sees: no traceback, no Python path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class ProviderError(Exception):
    """A call failed; the message says what is wrong in the words of the real provider where those are known."""


class PartlyCreatedError(ProviderError):
    """A create or update was accepted and failed afterwards, so something is there that the state must remember.

    It travels as `pulumirpc.ErrorResourceInitFailed` in the status details (Pulumi, `proto/pulumi/provider.proto`); the
    engine records the resource with the reasons as its initialisation errors and the next run updates it.
    """

    def __init__(
        self,
        resource_id: str,
        properties: Mapping[str, Any],
        reasons: Sequence[str],
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(reasons[0])
        self.resource_id = resource_id
        self.properties = dict(properties)
        self.reasons = list(reasons)
        self.inputs = dict(inputs or {})


class CancelledError(ProviderError):
    """The engine asked the provider to stop what it is doing."""
