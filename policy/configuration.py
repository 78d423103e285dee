"""How strict each rule is in a stack, and what it is told: the file for `--policy-pack-config`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from policy.rule import Rule, Settings


class Level(StrEnum):
    """What a violation does."""

    MANDATORY = "mandatory"
    """Nothing is deployed."""
    ADVISORY = "advisory"
    """It is said."""
    DISABLED = "disabled"


class ConfigurationError(Exception):
    """A configuration that cannot be used; the message has a line for each fault."""


@dataclass(frozen=True)
class Configuration:
    """Levels and settings of all rules."""

    levels: Mapping[str, Level]
    settings: Mapping[str, Settings]

    @classmethod
    def parse(cls, document: Mapping[str, Any], rules: Sequence[Rule]) -> Configuration:
        """Reads what Pulumi takes as a policy pack's configuration.

        `all` gives the level of every rule (mandatory if it is not there); a rule's name gives its level, or an object
        with `enforcementLevel` and the rule's settings (Pulumi documentation, "Configuring policy packs").

        Raises ConfigurationError.
        """
        faults = [*_faults(document, rules)]
        if faults:
            raise ConfigurationError("\n".join(faults))
        everywhere = _level(document.get("all", Level.MANDATORY))
        own = {rule.name: document.get(rule.name, everywhere) for rule in rules}
        return cls(
            levels={name: _level(given, everywhere) for name, given in own.items()},
            settings={
                rule.name: {
                    name: given[name]
                    if isinstance(given := own[rule.name], Mapping) and name in given
                    else each.default
                    for name, each in rule.settings.items()
                }
                for rule in rules
            },
        )


def _level(given: Any, otherwise: Level = Level.MANDATORY) -> Level:
    if isinstance(given, Mapping):
        return Level(given.get("enforcementLevel", otherwise))
    return Level(given)


def _faults(document: Mapping[str, Any], rules: Sequence[Rule]) -> Iterator[str]:
    by_name = {rule.name: rule for rule in rules}
    for name, given in document.items():
        if name != "all" and name not in by_name:
            yield f"{name!r} is no rule. Rules are {', '.join(sorted(by_name))}, and 'all' stands for each of them."
            continue
        level = given.get("enforcementLevel", Level.MANDATORY) if isinstance(given, Mapping) else given
        if level not in list(Level):
            yield f"{name}: {level!r} is no level. Levels are mandatory, advisory and disabled."
        if isinstance(given, Mapping):
            yield from _setting_faults(name, given, by_name.get(name))


def _setting_faults(name: str, given: Mapping[str, Any], rule: Rule | None) -> Iterator[str]:
    known = rule.settings if rule else {}
    for key, value in given.items():
        if key == "enforcementLevel":
            continue
        if key not in known:
            listed = ", ".join(["enforcementLevel", *known])
            yield f"{name}: {key!r} is no setting. It takes {listed}."
        else:
            yield from (f"{name}: {fault}" for fault in _schema_faults(value, known[key].schema, key))


def _schema_faults(value: Any, schema: Mapping[str, Any], place: str) -> Iterator[str]:
    """Says where a value is not what a schema of lists, objects and texts describes."""
    match schema["type"]:
        case "array":
            if not isinstance(value, list):
                yield f"{place} is {value!r}, not a list."
                return
            for index, item in enumerate(value):
                yield from _schema_faults(item, schema["items"], f"{place}[{index}]")
        case "object":
            if not isinstance(value, Mapping):
                yield f"{place} is {value!r}, not an object."
                return
            for key, inner in schema["properties"].items():
                if key in value:
                    yield from _schema_faults(value[key], inner, f"{place}.{key}")
                elif key in schema["required"]:
                    yield f"{place} has no {key}."
        case _:
            if not isinstance(value, str):
                yield f"{place} is {value!r}, not text."
            elif len(value.strip()) < schema.get("minLength", 0):
                yield f"{place} is empty."
