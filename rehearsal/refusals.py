"""What a command ends with when the user has to mend something: a message, and exit status 1."""

from __future__ import annotations

from rehearsal.azure.server import BrokenState, PortInUse, StateLocked
from rehearsal.engine.errors import EngineError
from rehearsal.errors import RehearsalError

REFUSALS = (RehearsalError, EngineError, PortInUse, StateLocked, BrokenState)
