"""Text that others chose, made harmless: names, role values and ids come from a tenant or from a pull request.

A code span is the one place of a comment in which GitHub leaves text alone: no mention, no link by itself, no issue
number, no HTML, no emphasis (GitHub Flavored Markdown Spec, "Code spans" and "Tables (extension)"; html-pipeline,
`MentionFilter::IGNORE_PARENTS`). What could end the span or the table cell is written as an escape, not replaced by
something that looks like it, so that different texts stay different.
"""

from __future__ import annotations

import unicodedata


class Foreign(str):
    """A text that others chose, inside a sentence of the report: each format quotes it in its own way."""

    __slots__ = ()


Sentence = tuple[str, ...]
"""The report's own words and, as `Foreign`, those of others."""

LENGTH = 256
"""As long as a display name can be (Microsoft Graph reference, "application resource type")."""
_STRUCTURE = frozenset("`|")
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
_MARKS_IN_A_ROW = 2
_PLAIN_IN_MERMAID = frozenset(" -_./,()")


def visible(text: str) -> str:
    r"""Returns `text` on one line, at most LENGTH characters of it, with everything that cannot be seen as an escape.

    Control and formatting characters (also those that turn the direction of writing), line ends, spaces other than
    single ordinary ones, unassigned characters, backticks, pipes and piles of combining marks become `\u` and four
    digits, or `\U` and eight; a backslash is doubled, so that no escape can be forged.
    """
    written: list[str] = []
    marks = 0
    for index, character in enumerate(text[:LENGTH]):
        category = unicodedata.category(character)
        marks = marks + 1 if category.startswith("M") else 0
        if character == " " and 0 < index < len(text) - 1 and text[index - 1] != " ":
            written.append(" ")
        elif character == "\\":
            written.append("\\\\")
        elif character in _STRUCTURE or category in _INVISIBLE or marks > _MARKS_IN_A_ROW:
            written.append(f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}")
        else:
            written.append(character)
    return "".join(written) + ("…" if len(text) > LENGTH else "")


def in_markdown(sentence: Sentence) -> str:
    """Returns a sentence as Markdown; the report's own words are taken as they are."""
    return "".join(code(part) if isinstance(part, Foreign) else part for part in sentence)


def in_text(sentence: Sentence) -> str:
    """Returns a sentence as a line for a terminal or a log."""
    return "".join(visible(part) if isinstance(part, Foreign) else part for part in sentence)


def code(text: str) -> str:
    """Returns `text` as a Markdown code span that shows `visible(text)` and does nothing else, in a table cell too."""
    return f"`{visible(text) or '(empty)'}`"


def label(text: str) -> str:
    """Returns `text` for the inside of a quoted Mermaid label.

    Every character that could mean something to Mermaid, or to the HTML and Markdown that it makes of a label, is
    written as an entity code (Mermaid documentation, "Flowchart syntax", "Entity codes to escape characters").
    """
    return "".join(
        character
        if (character.isascii() and character.isalnum()) or character in _PLAIN_IN_MERMAID or ord(character) > 0x7F
        else f"#{ord(character)};"
        for character in visible(text)
    )
