"""An audit as SARIF 2.1.0, which code scanning services show (OASIS, "Static Analysis Results Interchange Format")."""

from __future__ import annotations

import hashlib
from typing import Any

from access.audit.audit import Audit
from access.audit.finding import CREDENTIALS, Finding, Kind, Standing
from access.audit.table import sentence
from access.roles.risk import Risk

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_RULES = {
    "undeclared-role": (
        "A role is held that the stack does not declare",
        "Take it over with `python -m access audit --adopt`, or take it away with `--revoke`.",
    ),
    "undeclared-credential": (
        "A registration has a credential that the stack does not declare",
        "Whoever has the credential can act as the application. Remove it with `python -m access audit --revoke`.",
    ),
    "missing-grant": (
        "A role that the stack declares is not held",
        "Bring it back with `pulumi up --refresh`.",
    ),
    "missing-object": (
        "An identity or a registration of the stack is gone",
        "Everything that it held went with it. Bring it back with `pulumi up --refresh`.",
    ),
}
# GitHub ranks results by this number ("SARIF support for code scanning", `security-severity`).
_SEVERITY = {Risk.TAKEOVER: "9.5", Risk.WRITE: "7.5", Risk.UNKNOWN: "6.0", Risk.READ: "4.5"}


def sarif(audit: Audit, configuration: str) -> dict[str, Any]:
    """Returns the log; results point to `configuration`, the stack's file, since that is where it is put right."""
    names = list(_RULES)
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "keyless-access-audit",
                        "rules": [
                            {
                                "id": name,
                                "shortDescription": {"text": short},
                                "help": {"text": help_},
                                "properties": {"tags": ["security"]},
                            }
                            for name, (short, help_) in _RULES.items()
                        ],
                    }
                },
                "results": [_result(found, configuration, names) for found in audit.findings if found.drifts],
                "columnKind": "utf16CodeUnits",
            }
        ],
    }


def _result(found: Finding, configuration: str, names: list[str]) -> dict[str, Any]:
    rule = _rule(found)
    identity = "\n".join((found.kind, found.principal.id, found.target.id, found.role_id, found.id))
    return {
        "ruleId": rule,
        "ruleIndex": names.index(rule),
        "level": "error" if found.standing is Standing.UNDECLARED and found.risk is not Risk.READ else "warning",
        "message": {"text": f"{sentence(found)}."},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": configuration}, "region": {"startLine": 1}}}],
        "partialFingerprints": {"accessAudit/v1": hashlib.sha256(identity.encode()).hexdigest()},
        "properties": {"security-severity": _SEVERITY[found.risk or Risk.UNKNOWN], "id": found.id},
    }


def _rule(found: Finding) -> str:
    if found.kind in CREDENTIALS:
        return "undeclared-credential"
    if found.standing is Standing.UNDECLARED:
        return "undeclared-role"
    return "missing-object" if found.kind in (Kind.IDENTITY, Kind.REGISTRATION) else "missing-grant"
