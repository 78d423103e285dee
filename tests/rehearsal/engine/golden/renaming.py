"""Comparing documents of two runs: equal but for ids, which are other ids in every run, and for times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_OPAQUE = re.compile(r"(?<=/appRoleAssignedTo/)[\w-]+|(?<=/identifierUris/)[\w=]+")
_SECONDS = re.compile(r"\((\d+(\.\d+)?)s\)")
_LEFT_OUT = (
    *("@ ", "rc=", "Duration:", "Diagnostics:", "  pulumi:pulumi:Stack ("),
    *(f" {sign}  pulumi:pulumi:Stack golden-dev {doing}" for sign, doing in (("+", "creating"), ("~", "refreshing"))),
    "    pulumi:pulumi:Stack golden-dev",
)
"""The heartbeat, the exit status, times, and where warnings about plugins were when the runs were recorded."""
_PROVIDERS_OWN = {"__meta", "__pulumi_raw_state_delta", "optionalClaims", "samlSingleSignOn", "publisherDomain"}
"""Outputs of azuread that are none of the engine's doing: the first two are notes of the Terraform bridge to itself,
the next two are what the recorded stand-in left out of its answers, the last one is the tenant's own name."""
_RACING = {"servicePrincipalNames"}
"""The identifier URI is among them if its creation, on which they do not depend, happened to come first."""
_VOLATILE = {
    *(*_PROVIDERS_OWN, *_RACING),
    *("created", "modified", "duration", "manifest", "secrets_providers", "ciphertext"),
}
"""Times, the engine's version with its magic, and what is encrypted with a new nonce each time."""


class Renaming:
    """Ids of one run that stand for ids of the other; each for the same one throughout."""

    def __init__(self) -> None:
        self._theirs: dict[str, str] = {}
        self._ours: dict[str, str] = {}

    def differences(self, ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
        """Where two documents differ, with both values."""
        if isinstance(ours, dict) and isinstance(theirs, dict):
            for key in sorted((ours.keys() | theirs.keys()) - _VOLATILE):
                yield from self.differences(ours.get(key), theirs.get(key), f"{path}.{key}")
        elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
            if path.endswith(".dependencies"):
                ours, theirs = sorted(ours), sorted(theirs)
            for index, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
                yield from self.differences(mine, other, f"{path}[{index}]")
        elif not (isinstance(ours, str) and isinstance(theirs, str) and self._same(ours, theirs)) and ours != theirs:
            yield f"{path}: {ours!r} is {theirs!r} there"

    def _same(self, ours: str, theirs: str) -> bool:
        if _without_ids(ours) != _without_ids(theirs):
            return False
        for pattern in (_ID, _OPAQUE):
            for mine, other in zip(pattern.findall(ours), pattern.findall(theirs), strict=True):
                if self._theirs.setdefault(mine, other) != other or self._ours.setdefault(other, mine) != mine:
                    return False
        return True

    def learn(self, ours: Any, theirs: Any) -> None:
        """Meet the ids of two documents, whatever else differs."""
        for _ in self.differences(ours, theirs):
            pass

    def ours(self, theirs: str) -> str:
        """A text of theirs with our ids in it, as far as they have been met."""
        for pattern in (_OPAQUE, _ID):
            theirs = pattern.sub(lambda found: self._ours.get(found[0], found[0]), theirs)
        return theirs


def _without_ids(text: str) -> str:
    return _OPAQUE.sub("OPAQUE", _ID.sub("ID", text))


def by_operation(preview: dict[str, Any]) -> dict[str, Any]:
    """A preview's steps by operation and URN, so that the order in which unrelated ones come does not matter."""
    return {**preview, "steps": {f"{step['op']} {step['urn']}": step for step in preview["steps"]}}


def by_urn(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """Resources by URN, so that the order in which unrelated ones come does not matter."""
    return {f"{resource['urn']}{' deleted' * resource.get('delete', False)}": resource for resource in resources}


def lines(text: str) -> list[str]:
    """The lines of what was printed without ids, times, heartbeats and exit status, in a fixed order."""
    kept = []
    for line in text.splitlines():
        line = re.sub(r"(; )?2 warnings$", "", _SECONDS.sub("(?s)", _without_ids(line))).rstrip()
        if line and not line.startswith(_LEFT_OUT):
            kept.append(line)
    return sorted(kept)
