"""What a stack's configuration holds, as Pulumi hands it to the program."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from typing import Any

import pulumi
from pulumi.runtime import config as pulumi_config

from settings.fault import Faults
from settings.node import Node

LOCATION = "azure-native:location"


def refuse_unknown(project: str, known: Collection[str], faults: Faults) -> None:
    """Notes each key of the project that the stack gives a value and that is none of `known`.

    `pulumi.Config` reads by name only, so this asks for what it reads from: the engine's environment
    (`PULUMI_CONFIG`), which the language host copies into the SDK's own map.
    """
    everything = {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}
    found = {key.removeprefix(f"{project}:") for key in everything if key.startswith(f"{project}:")}
    for key in sorted(found.difference(known)):
        faults.refuse_key(f"{project}:{key}", key, known)


def node(project: str, key: str, faults: Faults) -> Node:
    """Returns the value of a key of the project; Pulumi hands objects, lists and booleans over as JSON."""
    raw: Any = pulumi.Config(project).get(key)
    if isinstance(raw, str):
        with suppress(ValueError, RecursionError):
            raw = json.loads(raw)
    full_key = f"{project}:{key}"
    return Node(full_key, raw, faults, pulumi_config.is_config_secret(full_key))


def location(faults: Faults) -> Node:
    """Returns the region that the azure-native provider is configured with; that there is none is a fault."""
    found = Node(LOCATION, pulumi.Config("azure-native").get("location"), faults)
    if found.value is None:
        found.missing("westeurope")
    return found
