"""The configuration of a stack: the one place that reads it, and all that can be wrong with it."""

from components.granted_api import Grant
from settings.api import OWN, Api
from settings.caller import Caller
from settings.fault import Fault, InvalidSettingsError
from settings.stack import Settings

__all__ = ["OWN", "Api", "Caller", "Fault", "Grant", "InvalidSettingsError", "Settings"]
