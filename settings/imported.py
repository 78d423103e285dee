"""The id of something that exists already, as a stack's configuration names it."""

from __future__ import annotations

from components.import_id import ImportedKind, refusal
from settings.node import Node


def import_id(node: Node, kind: ImportedKind) -> str:
    """Reads the id of something that exists already."""
    if node.value is None:
        node.missing(kind.example)
    return node.text(lambda identifier: refusal(identifier, kind))
