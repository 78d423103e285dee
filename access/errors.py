"""What a person who runs a command of this room can put right."""

from __future__ import annotations


class AccessError(Exception):
    """The command cannot be done; the message says why and what to do. It ends the command with exit status 1."""


class BadInputError(AccessError):
    """Input that cannot be used: one fault for each thing that is wrong with it."""

    def __init__(self, *faults: str) -> None:
        """`faults` are sentences for the user, at least one."""
        super().__init__("\n".join(faults))
        self.faults = faults
