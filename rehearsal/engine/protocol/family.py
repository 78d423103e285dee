"""What resources pass on to their children: options, providers and transforms.

After pulumi/pulumi, pkg/resource/deploy/source_eval.go (`RegisterResource`, `inheritFromParent`).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.engine.protocol import requests
from rehearsal.engine.resource import Goal


@dataclass(frozen=True)
class _Ancestor:
    parent: str
    goal: Goal
    providers: Mapping[str, str]
    transforms: tuple[Any, ...]


class Family:
    """The resources registered so far, as parents; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._members: dict[str, _Ancestor] = {}

    def complete(self, request: Any) -> dict[str, str]:
        """Fill in what a registration has from its parent unless it says otherwise; the providers its parent knows."""
        with self._lock:
            parent = self._members.get(request.parent)
        if parent is None:
            return {}
        goal = parent.goal
        request.deletedWith = request.deletedWith or goal.deleted_with
        if not request.HasField("protect") and goal.protect is not None:
            request.protect = goal.protect
        if not request.HasField("retainOnDelete") and goal.retain_on_delete is not None:
            request.retainOnDelete = goal.retain_on_delete
        if not request.provider and (not request.custom or requests.fits_package(goal.provider, request.type)):
            request.provider = goal.provider
        return dict(parent.providers)

    def transforms(self, request: Any) -> list[Any]:
        """The transforms of a resource: its own, then those of its ancestors from the nearest on."""
        found = list(request.transforms)
        with self._lock:
            ancestor = self._members.get(request.parent)
            while ancestor is not None:
                found += ancestor.transforms
                ancestor = self._members.get(ancestor.parent)
        return found

    def add(self, urn: str, request: Any, goal: Goal, providers: Mapping[str, str]) -> None:
        """Know a resource that was registered; `providers` are those its children may use, by package."""
        with self._lock:
            self._members[urn] = _Ancestor(request.parent, goal, providers, tuple(request.transforms))
