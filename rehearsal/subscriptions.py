"""The subscriptions that a stack's configuration names: in Azure they are there before any deployment."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import yaml

from rehearsal.azure.server import Endpoint
from rehearsal.stand_in import ANSWER_WITHIN

_KEYS = ("subscriptionId", "azure-native:subscriptionId")


def provide(endpoint: Endpoint, config_file: Path) -> None:
    """Let the stand-in have each subscription that the file names, owned by the deployer. A file that cannot be read is
    left to whoever reads it for good.
    """
    try:
        named = sorted(set(_named(yaml.safe_load(config_file.read_text(encoding="utf-8")))))
    except (OSError, ValueError, yaml.YAMLError):
        return
    if not named:
        return
    with httpx.Client(
        base_url=endpoint.https_url,
        headers={"Authorization": f"Bearer {endpoint.control_key}"},
        verify=ssl.create_default_context(cafile=endpoint.ca_file),
        timeout=ANSWER_WITHIN,
        trust_env=False,
    ) as client:
        for subscription in named:
            client.put(f"/_rehearsal/subscriptions/{subscription}", json={}).raise_for_status()


def _named(content: Any) -> Iterator[str]:
    """The GUIDs that stand anywhere under a key for a subscription's id."""
    if isinstance(content, list):
        for item in content:
            yield from _named(item)
    elif isinstance(content, dict):
        for key, value in content.items():
            if key in _KEYS and isinstance(value, str) and _is_guid(value):
                yield value.lower()
            else:
                yield from _named(value)


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
