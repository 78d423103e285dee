"""The outputs of a stack: of one thing each value by itself, of several by the name of each."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi


def export(plural: str, described: Mapping[str, Mapping[str, object]]) -> None:
    """Exports the values that describe each of some things, by name: of several as one output, called `plural`."""
    if len(described) > 1:
        pulumi.export(plural, described)
        return
    for values in described.values():
        for name, value in values.items():
            pulumi.export(name, value)
