"""How decisions about a resource's properties are held against what the SDK knows of it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any

_IN_PYTHON = {
    "defaultToOAuthAuthentication": "default_to_o_auth_authentication",
    "instanceMemoryMB": "instance_memory_mb",
}


def in_python(names: Iterable[str]) -> set[str]:
    """Properties' names as the SDK writes them."""
    return {_IN_PYTHON.get(name) or re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name) for name in names}


def check_decided(args: Any, ours: set[str], left_out: Mapping[str, str]) -> None:
    """Fails unless each property that the SDK's `args` take is one of `ours` or `left_out` with a reason."""
    known = set(inspect.signature(args.__init__).parameters) - {"__self__"}
    undecided = known - ours - left_out.keys()
    assert not undecided, f"The SDK has properties that nobody has decided about: {sorted(undecided)}"
    assert not left_out.keys() - known, "A reason for a property that the SDK no longer has"
    sdk_defaults = {name for name, reason in left_out.items() if reason.startswith("the SDK sets")}
    assert left_out.keys() & ours == sdk_defaults
