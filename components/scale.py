"""How a Flex Consumption app scales: what each instance has, how many there may be, and how many always are.

Source of the limits: Azure Functions, "Flex Consumption plan", "Instance sizes" and "Always ready instances"; the range
of the maximum as ARM states it (polymind-inc/acmebot#946: `the allowed value range is [1, 1000]`).
"""

from __future__ import annotations

from dataclasses import dataclass

from components.refusal import Refusal

MEMORY_SIZES_MB = (512, 2048, 4096)
_MOST_INSTANCES = 1000


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The scale of one app. The defaults cost nothing while nobody calls."""

    maximum_instance_count: int = 40
    instance_memory_mb: int = 2048
    always_ready: int = 0
    """Instances that answer HTTP without a cold start, and are paid for all the time."""


def refusal_of_maximum(count: int) -> Refusal | None:
    """Says why an app cannot have up to `count` instances, or None if it can."""
    if 1 <= count <= _MOST_INSTANCES:
        return None
    return Refusal(f"{count} is no possible number of instances.", f"1 to {_MOST_INSTANCES}")


def refusal_of_memory(size: int) -> Refusal | None:
    """Says why an instance cannot have `size` MB, or None if it can."""
    if size in MEMORY_SIZES_MB:
        return None
    return Refusal(f"{size} MB is no instance size.", ", ".join(str(each) for each in MEMORY_SIZES_MB))


def refusal_of_always_ready(count: int, maximum: int) -> Refusal | None:
    """Says why `count` of at most `maximum` instances cannot always be ready, or None if they can."""
    if 0 <= count <= maximum:
        return None
    return Refusal(f"{count} instances cannot always be ready.", f"0 to {maximum}, which is the maximum")
