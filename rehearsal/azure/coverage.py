"""COVERAGE.md, from the table of routes: `python -m rehearsal.azure.coverage` writes it anew."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from rehearsal.azure.routes import ROUTES
from rehearsal.azure.routing import Route, Service

PAGE: Final = Path(__file__).with_name("COVERAGE.md")

_TITLES: Final = {
    Service.METADATA: "Cloud metadata",
    Service.LOGIN: "Entra ID: discovery and tokens",
    Service.IDENTITY: "Managed identity endpoints",
    Service.GRAPH: "Microsoft Graph",
    Service.ARM: "Azure Resource Manager",
    Service.DEPLOYMENT: "Deployment of code (Kudu)",
    Service.CONTROL: "Control of the stand-in itself",
}
_OPENED_BY: Final = {Service.GRAPH: "any one of these roles", Service.ARM: "RBAC action"}


def page(routes: Iterable[Route]) -> str:
    """The coverage page: every operation of every service, and what opens it to a caller."""
    known = list(routes)
    lines = [
        "# What the stand-in answers",
        "",
        "Made from the table of routes by `python -m rehearsal.azure.coverage`; a test keeps it true. All else is",
        "refused in the service's own words. [LIMITATIONS.md](LIMITATIONS.md) says what is missing within these.",
    ]
    for service, title in _TITLES.items():
        opened_by = _OPENED_BY.get(service)
        heading = ["operation", "what it does", *([opened_by] if opened_by else [])]
        lines += ["", f"## {title}", "", _row(heading), _row(["---"] * len(heading))]
        for route in sorted((route for route in known if route.service is service), key=_place):
            opened = [", ".join(route.permissions) or "nothing but a token"] if opened_by else []
            lines.append(_row([f"`{route.method} {route.path}`", route.summary, *opened]))
    return "\n".join(lines) + "\n"


def _place(route: Route) -> tuple[str, str]:
    return route.path.lower(), route.method


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(ROUTES), encoding="utf-8")
