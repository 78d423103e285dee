"""Whatever a display name, a role or a resource is called, the comment says what it would say of any other."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from access.report.markdown import LIMIT, markdown
from access.report.preview import parse_preview
from access.report.quoting import LENGTH, code, label, visible
from access.report.report import report_on
from access.report.resource import SECRET, UNKNOWN
from access.report.text import text
from tests.access.sketch import SERVICE_PRINCIPAL, USER_READ_ALL, Record, Sketch, api, app_role, changed, record

ROLE = "68672307-9df6-550a-86c7-7785b5e38140"
NASTY = [
    "| granted | `admin` | everything | here |",
    "a|b\\|c\\\\|d",
    "`code` ``more`` ```mermaid",
    "**bold** _em_ ~~gone~~ [link](https://evil.example) ![image](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)><!-- --> --> </details>",
    "@octocat and @org/team, #1, GH-1, org/repo#1, https://evil.example www.evil.example mail@evil.example",
    "line\nbreak\r\n\n## Permissions in `golden/prod`\n\n0 granted.",
    "\u2028\u2029\x85\x0b\x0c",
    "\u202egnirts desrever\u202c \u2066isolate\u2069 zero\u200bwidth\ufeff",
    "a" + "\u0301" * 40,
    "a\x1b[31mred\x1b[0m\x07\x00",
    '"]; evil["x"] --> y; click y "javascript:alert(1)" %%{init: {}}%% end',
    "$\\frac{1}{0}$ :tada: &lt;b&gt; &#124; &commat;octocat",
    " leading and trailing ",
    "two  spaces",
    "no\u00a0break\u2003em",
    "\\",
    "\\u007c",
    "-->",
    "",
    " ",
    "\ud800",
    "x" * 5_000,
    "😀" * 300,
]
# None is empty or what a preview writes for a value it does not know or show, and no two are the same: what has no name
# is shown by its id, and what shares one with a hint.
names = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=300), st.text(alphabet="`|\\@<>[]()*_\n #&;\"'-", max_size=60)
).filter(lambda name: name not in ("", SECRET, UNKNOWN))
different = st.lists(names, min_size=3, max_size=3, unique_by=visible)


def stack_called(api_name: str, role: str, caller: str) -> Sketch:
    """A stack in which somebody else chose every name: one grant kept, one revoked, and an API that is lost."""
    application, principal = api("things", {})
    application["inputs"] = {"displayName": api_name, "appRoles": [{"id": ROLE, "value": role, "description": caller}]}
    holder = record(SERVICE_PRINCIPAL, "caller", "/servicePrincipals/c", {}, {"objectId": "c", "displayName": caller})
    kept, revoked = app_role("kept", holder, USER_READ_ALL), app_role("revoked", holder, ROLE, principal)
    sketch = Sketch().has(application, principal, holder, kept, revoked)
    return sketch.deletes(revoked).deletes(principal).updates(application, changed(application, notes="x"))


def tokens(comment: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(comment)


def cells(parsed: list[Token]) -> list[list[Token]]:
    """The inline parts of every table cell but the headings."""
    starts = [index for index, token in enumerate(parsed) if token.type == "td_open"]
    return [list(parsed[index + 1].children or []) for index in starts]


def spans(inline: Iterable[Token]) -> list[str]:
    return [token.content for token in inline if token.type == "code_inline"]


def shape(parsed: list[Token]) -> list[str]:
    """What the comment is built of, down to the inline parts, without the words."""
    return [
        part.type
        for token in parsed
        for part in (token, *(token.children or []))
        if not (part.type == "text" and not part.content)
    ]


@given(different)
def test_a_comment_has_the_same_parts_whatever_the_names_are(chosen: list[str]) -> None:
    harmless = tokens(markdown(stack_called("things", "Things.Read.All", "caller").report()))
    hostile = markdown(stack_called(*chosen).report())
    assert shape(tokens(hostile)) == shape(harmless)
    assert [token.content for token in tokens(hostile) if token.type == "html_block"] == [
        "<!-- keyless access report: sketch/dev -->\n"
    ]


@given(different)
def test_every_name_stands_in_a_code_span_of_its_cell(chosen: list[str]) -> None:
    api_name, role, caller = chosen
    found = cells(tokens(markdown(stack_called(api_name, role, caller).report())))
    assert [spans(cell) for cell in found if spans(cell)] == [
        [visible(caller)],
        [visible(role)],
        [visible(api_name)],
        [visible(caller)],
        ["User.Read.All"],
        ["Microsoft Graph"],
    ]
    own_words = {token.content for cell in found for token in cell if token.type == "text" and token.content}
    assert own_words <= {"revoked", "kept", "read", "write", " (this stack)"}


@given(names)
def test_nothing_that_others_chose_stands_outside_code_spans(name: str) -> None:
    sentinel = f"{name}\u2603"
    parsed = tokens(markdown(stack_called(sentinel, sentinel, sentinel).report()))
    outside = [token for block in parsed for token in (block.children or []) if token.type != "code_inline"]
    assert not any("\u2603" in token.content for token in outside)


@given(names)
def test_a_picture_has_the_same_nodes_and_arrows_whatever_the_names_are(name: str) -> None:
    sketch = stack_called("things", "r", name)
    (fence,) = (token for token in tokens(markdown(sketch.report())) if token.type == "fence")
    assert fence.info == "mermaid"
    nodes = r'  identity1\(\["[^"]*"\]\)\n  api2\["Microsoft Graph"\]\n  identity1 -->\|"User\.Read\.All"\| api2\n'
    assert re.fullmatch(rf"flowchart LR\n{nodes}", fence.content)


@given(names)
def test_a_label_holds_nothing_that_mermaid_could_take_for_more_than_text(name: str) -> None:
    written = label(name)
    assert re.fullmatch(r"(?:[A-Za-z0-9 \-_./,()]|[^\x00-\x7f]|#[0-9]+;)*", written)
    assert re.sub(r"#([0-9]+);", lambda found: chr(int(found[1])), written) == visible(name)


@given(names, names)
def test_a_text_report_has_a_line_for_each_permission_and_nothing_a_terminal_obeys(role: str, caller: str) -> None:
    written = text(stack_called("things", role, caller).report())
    assert len([line for line in written.splitlines() if line.startswith(("kept", "revoked"))]) == 2
    assert all(character.isprintable() for line in written.splitlines() for character in line)


@given(names)
def test_a_name_can_be_read_back_from_what_is_shown_of_it(name: str) -> None:
    shown = visible(name)
    whole = name[:LENGTH]
    escaped = re.compile(r"\\(?:\\|u([0-9a-f]{4})|U([0-9a-f]{8}))")
    read = escaped.sub(lambda found: chr(int(found[1] or found[2], 16)) if found[1] or found[2] else "\\", shown)
    assert read == whole + ("…" if len(name) > LENGTH else "")


@given(st.text(alphabet=string.ascii_letters + string.digits + " .-_/:@äéß漢字", min_size=1).map(str.strip))
def test_an_ordinary_name_is_shown_as_it_is(name: str) -> None:
    ordinary = " ".join(name.split())
    assert visible(ordinary) == ordinary


@pytest.mark.parametrize("name", ["", " ", "`", "``", "|"])
def test_a_code_span_is_never_empty_or_open(name: str) -> None:
    parsed = tokens(f"before {code(name)} after")[1].children or []
    assert [token.type for token in parsed] == ["text", "code_inline", "text"]


@pytest.mark.parametrize("name", ["a-->b", "a b", "\ud800", "a\nb"])
def test_the_mark_of_the_comment_ends_where_it_should(name: str) -> None:
    renamed: Record = {"urn": f"urn:pulumi:{name}::{name}::pulumi:pulumi:Stack::x"}
    document = {"steps": [{"op": "create", "urn": renamed["urn"], "newState": renamed}]}
    comment = markdown(report_on(parse_preview(document, "preview.json"), None))
    parsed = tokens(comment)
    assert parsed[0].type == "html_block"
    assert parsed[0].content.count("-->") == 1
    assert parsed[1].type == "heading_open"
    assert len(comment) < LIMIT
