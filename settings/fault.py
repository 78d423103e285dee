"""What is wrong with a configuration, told to the person who wrote it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pulumi

from components.refusal import Refusal, nearest


@dataclass(frozen=True)
class Fault:
    """One value that cannot be used."""

    path: str
    """Where it stands, as `pulumi config set --path` takes it: `keyless:grants[1].roles[0]`."""
    problem: str
    """What is wrong, with the value."""
    allowed: str
    """What would be accepted, without a full stop."""
    remedy: str
    """What to do next: a command, or what to edit."""

    def __str__(self) -> str:
        """Returns the three lines that a person reads."""
        return f"{self.path}: {self.problem}\n  Allowed: {self.allowed}.\n  {self.remedy}"


class InvalidSettingsError(pulumi.RunError):
    """A configuration that cannot be used. Pulumi ends the program with this message and without a traceback."""

    def __init__(self, stack: str, faults: Sequence[Fault]) -> None:
        """`faults` is all that is wrong with the configuration of `stack`, at least one."""
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        report = "\n\n".join(str(fault) for fault in faults)
        super().__init__(f"The configuration of stack {stack!r} has {count}; nothing was changed.\n\n{report}")


class Faults:
    """Collects what is wrong with one configuration, so that all of it is reported at once."""

    def __init__(self, stack: str) -> None:
        """`stack` names the configuration file and goes into the commands."""
        self.stack = stack
        self.found: list[Fault] = []

    @property
    def file(self) -> str:
        """The file in which the configuration of the stack stands."""
        return f"Pulumi.{self.stack}.yaml"

    def add(self, path: str, problem: str, *, allowed: str, remedy: str | None = None) -> None:
        """Notes a fault; without a better remedy it is to be corrected in the file."""
        self.found.append(Fault(path, problem, allowed, remedy or f"Correct it in {self.file}."))

    def refuse(self, path: str, refusal: Refusal) -> None:
        """Notes that a rule has refused the value at `path`."""
        remedy = None
        if refusal.instead is not None:
            remedy = f"Did you mean {refusal.instead!r}? {self.setting(path, refusal.instead)}"
        self.add(path, refusal.problem, allowed=refusal.allowed, remedy=remedy)

    def refuse_key(self, path: str, key: str, known: Iterable[str]) -> None:
        """Notes that the key at `path` is none of `known`."""
        near = nearest(key, known)
        self.add(path, f"{key!r} is not a known key.", allowed=sentence(known), remedy=self.renaming(near))

    def raise_found(self) -> None:
        """Raises InvalidSettingsError if anything was noted."""
        if self.found:
            raise InvalidSettingsError(self.stack, self.found)

    def setting(self, path: str, value: str) -> str:
        """Returns the command that sets `path` to `value`."""
        nested = "--path " if "." in path or "[" in path else ""
        return f"pulumi config set --stack {self.stack} {nested}{shlex.quote(path)} {shlex.quote(value)}"

    def renaming(self, name: str | None) -> str:
        """Returns what to do about a name that cannot stay; `name` is the one that was probably meant."""
        return f"Did you mean {name!r}? Rename it in {self.file}." if name else f"Remove it from {self.file}."


def sentence(words: Iterable[str]) -> str:
    """Returns `a, b and c`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
