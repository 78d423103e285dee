"""The configuration of a stack: the one place that reads it, and all that can be wrong with it."""

from settings.api import OWN, Api
from settings.caller import Caller
from settings.fault import Fault, InvalidSettingsError
from settings.grant import Grant
from settings.stack import Settings

__all__ = ["OWN", "Api", "Caller", "Fault", "Grant", "InvalidSettingsError", "Settings"]
