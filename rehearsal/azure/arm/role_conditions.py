"""Conditions of role assignments, in the form in which the management of role assignments is delegated: which roles
may be given, to which principals and kinds of principals (Azure documentation, "Examples to delegate Azure role
assignment management with conditions"; "Azure role assignment condition format and syntax").

Everything else in the language of conditions is refused when an assignment is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from rehearsal.azure.arm import content, resource_ids, role_principal
from rehearsal.azure.arm.inventory import ROLE_ASSIGNMENT
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError

VERSION = "2.0"
_TYPE = "Microsoft.Authorization/roleAssignments"
_TOKEN = re.compile(
    r"\s*(?:(?P<action>ActionMatches)\s*\{\s*'(?P<actions>[^']*)'\s*\}"
    rf"|@(?P<source>Request|Resource)\[{re.escape(_TYPE)}:(?P<attribute>RoleDefinitionId|PrincipalId|PrincipalType)\]"
    r"\s+ForAnyOfAnyValues:(?P<operator>GuidEquals|StringEqualsIgnoreCase)\s*\{(?P<values>[^{}]*)\}"
    r"|(?P<word>AND\b|OR\b|NOT\b|&&|\|\||!|\(|\)))",
    re.IGNORECASE,
)
_WORDS = {"&&": "AND", "||": "OR", "!": "NOT"}

Attempt = Mapping[str, str]
"""What is attempted: `action`, and the attributes of the assignment asked for (`request:…`) or there (`resource:…`)."""
Condition = Callable[[Attempt], bool]


def check(condition: Any, version: Any) -> None:
    """Raises 400 for a condition that Azure would not take, or that is not modelled here."""
    if condition is None:
        return
    if not isinstance(condition, str) or version != VERSION:
        raise _invalid(f"conditionVersion must be {VERSION}")
    try:
        _parsed(condition)
    except ValueError as error:
        raise _invalid(str(error)) from error


def holds(condition: str, attempt: Attempt) -> bool:
    """Whether a condition that `check` let pass allows the attempt."""
    return _parsed(condition)(attempt)


def attempt(context: Context, action: str, path: str, body: Any) -> Attempt:
    """What a request to `path` attempts with that action: for a role assignment, with its attributes in lower case."""
    given: Attempt = {"action": action.lower()}
    if action.lower() == f"{_TYPE}/write".lower():
        members = content.member(body, "properties") if isinstance(body, dict) else None
        members = members if isinstance(members, dict) else {}
        principal = str(content.member(members, "principalId"))
        return {
            **given,
            "request:roledefinitionid": str(content.member(members, "roleDefinitionId")).rpartition("/")[2].lower(),
            "request:principalid": principal.lower(),
            "request:principaltype": str(
                content.member(members, "principalType") or role_principal.kind(context, principal)
            ).lower(),
        }
    there = context.store.get(ROLE_ASSIGNMENT, resource_ids.key(path))
    if action.lower() != f"{_TYPE}/delete".lower() or there is None:
        return given
    attributes = {"roledefinitionid": "roleId", "principalid": "principalId", "principaltype": "principalType"}
    return {**given, **{f"resource:{name}": str(there[member]).lower() for name, member in attributes.items()}}


@lru_cache(maxsize=64)
def _parsed(text: str) -> Condition:
    """Raises ValueError, saying where, for what is no condition of the modelled form."""
    tokens: list[re.Match[str]] = []
    place = 0
    while text[place:].strip():
        token = _TOKEN.match(text, place)
        if token is None:
            raise ValueError(f"the stand-in does not model what begins with {text[place:].strip()[:60]!r}")
        tokens.append(token)
        place = token.end()
    condition, rest = _alternatives(tokens)
    if rest:
        raise ValueError(f"nothing may follow before {rest[0].group().strip()!r}")
    return condition


def _alternatives(tokens: list[re.Match[str]]) -> tuple[Condition, list[re.Match[str]]]:
    first, rest = _conjunction(tokens)
    if _word(rest) != "OR":
        return first, rest
    second, rest = _alternatives(rest[1:])
    return lambda attempt: first(attempt) or second(attempt), rest


def _conjunction(tokens: list[re.Match[str]]) -> tuple[Condition, list[re.Match[str]]]:
    first, rest = _operand(tokens)
    if _word(rest) != "AND":
        return first, rest
    second, rest = _conjunction(rest[1:])
    return lambda attempt: first(attempt) and second(attempt), rest


def _operand(tokens: list[re.Match[str]]) -> tuple[Condition, list[re.Match[str]]]:
    match _word(tokens):
        case "NOT":
            negated, rest = _operand(tokens[1:])
            return lambda attempt: not negated(attempt), rest
        case "(":
            inner, rest = _alternatives(tokens[1:])
            if _word(rest) != ")":
                raise ValueError("a parenthesis is not closed")
            return inner, rest[1:]
        case "":
            return _comparison(tokens[0]), tokens[1:]
        case _:
            raise ValueError("an expression is missing")


def _comparison(token: re.Match[str]) -> Condition:
    if token["action"]:
        action = token["actions"].lower()
        return lambda attempt: attempt["action"] == action
    name = f"{token['source']}:{token['attribute']}".lower()
    values = {value.strip().strip("'").lower() for value in token["values"].split(",")}
    if (token["operator"].lower() == "guidequals") is (token["attribute"].lower() == "principaltype"):
        raise ValueError(f"{token['operator']} does not compare {token['attribute']}")
    return lambda attempt: attempt.get(name) in values


def _word(tokens: list[re.Match[str]]) -> str | None:
    """The operator or parenthesis that comes next, "" for an expression, None at the end."""
    if not tokens:
        return None
    word = (tokens[0]["word"] or "").upper()
    return _WORDS.get(word, word)


def _invalid(reason: str) -> ArmError:
    # Azure documentation, "Troubleshoot Azure role assignment conditions"; the code is not documented.
    text = f"The given role assignment condition is invalid. ({reason[0].upper()}{reason[1:]}.)"
    return ArmError(400, "InvalidRoleAssignmentCondition", text)
