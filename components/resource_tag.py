"""Tags of Azure resources: who owns what, and which stack it is of."""

from __future__ import annotations

import re

from components.refusal import Refusal

PROJECT, STACK = "project", "stack"
_NAME_LENGTH = 128
_VALUE_LENGTH = 256
_FORBIDDEN = re.compile(r"[<>%&\\\\?/]")


def of_stack(project: str, stack: str) -> dict[str, str]:
    """Returns the tags that everything of a stack has."""
    return {PROJECT: project, STACK: stack}


def refusal(name: str, value: object) -> Refusal | None:
    """Says why a resource cannot have this tag, or None if it can.

    Azure takes names of 512 characters, storage accounts only of 128 (Azure Resource Manager, "Use tags to organize
    your Azure resources", "Limitations").
    """
    if not isinstance(value, str):
        return Refusal(f"the tag {name!r} has no text for a value.", "a string")
    if name.casefold() in (PROJECT, STACK):
        return Refusal(f"the tag {name!r} cannot be set: the program sets it.", "any other name")
    if not name.strip() or len(name) > _NAME_LENGTH or _FORBIDDEN.search(name):
        allowed = f"1 to {_NAME_LENGTH} characters, none of < > % & \\ ? /"
        return Refusal(f"{name!r} is not a name for a tag.", allowed)
    if len(value) > _VALUE_LENGTH:
        return Refusal(f"the tag {name!r} has a value of {len(value)} characters.", f"up to {_VALUE_LENGTH}")
    return None
