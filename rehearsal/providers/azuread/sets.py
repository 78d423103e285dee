"""Sets, whose elements have no order of their own: the orders they are shown and sent in, and when two are the same.

Terraform keeps a set sorted by its elements' values (go-cty, `set_internals.go`), which is how Pulumi shows it, and its
plugin SDK by a checksum of each (`helper/schema/serialize.go`, `HashResource`), which is how the provider sends it.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

from rehearsal.providers.azuread.schema import Attribute, Kind, terraform_name
from rehearsal.providers.values import UNKNOWN


def in_order(attribute: Attribute, elements: list[Any]) -> list[Any]:
    """The elements as they are shown: a set's sorted and without duplicates, a list's as they are."""
    if attribute.kind is not Kind.SET:
        return list(elements)
    unique: dict[str, Any] = {}
    for element in elements:
        unique.setdefault(_sort_key(attribute, element), element)
    return [unique[key] for key in sorted(unique)]


def as_sent(attribute: Attribute, elements: list[Any]) -> list[Any]:
    """The elements as they go out to Microsoft Graph: a set's sorted by checksum, a list's as they are."""
    if attribute.kind is not Kind.SET:
        return list(elements)
    return sorted(elements, key=lambda element: str(checksum(attribute, element)))


def same_elements(attribute: Attribute, one: list[Any], other: list[Any]) -> bool:
    """Whether both hold the same elements; in the same order, when the attribute is a list."""
    if attribute.kind is not Kind.SET:
        return [_serialised(attribute, item) for item in one] == [_serialised(attribute, item) for item in other]
    return {checksum(attribute, item) for item in one} == {checksum(attribute, item) for item in other}


def checksum(attribute: Attribute, element: Any) -> int:
    """What identifies an element of the set."""
    return zlib.crc32(_serialised(attribute, element).encode())


def _serialised(attribute: Attribute, element: Any) -> str:
    """An element in the form that the plugin SDK takes checksums of."""
    if not attribute.fields:
        return f"{_text(element)};"
    return _block(attribute, element)


def _block(attribute: Attribute, element: dict[str, Any]) -> str:
    named = {terraform_name(name, inner): (name, inner) for name, inner in attribute.fields.items()}
    return "".join(f"{key}:{_member(inner, element.get(name))}" for key, (name, inner) in sorted(named.items()))


def _member(attribute: Attribute, value: Any) -> str:
    if attribute.collection:
        opening, closing = "{}" if attribute.kind is Kind.SET else "()"
        members = as_sent(attribute, value or [])
        inner = "".join(
            f"<{_block(attribute, member)}>;" if attribute.fields else f"{_text(member)};" for member in members
        )
        return f"{opening}{inner}{closing};"
    return f"{_text(value if value is not None else _ZERO[attribute.kind])};"


_ZERO: dict[Kind, Any] = {Kind.STRING: "", Kind.BOOL: False, Kind.INT: 0}


def _text(value: Any) -> str:
    if value is UNKNOWN:
        return "?"
    return str(int(value)) if isinstance(value, bool) else str(value)


def _sort_key(attribute: Attribute, element: Any) -> str:
    if not attribute.fields:
        return _text(element)
    named = {terraform_name(name, inner): (name, inner) for name, inner in attribute.fields.items()}
    return "".join(f"{_sort_member(inner, element.get(name))};" for _, (name, inner) in sorted(named.items()))


def _sort_member(attribute: Attribute, value: Any) -> str:
    if value is UNKNOWN:
        return "?"
    if value is None:
        return "~"
    if attribute.collection:
        shown = in_order(attribute, value)
        return (
            "["
            + "".join(
                f"{_quoted(member) if not attribute.fields else _sort_key(attribute, member)};" for member in shown
            )
            + "]"
        )
    return _quoted(value)


def _quoted(value: Any) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else _text(value)
