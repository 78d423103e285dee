"""Which resources an operation may touch (`--target`, `--exclude`, `--replace`)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable


class Targets:
    """A set of URNs and patterns; without any, every resource is in it.

    `*` in a pattern fits anything but a colon, `**` anything at all (pulumi/pulumi, pkg/resource/deploy/deployment.go).
    """

    def __init__(self, urns_or_patterns: Iterable[str] = ()) -> None:
        given = list(urns_or_patterns)
        self.urns = {text for text in given if "*" not in text}
        self._patterns = [_compiled(text) for text in given if "*" in text]

    @property
    def constrained(self) -> bool:
        """Whether anything was named."""
        return bool(self.urns or self._patterns)

    def __contains__(self, urn: str) -> bool:
        return not self.constrained or urn in self.urns or any(p.fullmatch(urn) for p in self._patterns)

    def names(self, urn: str) -> bool:
        """Whether it was named itself, and not only because nothing was."""
        return self.constrained and urn in self

    def missing(self, known: Container[str]) -> list[str]:
        """What is wrong with URNs that were named and that nobody knows."""
        return [
            f"Target '{urn}' could not be found in the stack."
            + ("" if "$" in urn else " Did you forget to escape $ in your shell?")
            for urn in sorted(self.urns)
            if urn not in known
        ]

    def copy(self) -> Targets:
        """A copy that can be added to."""
        copied = Targets()
        copied.urns, copied._patterns = set(self.urns), self._patterns
        return copied


def _compiled(pattern: str) -> re.Pattern[str]:
    parts = [("[^:]*".join(map(re.escape, part.split("*")))) for part in pattern.split("**")]
    return re.compile(".*".join(parts))
