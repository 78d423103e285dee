"""What a run can end with before, or instead of, a deployment."""

from __future__ import annotations


class EngineError(Exception):
    """A fault the user can mend; the message says what is wrong, what is allowed and what to do next."""


class ConfigurationError(EngineError):
    """The project file, the stack's configuration or a passphrase can't be used."""


class BrokenState(EngineError):
    """A file of the state backend can't be read as what it should be; it was left as it is."""


class NoSuchStack(EngineError):
    """There is no stack of that name."""


class StackLocked(EngineError):
    """Another run holds the stack."""


class NotSupported(EngineError):
    """The program asks for something that this engine refuses rather than ignores."""


class Terminated(EngineError):
    """The user has stopped the run at once: what was under way is on record as begun."""

    def __init__(self, operation: str) -> None:
        super().__init__(f"{operation} cancelled")


class UnexpectedChanges(EngineError):
    """The user expected no changes, and there are some; all of them have been shown."""

    def __init__(self, operation: str) -> None:
        super().__init__(f"no changes were expected for {operation} but changes were proposed")
