"""Reading one resource's record: the shape that previews (`oldState`, `newState`) and states share.

Source: pulumi, `sdk/go/common/apitype/core.go`, `ResourceV3`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from access.report.resource import Resource
from access.urn import parse


class MalformedError(Exception):
    """A record is not what Pulumi writes; the message names the place and what is wrong there."""


def resource(record: Any, place: str) -> Resource:
    """Returns the resource of a record; `place` says where it stands, such as `steps[3].newState`.

    Raises MalformedError.
    """
    urn = text(mapping(record, place).get("urn"), f"{place}.urn")
    if parse(urn) is None:
        raise MalformedError(f"{place}.urn is {shown(urn)}, which is no URN")
    identifier, parent = record.get("id"), record.get("parent")
    return Resource(
        urn=urn,
        id=None if identifier is None else text(identifier, f"{place}.id"),
        inputs=mapping(record.get("inputs") or {}, f"{place}.inputs"),
        outputs=mapping(record.get("outputs") or {}, f"{place}.outputs"),
        dependencies=texts(record.get("dependencies"), f"{place}.dependencies"),
        property_dependencies={
            name: texts(urns, f"{place}.propertyDependencies.{name}")
            for name, urns in mapping(record.get("propertyDependencies") or {}, f"{place}.propertyDependencies").items()
        },
        custom=record.get("custom") is True,
        external=record.get("external") is True,
        retained=record.get("retainOnDelete") is True,
        gone=record.get("delete") is True or record.get("pendingReplacement") is True,
        parent=None if parent is None else text(parent, f"{place}.parent"),
    )


def mapping(value: Any, place: str) -> Mapping[str, Any]:
    """Returns `value` if it is a JSON object; raises MalformedError if not."""
    if not isinstance(value, dict):
        raise MalformedError(f"{place} is {shown(value)}, not an object")
    return value


def items(value: Any, place: str) -> list[Any]:
    """Returns `value` if it is a JSON array; raises MalformedError if not."""
    if not isinstance(value, list):
        raise MalformedError(f"{place} is {shown(value)}, not a list")
    return value


def text(value: Any, place: str) -> str:
    """Returns `value` if it is a JSON string; raises MalformedError if not."""
    if not isinstance(value, str):
        raise MalformedError(f"{place} is {shown(value)}, not text")
    return value


def texts(value: Any, place: str) -> tuple[str, ...]:
    """Returns `value`, where null is an empty list, if it is a JSON array of strings; raises MalformedError if not."""
    return tuple(text(item, f"{place}[{index}]") for index, item in enumerate(items(value or [], place)))


def shown(value: Any) -> str:
    """Returns a short sign of a value for an error message: never all of it, and nothing that a terminal obeys."""
    if isinstance(value, str):
        return ascii(value if len(value) <= 60 else value[:60] + "…")
    return {dict: "an object", list: "a list", type(None): "missing"}.get(type(value), repr(value)[:60])
