"""The report as JSON, for programs; `report.schema.json` describes it.

Texts are as they were given, not made harmless: whoever shows them has to do that.
"""

from __future__ import annotations

from typing import Any

from access.report import wording
from access.report.judgement import Change
from access.report.report import Line, Loss, Party, Report

FORMAT = "keyless/access-report"
VERSION = 1
"""Grows when a reader of the last version would misread or miss something."""


def document(report: Report) -> dict[str, Any]:
    """Returns the report as a JSON object."""
    counts = report.counts
    return {
        "format": FORMAT,
        "version": VERSION,
        "project": report.project,
        "stack": report.stack,
        "complete": report.complete,
        "dangerous": report.dangerous,
        "summary": {change.value: counts[change] for change in Change},
        "losses": [_loss(loss) for loss in report.losses],
        "permissions": [_line(line) for line in report.lines],
        "notFollowed": [
            {"operation": unread.operation, "urn": unread.urn, "type": unread.type} for unread in report.unread
        ],
    }


def _loss(loss: Loss) -> dict[str, Any]:
    return {
        "certain": loss.certain,
        "kind": loss.kind,
        "name": loss.name,
        "id": loss.id,
        "urn": loss.urn,
        "because": "".join(loss.because),
        "held": loss.held,
        "regranted": loss.regranted,
        "offered": loss.offered,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "change": line.change.value,
        "notes": [note.value for note in line.notes],
        "kind": line.kind.value,
        "identity": _party(line.identity),
        "previousIdentity": line.previously,
        "role": {
            "name": line.role.name,
            "id": line.role.id,
            "risk": line.role.risk.value,
            "takeover": line.role.takeover,
        },
        "on": _party(line.target),
        "grant": line.grant,
        "previewed": line.operation,
        "cause": line.cause,
        "summary": wording.change(line),
    }


def _party(party: Party) -> dict[str, Any]:
    return {"name": party.name, "id": party.id, "urn": party.urn}
