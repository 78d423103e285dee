"""How strict each policy of a pack is, and what it is told: defaults of the pack, overridden by the user's file.

After pulumi/pulumi, pkg/resource/analyzer/config.go.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema

from rehearsal.engine.errors import ConfigurationError, NotSupported
from rehearsal.engine.policy_pack import Level

_ALL = "all"


@dataclass(frozen=True)
class Policy:
    """What a pack says of one of its policies."""

    name: str
    level: Level
    schema: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema of its settings: `properties` and `required`."""


@dataclass(frozen=True)
class PolicySettings:
    """How one policy is configured; None for a level that nobody gave."""

    level: Level | None
    properties: Mapping[str, Any]


def read(path: Path) -> dict[str, PolicySettings]:
    """The configuration in a file for `--policy-pack-config`: by policy, or `all`, a level or an object of settings.

    Raises ConfigurationError when it can't be used.
    """
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text) if text.strip() else {}
    except (OSError, ValueError) as fault:
        raise ConfigurationError(f"the configuration of a policy pack, {path}, can't be read: {fault}") from fault
    if not isinstance(document, dict):
        raise ConfigurationError(f"{path} holds a {type(document).__name__}; an object with a key per policy is wanted")
    if "environments" in document:
        raise NotSupported(f"{path} names ESC environments, which this engine has no access to")
    return {name: _settings(path, name, given) for name, given in document.items()}


def reconciled(
    policies: Sequence[Policy], *layers: Mapping[str, PolicySettings]
) -> tuple[dict[str, PolicySettings], list[str]]:
    """The settings of every policy, later layers before earlier ones, and what is wrong with them."""
    result = {policy.name: PolicySettings(policy.level, dict(_defaults(policy))) for policy in policies}
    for layer in layers:
        everywhere = layer.get(_ALL)
        if everywhere is not None and everywhere.level is not None:
            result = {name: PolicySettings(everywhere.level, known.properties) for name, known in result.items()}
        for name in layer.keys() & result.keys():
            given, known = layer[name], result[name]
            result[name] = PolicySettings(given.level or known.level, {**known.properties, **given.properties})
    faults = [
        f"{policy.name}: {fault}" for policy in policies for fault in _faults(policy, result[policy.name].properties)
    ]
    return result, faults


def _settings(path: Path, name: str, given: Any) -> PolicySettings:
    own = {"enforcementLevel": given} if isinstance(given, str) else given
    if not isinstance(own, dict):
        raise ConfigurationError(f"{path}: parsing {name!r}: {given} is not a valid value; must be a string or object")
    level = own.get("enforcementLevel")
    if level is not None and level not in list(Level):
        levels = ", ".join(Level)
        raise ConfigurationError(
            f"{path}: parsing enforcement level for {name!r}: {level!r} is not a valid enforcement level ({levels})"
        )
    properties = {key: value for key, value in own.items() if key != "enforcementLevel"}
    return PolicySettings(Level(level) if level is not None else None, properties)


def _defaults(policy: Policy) -> Iterator[tuple[str, Any]]:
    for name, schema in policy.schema.get("properties", {}).items():
        if "default" in schema:
            yield name, schema["default"]


def _faults(policy: Policy, properties: Mapping[str, Any]) -> Iterator[str]:
    validator = jsonschema.Draft7Validator({"type": "object", **policy.schema})
    for error in sorted(validator.iter_errors(dict(properties)), key=lambda error: error.json_path):
        place = error.json_path.removeprefix("$").removeprefix(".")
        yield f"{place}: {error.message}" if place else error.message
