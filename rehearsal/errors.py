"""What can go wrong between a user and a rehearsal."""

from __future__ import annotations


class RehearsalError(Exception):
    """A fault the user can mend; the message says what is wrong, what is allowed and what to do next."""


class NotConfirmedError(RehearsalError):
    """Nobody is there who could be asked whether to go on."""


class UnknownStackError(RehearsalError):
    """There is no configuration for a stack of that name."""
