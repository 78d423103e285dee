"""The digest of a preview: equal for two previews that would do the same from the same state."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_PASSING = frozenset({"created", "modified", "sourcePosition", "stackTrace"})
"""Parts of a resource's record that say when and where it was written, not what it is (pulumi,
`sdk/go/common/apitype/core.go`, `ResourceV3`)."""
_UNORDERED = frozenset({"additionalSecretOutputs", "aliases", "dependencies"})
"""Parts of a resource's record that are sets, in any order."""


def digest(preview: Mapping[str, Any]) -> str:
    """Returns `sha256:` and 64 hex digits for the JSON document of a preview that `parse_preview` takes.

    It covers the stack's configuration and every step: operation, resource, its whole record before and after, and what
    differs. It leaves out what is another in each run of the same preview: times, source positions, diagnostics, and
    the order of resources that do not depend on one another. A secret is masked in a preview, so a change from one
    secret value to another cannot be seen.
    """
    steps = sorted(map(_step, preview["steps"]), key=_canonical)
    reviewed = {"config": preview.get("config") or {}, "steps": steps}
    return f"sha256:{hashlib.sha256(_canonical(reviewed).encode()).hexdigest()}"


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "op": step["op"],
        "urn": step["urn"],
        "provider": step.get("provider"),
        "before": _record(step.get("oldState")),
        "after": _record(step.get("newState")),
        "differences": step.get("detailedDiff"),
        "changed": sorted(step.get("diffReasons") or ()),
        "replacedFor": sorted(step.get("replaceReasons") or ()),
    }


def _record(state: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if state is None:
        return None
    record = {name: value for name, value in state.items() if name not in _PASSING}
    for name in _UNORDERED:
        record[name] = sorted(record.get(name) or (), key=_canonical)
    sources = record.get("propertyDependencies") or {}
    record["propertyDependencies"] = {name: sorted(urns or ()) for name, urns in sources.items()}
    return record


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
