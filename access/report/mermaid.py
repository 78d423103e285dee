"""A picture of the permissions as they will be, in Mermaid, which GitHub draws."""

from __future__ import annotations

from access.report.judgement import Change, Note
from access.report.quoting import label
from access.report.report import Line, Party, Report
from access.roles.risk import Risk

EDGES = 500
"""More than this Mermaid does not draw (Mermaid configuration, `maxEdges`)."""
CHARACTERS = 50_000
"""Longer than this Mermaid does not read (Mermaid configuration, `maxTextSize`)."""
_ARROWS = {Change.GRANTED: "==>", Change.REGRANTED: "==>", Change.UNDECIDED: "-.->", Change.KEPT: "-->"}


def picture(report: Report) -> str | None:
    """Returns a flowchart, or None if there is nothing to draw or it is more than Mermaid takes.

    Identities stand on the left, APIs and scopes on the right. A thick arrow is a new permission, a dotted one may not
    stay, and one arrow carries all roles of its kind between the two.
    """
    arrows: dict[tuple[str, str, str], list[str]] = {}
    nodes: dict[str, str] = {}
    for line in report.lines:
        if line.change in _ARROWS and Note.LEFT not in line.notes:
            ends = [_node(nodes, side, party) for side, party in (("identity", line.identity), ("api", line.target))]
            arrows.setdefault((ends[0], _ARROWS[line.change], ends[1]), []).append(_role(line))
    if not arrows or len(arrows) > EDGES:
        return None
    drawn = ["flowchart LR", *nodes.values()]
    drawn += [f'  {start} {arrow}|"{", ".join(roles)}"| {end}' for (start, arrow, end), roles in arrows.items()]
    text = "\n".join(drawn)
    return text if len(text) <= CHARACTERS else None


def _node(nodes: dict[str, str], side: str, party: Party) -> str:
    """Returns the name of a party's node, whose label goes into `nodes`; what others chose stands in labels only."""
    key = f"{side} {party.urn or party.id or party.name}"
    if key not in nodes:
        name = f"{side}{len(nodes) + 1}"
        shown = label(party.name or party.id or "not known before up")
        shown += f" ({label(party.hint)})" if party.hint else ""
        opening, closing = ("([", "])") if side == "identity" else ("[", "]")
        nodes[key] = f'  {name}{opening}"{shown}"{closing}'
    return nodes[key].split("(")[0].split("[")[0].strip()


def _role(line: Line) -> str:
    shown = label(line.role.name or line.role.id or "not known before up")
    return f"{shown} (takeover)" if line.role.risk is Risk.TAKEOVER else shown
