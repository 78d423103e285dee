"""What a command ends with when it was not done: a message, and the exit status that the real CLI has for it."""

from __future__ import annotations

from typing import Final

from rehearsal.azure.server import BrokenState, PortInUse, StateLocked
from rehearsal.engine.errors import EngineError, NoSuchStack, Terminated, UnexpectedChanges
from rehearsal.errors import NotConfirmedError, RehearsalError, UnknownStackError

REFUSALS = (RehearsalError, EngineError, PortInUse, StateLocked, BrokenState)

_STATUSES: Final[dict[type[Exception], int]] = {
    NotConfirmedError: 2,
    NoSuchStack: 6,
    UnknownStackError: 6,
    UnexpectedChanges: 7,
    Terminated: 8,
}


def exit_status(refusal: Exception) -> int:
    """The exit status of a command that ends with a refusal (pulumi/pulumi, pkg/cmd/pulumi/cmd/exit_codes.go)."""
    return next((status for kind, status in _STATUSES.items() if isinstance(refusal, kind)), 1)
