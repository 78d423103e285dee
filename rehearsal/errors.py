"""What can go wrong between a user and a rehearsal."""

from __future__ import annotations


class RehearsalError(Exception):
    """A fault the user can mend; the message says what is wrong, what is allowed and what to do next."""
