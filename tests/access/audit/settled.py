"""Tenant, state and program in agreement, and how the state is made to forget."""

from __future__ import annotations

import json

from tests.access.deployed import Deployed


def settle(stack: Deployed) -> None:
    """Checks that nothing is left to adopt or to revoke, and that running anything again changes nothing."""
    for told in ("the imports that were made are taken out", "nothing is left to be done"):
        audited = stack.audit("--adopt", "--revoke", "--yes")
        assert audited.returncode == 0, f"{told}: {audited.stdout}{audited.stderr}"
    assert audited.stderr.splitlines()[-2:] == ["Nothing to adopt.", "Nothing to revoke."]
    # A preview comes first, and has to be empty too.
    up = stack.rehearse("up", "--yes", "--expect-no-changes")
    assert up.returncode == 0, up.stdout + up.stderr


def forget(stack: Deployed, urns: set[str]) -> None:
    """Takes resources out of the state, as `pulumi state delete --target-dependents` would their mentions."""
    state = stack.state
    latest = state["checkpoint"]["latest"]
    latest["resources"] = [each for each in latest["resources"] if each["urn"] not in urns]
    for each in latest["resources"]:
        each["dependencies"] = [urn for urn in each.get("dependencies") or [] if urn not in urns]
        each["propertyDependencies"] = {
            name: [urn for urn in found if urn not in urns]
            for name, found in (each.get("propertyDependencies") or {}).items()
        }
    stack.checkpoint.write_text(json.dumps(state), encoding="utf-8")
