"""GitHub's expressions, as far as the workflows of this repository use them; everything else is refused.

Source: GitHub Docs, "Evaluate expressions in workflows and actions". Names are looked up in the contexts that a test
gives, and a name that is not there is a fault of the test or of the workflow, where GitHub would say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_][\w.-]*)|(?P<sign>==|!=|&&|\|\||[!()]))")
_PLACE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


class NotUnderstoodError(Exception):
    """An expression that this evaluator does not know."""


def filled(text: str, contexts: Mapping[str, Any]) -> str:
    """Returns `text` with each `${{ expression }}` replaced by its value."""
    return _PLACE.sub(lambda place: _text(evaluated(place[1], contexts)), text)


def condition(text: str, contexts: Mapping[str, Any]) -> bool:
    """Returns whether an `if` holds: an expression, with or without `${{ }}` around it."""
    whole = _PLACE.fullmatch(text.strip())
    return bool(evaluated(whole[1] if whole else text, contexts))


def evaluated(expression: str, contexts: Mapping[str, Any]) -> Any:
    """Returns the value of an expression.

    Raises NotUnderstoodError for what this evaluator does not know, and for names that are in no context.
    """
    parser = _Parser(_tokens(expression), contexts, expression)
    value = parser.either()
    if parser.rest:
        raise NotUnderstoodError(f"{expression!r}: {parser.rest[0][1]!r} is not understood")
    return value


def _tokens(expression: str) -> list[tuple[str, str]]:
    tokens, place = [], 0
    expression = expression.strip()
    while place < len(expression):
        found = _TOKEN.match(expression, place)
        if found is None or found.lastgroup is None:
            raise NotUnderstoodError(f"{expression!r} is not understood from {expression[place:]!r} on")
        tokens.append((found.lastgroup, found[found.lastgroup]))
        place = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], contexts: Mapping[str, Any], expression: str) -> None:
        self.rest, self._contexts, self._expression = tokens, contexts, expression

    def either(self) -> Any:
        value = self._both()
        while self._takes("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> Any:
        value = self._equality()
        while self._takes("&&"):
            other = self._equality()
            value = value and other
        return value

    def _equality(self) -> Any:
        value = self._operand()
        for sign, expected in (("==", True), ("!=", False)):
            if self._takes(sign):
                return (_text(value).lower() == _text(self._operand()).lower()) is expected
        return value

    def _operand(self) -> Any:
        if self._takes("!"):
            return not self._operand()
        if self._takes("("):
            value = self.either()
            if not self._takes(")"):
                raise NotUnderstoodError(f"{self._expression!r} has no closing parenthesis")
            return value
        if not self.rest:
            raise NotUnderstoodError(f"{self._expression!r} ends too early")
        kind, token = self.rest.pop(0)
        if kind == "text":
            return token[1:-1].replace("''", "'")
        if kind == "name" and self._takes("("):
            if not self._takes(")"):
                raise NotUnderstoodError(f"{self._expression!r}: functions with arguments are not understood")
            function: Callable[[], Any] = self._value(f"{token}()")
            return function()
        if kind == "name":
            return self._value(token)
        raise NotUnderstoodError(f"{self._expression!r}: {token!r} is not understood here")

    def _value(self, name: str) -> Any:
        found: Any = self._contexts
        for part in [name] if name.endswith("()") else name.split("."):
            if not isinstance(found, Mapping) or part not in found:
                raise NotUnderstoodError(f"{self._expression!r}: nothing says what {name!r} is")
            found = found[part]
        return found

    def _takes(self, sign: str) -> bool:
        taken = bool(self.rest) and self.rest[0] == ("sign", sign)
        if taken:
            self.rest.pop(0)
        return taken


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int):
        return str(value)
    raise NotUnderstoodError(f"{value!r} cannot be written as text")
