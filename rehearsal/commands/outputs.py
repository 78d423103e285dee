"""A stack's outputs as `pulumi stack output` prints them (pulumi/pulumi, pkg/cmd/pulumi/stack/stack_output.go)."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

_HEADINGS = ("OUTPUT", "VALUE")


def table(outputs: Mapping[str, Any]) -> str:
    """All of them, for people."""
    lines = [f"Current stack outputs ({len(outputs)}):"]
    if not outputs:
        return "\n".join([*lines, "    No output values currently in this stack"])
    width = max(map(len, (*outputs, _HEADINGS[0]))) + 2
    for name, value in (_HEADINGS, *sorted(outputs.items())):
        lines += [f"    {head.ljust(width)}{line}" for head, line in _beside(name, text(value).split("\n"))]
    return "\n".join(lines)


def shell(outputs: Mapping[str, Any]) -> str:
    """Assignments that a POSIX shell can evaluate."""
    return "\n".join(f"{name}={shlex.quote(text(value))}" for name, value in sorted(outputs.items()))


def text(value: Any) -> str:
    """One value: texts as they are, anything else as JSON in one line."""
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def document(value: Any) -> str:
    """One or all of them as a JSON document."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)


def _beside(name: str, lines: list[str]) -> list[tuple[str, str]]:
    return [(name if number == 0 else "", line) for number, line in enumerate(lines)]
