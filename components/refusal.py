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
    return next(iter(closest(word, choices, count=1, likeness=0.7)), None)


def closest(word: str, choices: Iterable[str], *, count: int, likeness: float = 0.0) -> list[str]:
    """Returns up to `count` of `choices`, the one most like `word` first; `likeness` goes from 0 to 1, the same."""
    by_folded: dict[str, str] = {}
    for choice in choices:
        by_folded.setdefault(choice.casefold(), choice)
    return [by_folded[found] for found in get_close_matches(word.casefold(), by_folded, n=count, cutoff=likeness)]
