"""Every grant of a stack is in the report exactly once, with what becomes of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from access.report.judgement import Change
from access.report.markdown import markdown
from tests.access.sketch import GROUP_READ_ALL, USER_READ_ALL, Record, Sketch, app_role, changed, site, unknown
from tests.access.test_hostile_names import cells, tokens


@dataclass(frozen=True)
class Holder:
    """A site, and what the preview says of it."""

    fate: str
    """untouched, same, update, replace, delete or create."""


@dataclass(frozen=True)
class Grant:
    """An assignment, and what the program does with it."""

    holder: int
    wish: str
    """keep, grant or revoke."""


holders = st.builds(Holder, st.sampled_from(["untouched", "same", "update", "replace", "delete", "create"]))
grants = st.builds(Grant, st.integers(0, 4), st.sampled_from(["keep", "grant", "revoke"]))
EXPECTED = {
    ("keep", "untouched"): Change.KEPT,
    ("keep", "same"): Change.KEPT,
    ("keep", "update"): Change.KEPT,
    ("keep", "replace"): Change.REGRANTED,
    ("keep", "delete"): Change.REVOKED,
    ("keep", "create"): Change.GRANTED,
}


def drawn(holders: list[Holder], grants: list[Grant]) -> tuple[Sketch, Counter[tuple[str, Change]]]:
    """Returns a stack, and how many lines of which change each grant should have, by the grant's URN."""
    sketch = Sketch()
    sites = [site(f"site-{number}", number) for number in range(len(holders))]
    for holder, resource in zip(holders, sites, strict=True):
        if holder.fate != "create":
            sketch.has(resource)
        _step(sketch, holder.fate, resource)
    expected: Counter[tuple[str, Change]] = Counter()
    for number, grant in enumerate(grants):
        holder, resource = holders[grant.holder % len(holders)], sites[grant.holder % len(holders)]
        role = (USER_READ_ALL, GROUP_READ_ALL)[number % 2]
        assignment = app_role(f"grant-{number}", resource, role)
        is_new = holder.fate == "create" or grant.wish == "grant"
        if is_new and holder.fate == "delete":
            continue
        expected[assignment["urn"], _expected(grant, holder)] += 1
        if is_new:
            known = holder.fate in ("untouched", "same")
            sketch.creates(assignment if known else unknown(assignment, "principalObjectId"))
            continue
        sketch.has(assignment)
        if grant.wish == "revoke" or holder.fate == "delete":
            sketch.deletes(assignment)
        elif holder.fate in ("update", "replace"):
            sketch.replaces(assignment, unknown(assignment, "principalObjectId"), "principalObjectId")
        elif holder.fate == "same":
            sketch.leaves(assignment)
    return sketch, expected


def _step(sketch: Sketch, fate: str, resource: Record) -> None:
    if fate == "same":
        sketch.leaves(resource)
    elif fate == "update":
        sketch.updates(resource, changed(resource, httpsOnly=True))
    elif fate == "replace":
        sketch.replaces(resource, changed(resource, location="northeurope"), "location")
    elif fate == "delete":
        sketch.deletes(resource)
    elif fate == "create":
        sketch.creates(resource)


def _expected(grant: Grant, holder: Holder) -> Change:
    if holder.fate == "create" or grant.wish == "grant":
        return Change.GRANTED
    return Change.REVOKED if grant.wish == "revoke" else EXPECTED["keep", holder.fate]


@given(st.lists(holders, min_size=1, max_size=5), st.lists(grants, max_size=30))
def test_every_grant_is_one_line_with_what_becomes_of_it(holders: list[Holder], grants: list[Grant]) -> None:
    sketch, expected = drawn(holders, grants)
    assert Counter((line.grant, line.change) for line in sketch.report().lines) == expected


@given(st.lists(holders, min_size=1, max_size=5), st.lists(grants, max_size=30))
def test_the_comment_has_a_row_for_every_line(holders: list[Holder], grants: list[Grant]) -> None:
    report = drawn(holders, grants)[0].report()
    assert len(cells(tokens(markdown(report)))) == 5 * len(report.lines)


@given(st.lists(holders, min_size=1, max_size=5), st.lists(grants, max_size=30))
def test_lost_identities_are_counted_with_what_they_hold(holders: list[Holder], grants: list[Grant]) -> None:
    report = drawn(holders, grants)[0].report()
    lost = {f"site-{number}": holder.fate for number, holder in enumerate(holders)}
    assert {loss.name for loss in report.losses} == {
        name for name, fate in lost.items() if fate in ("replace", "delete")
    }
    for loss in report.losses:
        ended = [line for line in report.lines if line.identity.name == loss.name and line.change is not Change.GRANTED]
        assert loss.held == len(ended)
        assert loss.regranted == sum(line.change is Change.REGRANTED for line in ended)
