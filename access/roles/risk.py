"""How dangerous it is to hold a role."""

from __future__ import annotations

import re
from enum import StrEnum


class Risk(StrEnum):
    """From the most to the least dangerous; a role that cannot be named comes after what is known to write."""

    TAKEOVER = "takeover"
    """Its holder can give itself every permission: in the tenant, or at the scope of an Azure role."""
    WRITE = "write"
    """It changes or does something, or its name does not say that it only reads."""
    UNKNOWN = "unknown"
    """Its id is in no table, and no application of the stack declares it."""
    READ = "read"
    """It only reads."""

    @property
    def rank(self) -> int:
        """0 for the most dangerous."""
        return list(Risk).index(self)


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_READING = frozenset({"read", "reader", "list", "view", "viewer", "get"})
_CHANGING = frozenset(
    {
        "write",
        "writer",
        "update",
        "manage",
        "access",
        "create",
        "delete",
        "edit",
        "send",
        "submit",
        "control",
        "consent",
    }
    | {"import", "execute", "approve", "invoke"}
)


def risk_by_name(name: str) -> Risk:
    """Returns the risk that a role's value or name speaks of; what does not say that it only reads counts as writing.

    Microsoft Graph names permissions `Resource.Operation.Constraint` ("Overview of Microsoft Graph permissions"), and
    most APIs follow it: the resource is not looked at, or `ConsentRequest.Read.All` would seem to consent. A name of
    one part, such as `Storage Blob Data Reader`, is looked at whole.
    """
    _, dot, operation = name.partition(".")
    words = {word.lower() for word in _WORD.findall(operation if dot else name)}
    if words & _READING and not words & _CHANGING:
        return Risk.READ
    return Risk.WRITE
