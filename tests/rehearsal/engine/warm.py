"""Everything that takes long when a run begins, done by importing this module: for processes forked hundreds of times.

Imported is what engine, providers and program import, also those modules of azure-native that are only loaded when
something of them is used, and derived is the key of a stack's secrets.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import components
from rehearsal.engine.state.passphrase import Secrets
from rehearsal.providers import packages

SALT_LINE = "v1:pxa4OiNuzn4=:v1:oNpQo5Vqahu52SFW:+Gp7aIXuaP1L8uafkiki+85qRADspA=="
"""For the configuration of a stack whose passphrase is empty."""

_LATE = ("anyio._backends._asyncio", "grpc._channel", "grpc._server", "h2.connection", "httpcore", "settings")
"""What is otherwise imported inside functions."""

_SECRETS = Secrets("", SALT_LINE)
_PROVIDERS = [packages.package(name, {}) for name in packages.NAMES]
_MODULES = [importlib.import_module(name) for name in _LATE]
_COMPONENTS = [
    importlib.import_module(f"components.{found.name}") for found in pkgutil.iter_modules(components.__path__)
]
_LOADED = [
    hasattr(used, "load it") for module in _COMPONENTS for used in vars(module).values() if isinstance(used, ModuleType)
]
