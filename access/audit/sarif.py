"""An audit as SARIF 2.1.0, which code scanning services show (OASIS, "Static Analysis Results Interchange Format").

What GitHub needs beyond the standard is from its documentation, "SARIF support for code scanning".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from access.audit.audit import Audit
from access.audit.finding import CREDENTIALS, Finding, Kind, Standing
from access.audit.table import sentence
from access.roles.risk import Risk

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ADOPT = "Take it over with `python -m access audit --adopt`, or take it away with `--revoke`."


@dataclass(frozen=True)
class _Rule:
    """What is wrong; GitHub ranks results by the rule's severity (0 to 10), not by anything of their own."""

    id: str
    severity: str
    level: str
    short: str
    full: str
    help: str


_ROLES = {
    risk: _Rule(
        f"undeclared-role-{risk}",
        severity,
        level,
        f"A role is held that the stack does not declare ({risk})",
        f"Somebody granted it beside the program: by hand, by a script, or in another stack. {holder}",
        _ADOPT,
    )
    for risk, severity, level, holder in (
        (Risk.TAKEOVER, "9.5", "error", "Its holder can give itself every permission."),
        (Risk.WRITE, "7.5", "error", "Its holder can change something."),
        (Risk.UNKNOWN, "6.0", "error", "No table names this role."),
        (Risk.READ, "4.5", "warning", "Its holder can read."),
    )
}
_CREDENTIAL = _Rule(
    "undeclared-credential",
    "8.5",
    "error",
    "A registration has a credential that the stack does not declare",
    "Whoever has the credential can act as the application, with all that it is granted.",
    "Remove it with `python -m access audit --revoke`.",
)
_GRANT = _Rule(
    "missing-grant",
    "3.0",
    "warning",
    "A role that the stack declares is not held",
    "Somebody took it away beside the program. Calls that need it are refused.",
    "Bring it back with `pulumi up --refresh`.",
)
_OBJECT = _Rule(
    "missing-object",
    "3.0",
    "warning",
    "An identity or a registration of the stack is gone",
    "Somebody deleted it beside the program. Everything that it held went with it.",
    "Bring it back with `pulumi up --refresh`.",
)
_RULES = (*_ROLES.values(), _CREDENTIAL, _GRANT, _OBJECT)


def sarif(audit: Audit, stack: str, configuration: Path) -> dict[str, Any]:
    """Returns the log. Results point to `configuration`, the stack's file relative to the repository: there it is put
    right.
    """
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "keyless-access-audit", "rules": [_described(rule) for rule in _RULES]}},
                # Without a category of its own, the audit of one stack would replace that of another.
                "automationDetails": {"id": f"access-audit/{quote(stack)}/"},
                "results": [_result(found, configuration) for found in audit.findings if found.drifts],
                "columnKind": "utf16CodeUnits",
            }
        ],
    }


def _described(rule: _Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.short},
        "fullDescription": {"text": rule.full},
        "help": {"text": rule.help},
        "defaultConfiguration": {"level": rule.level},
        "properties": {"tags": ["security"], "precision": "very-high", "security-severity": rule.severity},
    }


def _result(found: Finding, configuration: Path) -> dict[str, Any]:
    rule = _rule(found)
    uri = quote(configuration.name if configuration.is_absolute() else configuration.as_posix())
    identity = "\n".join((found.kind, found.principal.id, found.target.id, found.role_id, found.id))
    return {
        "ruleId": rule.id,
        "ruleIndex": _RULES.index(rule),
        "level": rule.level,
        "message": {"text": _literal(f"{sentence(found)}.")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri},
                    "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2},
                }
            }
        ],
        # The one that GitHub looks at. Made of the line, as it is otherwise, it would make one alert of all results.
        "partialFingerprints": {"primaryLocationLineHash": f"{hashlib.sha256(identity.encode()).hexdigest()}:1"},
        "properties": {"id": found.id, "risk": found.risk},
    }


def _rule(found: Finding) -> _Rule:
    if found.standing is Standing.MISSING:
        return _OBJECT if found.kind in (Kind.IDENTITY, Kind.REGISTRATION) else _GRANT
    return _CREDENTIAL if found.kind in CREDENTIALS else _ROLES[found.risk or Risk.UNKNOWN]


def _literal(text: str) -> str:
    """Returns text in which names can be neither links nor placeholders (SARIF, sections 3.11.5 and 3.11.6)."""
    doubled = text.replace("{", "{{").replace("}", "}}")
    return doubled.replace("[", "\\[").replace("]", "\\]")
