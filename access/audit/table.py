"""An audit as plain text, for a terminal or a log."""

from __future__ import annotations

from access.audit.audit import Audit
from access.audit.finding import CREDENTIALS, Finding, Kind, Standing
from access.report.quoting import visible

_HEADINGS = ("STANDING", "WHO", "HOLDS", "ON", "SINCE", "RISK", "ID")


def table(audit: Audit, stack: str) -> str:
    """Returns the findings as lines, what disagrees first; no line is wrapped."""
    counts = ", ".join(f"{audit.count(standing)} {_COUNTED[standing]}" for standing in Standing)
    lines = [f"Stack {stack} in tenant {audit.tenant_id}, seen as {visible(audit.account)}", counts, ""]
    rows = [_HEADINGS, *map(_row, audit.findings)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    if audit.count(Standing.MISSING):
        lines += ["", missing_advice(stack)]
    lines += ["", "Clean: what is granted is what was declared." if audit.clean else "Drift: see above."]
    return "\n".join(lines) + "\n"


def missing_advice(stack: str) -> str:
    """Says what brings back what was declared and is not there."""
    return f"What is missing comes back with: pulumi up --refresh --stack {stack}"


def sentence(found: Finding) -> str:
    """Returns a finding as a sentence without a full stop."""
    who, on, role = (visible(part) for part in (found.principal.name, found.target.name, found.role))
    there = found.standing is not Standing.MISSING
    since = f" since {found.since}" if found.since else ""
    declared = {
        Standing.PRESENT: "as declared",
        Standing.MISSING: "declared, and not there",
        Standing.UNDECLARED: "not declared",
    }[found.standing]
    if found.kind in CREDENTIALS:
        return f"{who} has the {found.kind} {role}{since} ({declared})"
    if found.kind is Kind.IDENTITY:
        return f"The identity {who} ({found.principal.id}) is gone ({declared})"
    if found.kind is Kind.REGISTRATION:
        return f"The {role} {who} ({found.principal.id}) is gone ({declared})"
    return f"{who} {'holds' if there else 'does not hold'} the {found.kind} {role} on {on}{since} ({declared})"


_COUNTED = {
    Standing.PRESENT: "declared and present",
    Standing.MISSING: "declared and missing",
    Standing.UNDECLARED: "present and not declared",
}


def _row(found: Finding) -> tuple[str, ...]:
    holds = f"{found.kind} {found.role}" if found.role and found.kind is not Kind.IDENTITY else str(found.kind)
    return (
        found.standing,
        visible(f"{found.principal.name} ({found.principal.id})"),
        visible(holds),
        visible(found.target.name),
        found.since or "-",
        found.risk or "-",
        visible(found.id) or "-",
    )
