"""The pages beside the stand-in say what is."""

from __future__ import annotations

from rehearsal.azure.coverage import PAGE, page
from rehearsal.azure.routes import ROUTES


def test_the_coverage_page_lists_the_routes_there_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(ROUTES), "write it anew: python -m rehearsal.azure.coverage"


def test_every_route_has_its_line() -> None:
    lines = page(ROUTES).splitlines()
    for route in ROUTES:
        assert sum(f"`{route.method} {route.path}`" in line for line in lines) >= 1, route.path


def test_the_limitations_page_is_there_for_whoever_is_refused() -> None:
    limitations = PAGE.with_name("LIMITATIONS.md").read_text(encoding="utf-8")
    assert "](arm/LIMITATIONS.md)" in limitations
