"""A comment on GitHub has a limit; what does not fit is counted and said, never dropped in silence."""

from __future__ import annotations

import re

import pytest

from access.report.markdown import LIMIT, markdown
from access.report.mermaid import CHARACTERS, EDGES, picture
from access.report.text import text
from tests.access.sketch import GROUP_READ_ALL, USER_READ_ALL, Sketch, app_role, changed, record, site, unknown
from tests.access.test_hostile_names import cells, tokens

LONG = "😀" * 256


def many(number: int, *, lost: bool = False, name: str = "site") -> Sketch:
    """Sites with a grant each: the last one granted, the others kept or, with `lost`, granted again."""
    sketch = Sketch()
    for index in range(number):
        holder = changed(site(f"{name}-{index}", index), name=f"{index}{name}")
        holder["outputs"] = site("x", index)["outputs"]
        grant = app_role(f"grant-{index}", holder, USER_READ_ALL)
        sketch.has(holder)
        if index == number - 1:
            sketch.creates(grant)
            continue
        sketch.has(grant)
        if lost:
            sketch.replaces(holder, changed(holder, location="northeurope"), "location")
            sketch.replaces(grant, unknown(grant, "principalObjectId"), "principalObjectId")
    return sketch


def size(comment: str) -> int:
    return len(comment.encode("utf-16-le")) // 2


def test_a_report_that_fits_is_whole_with_its_picture() -> None:
    comment = markdown(many(200).report())
    assert comment.count("| kept |") == 199
    assert comment.count("```mermaid") == 1
    assert "left out" not in comment


def test_the_picture_is_the_first_to_go() -> None:
    comment = markdown(many(280, name="n" * 60).report())
    assert comment.count("| kept |") == 279
    assert "```mermaid" not in comment
    assert "The picture is left out: with it this comment would be longer than GitHub takes." in comment
    assert size(comment) <= LIMIT


def test_a_picture_that_mermaid_would_not_draw_is_not_sent() -> None:
    assert picture(many(EDGES).report()) is not None
    assert picture(many(EDGES + 1).report()) is None
    assert picture(many(200, name="n" * 250).report()) is None
    drawn = picture(many(150, name="n" * 250).report())
    assert drawn is not None
    assert len(drawn) <= CHARACTERS


def test_a_thousand_grants_are_cut_to_what_github_takes_and_the_rest_is_counted() -> None:
    report = many(1_000).report()
    comment = markdown(report)
    assert size(comment) <= LIMIT
    said = re.search(
        r"\*\*([0-9,]+) more lines \(([0-9,]+) kept\) left out, and the picture: "
        r"GitHub takes 65,536 characters in a comment\.\*\* `python -m access report --format text` shows everything\.",
        comment,
    )
    assert said is not None
    left_out = int(said[1].replace(",", ""))
    assert len(cells(tokens(comment))) == 5 * (1_000 - left_out)
    assert "1 granted, 999 kept." in comment
    assert comment.index("| **granted** |") < comment.index("| kept |"), "what changes is shown before what stays"
    assert len(text(report).splitlines()) > 1_000


@pytest.mark.parametrize("name", ["site", LONG], ids=["short names", "long names"])
def test_a_thousand_lost_identities_fit_with_every_kind_of_line_cut(name: str) -> None:
    sketch = many(1_000, lost=True, name=name)
    holders = [each for each in sketch.resources if "identity" in each["inputs"]]
    for holder in holders[:300]:
        sketch.creates(app_role(f"{holder['urn'][-8:]}-takeover", holder, "06b708a9-e830-4db3-a914-8e69da51d44f"))
    for index in range(500):
        sketch.creates(record("azuread:index/groupMember:GroupMember", f"{name}-{index}"))
    report = sketch.report()
    comment = markdown(report)
    assert size(comment) <= LIMIT
    assert re.search(r"… and [0-9]+ more identities are lost\.", comment)
    assert re.search(r"… and [0-9]+ more permissions take over everything\.", comment)
    assert re.search(r"\*\*[0-9,]+ more lines \([^)]+\) left out, and the picture", comment)
    assert re.search(r"… and [0-9]+ more\.", comment)
    assert [token.type for token in tokens(comment)].count("table_open") == 1


def test_each_uncertain_site_is_explained_until_there_is_no_more_room() -> None:
    sketch = Sketch()
    for index in range(300):
        holder, grant = site(f"site-{index}", index), app_role(f"grant-{index}", f"unknown-{index}", GROUP_READ_ALL)
        grant = app_role(f"grant-{index}", holder, GROUP_READ_ALL)
        sketch.has(holder, grant).updates(holder, changed(holder, httpsOnly=True))
        sketch.replaces(grant, unknown(grant, "principalObjectId"), "principalObjectId")
    comment = markdown(sketch.report())
    assert size(comment) <= LIMIT
    assert "### Only unknown in this preview" in comment
    assert re.search(r"… and [0-9]+ more\.", comment)
