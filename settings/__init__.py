"""The configuration of a stack: the one place that reads it, and all that can be wrong with it."""

from settings.fault import Fault, InvalidSettingsError
from settings.stack import OWN, Api, Caller, Grant, Settings

__all__ = ["OWN", "Api", "Caller", "Fault", "Grant", "InvalidSettingsError", "Settings"]
