"""Why a value cannot be used, in the words a person needs to put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Refusal:
    """A value that a rule does not accept.

    The rules of this package return one of these instead of raising, so that all of them can be reported together.
    """

    problem: str
    """What is wrong, with the value: `'west eurpe' is not a region that hosts Flex Consumption.`"""
    allowed: str
    """What would be accepted, as a sentence without its full stop."""
    instead: str | None = None
    """An acceptable value near the refused one, where there is one."""


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Returns the choice a person who typed `word` most probably meant, whatever its case, or None if none is near."""
    by_folded = {choice.casefold(): choice for choice in choices}
    found = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.7)
    return by_folded[found[0]] if found else None
