"""A role: the actions that whoever holds it may perform."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Role:
    """`actions` without `not_actions` on Azure Resource Manager, `data_actions` without `not_data_actions` on the data
    itself.
    """

    id: str
    name: str
    description: str
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()

    def grants(self, action: str, *, data: bool) -> bool:
        """Whether the role gives an action, on the resource or on its data."""
        given, withheld = (self.data_actions, self.not_data_actions) if data else (self.actions, self.not_actions)
        return _any(given, action) and not _any(withheld, action)


def _any(patterns: Iterable[str], action: str) -> bool:
    return any(_expression(pattern).fullmatch(action) for pattern in patterns)


@lru_cache(maxsize=512)
def _expression(pattern: str) -> re.Pattern[str]:
    """`*` stands for any text, slashes included; case does not count."""
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.IGNORECASE)
