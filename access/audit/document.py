"""An audit as JSON, for programs."""

from __future__ import annotations

from typing import Any

from access.audit.audit import Audit
from access.audit.finding import Finding, Party, Standing


def document(audit: Audit, stack: str) -> dict[str, Any]:
    """Returns what `--format json` writes: every finding, in the order of the table."""
    return {
        "stack": stack,
        "tenantId": audit.tenant_id,
        "seenAs": audit.account,
        "clean": audit.clean,
        "counts": {str(standing): audit.count(standing) for standing in Standing},
        "findings": [_finding(found) for found in audit.findings],
    }


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "standing": str(found.standing),
        "kind": str(found.kind),
        "principal": _party(found.principal),
        "role": {"name": found.role, "id": found.role_id},
        "target": _party(found.target),
        "since": found.since,
        "risk": str(found.risk) if found.risk else None,
        "id": found.id,
        "urn": found.urn or None,
    }


def _party(party: Party) -> dict[str, str]:
    return {"id": party.id, "name": party.name, **({"clientId": party.client_id} if party.client_id else {})}
