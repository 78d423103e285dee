"""App roles of an API: what an identity can be granted."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from components.refusal import Refusal

VALUE_LENGTH = 120
_ALLOWED = "A-Z a-z 0-9 and : ! # $ % & ' ( ) * + , - . / ; < = > ? @ [ ] ^ _ ` { | } ~"
_FORBIDDEN_CHARACTER = re.compile(r"[^A-Za-z0-9:!#$%&'()*+,\-./;<=>?@\[\]^_`{|}~]")


@dataclass(frozen=True)
class AppRole:
    """A role that an API declares and that applications can be granted."""

    value: str
    """What stands in the `roles` claim of a token, such as `Things.Read.All`."""
    description: str
    """What the role allows, for the person who reads or grants the permission."""
    display_name: str
    """The role's name in the portal."""


def role_id(api: str, value: str) -> str:
    """Returns the id of the role `value` of the API named `api`.

    It depends on these two names only: a preview knows it before the API exists, and it never changes. Microsoft Graph
    lets the creator choose the id ("appRole resource type"); changing it would replace every assignment of the role.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"keyless:{api}/{value}"))


def refusal_of_value(value: str) -> Refusal | None:
    """Says why Microsoft Graph would not take `value` as a role's value, or None if it would.

    Source: Microsoft Graph reference, "appRole resource type", property `value`.
    """
    forbidden = _FORBIDDEN_CHARACTER.search(value)
    if not value:
        problem = "'' is empty."
    elif forbidden:
        problem = f"{value!r} contains {forbidden.group()!r}."
    elif value.startswith("."):
        problem = f"{value!r} begins with '.'."
    elif len(value) > VALUE_LENGTH:
        problem = f"{value!r} has {len(value)} characters."
    else:
        return None
    repaired = _FORBIDDEN_CHARACTER.sub(".", " ".join(value.split())).strip(".")[:VALUE_LENGTH]
    return Refusal(
        problem=problem,
        allowed=f"1 to {VALUE_LENGTH} characters of {_ALLOWED}, not beginning with '.'",
        instead=repaired or None,
    )
