"""Taking secrets out of what programs and providers say.

The CLI does so with the secrets of the configuration (pulumi/pulumi, sdk/go/common/util/logging/log.go,
`replacements`); here with those among the resources' properties, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from rehearsal.engine.values import Output, Secret, Value, walk

_TOO_SHORT = 3
"""Texts shorter than this are left alone, as are `true` and `false`: they are in every message."""


class Concealing:
    """The secrets that have been met so far."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def learn(self, secrets: Iterable[str]) -> None:
        """Know some more secrets."""
        known = len(self._texts)
        self._texts.update(text for secret in secrets for text in _telling(secret))
        if len(self._texts) > known:
            longest_first = sorted(self._texts, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def learn_from(self, value: Value) -> None:
        """Know the texts that are secret inside a value."""
        for part in walk(value):
            if isinstance(part, Secret) or (isinstance(part, Output) and part.secret):
                self.learn(inside for inside in walk(part.element) if isinstance(inside, str))

    def concealed(self, text: str) -> str:
        """The text with `[secret]` for every secret in it."""
        return text if self._pattern is None else self._pattern.sub("[secret]", text)


def _telling(secret: str) -> Iterator[str]:
    """The texts that give a secret away: the secret, as a JSON string too, and each of its lines."""
    for text in (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], *secret.splitlines()):
        if len(text.strip()) >= _TOO_SHORT and text.lower() not in ("true", "false"):
            yield text
