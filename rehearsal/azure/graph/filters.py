"""`$filter`: the forms that real clients send, parsed and applied.

Comparisons (`eq`, `ne`, `gt`, `ge`, `lt`, `le`), `startswith`, `endswith`, `in`, `any` over collections, `and`, `or`,
`not` and parentheses, over the properties of the resource (Microsoft Graph documentation, "Use the $filter query
parameter").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from typing import Any

from rehearsal.azure.graph.refusals import bad_query, unsupported

Predicate = Callable[[dict[str, Any]], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<symbol>[(),:])|(?P<word>[^\s(),:']+))",
)
_ORDERED = {
    "gt": lambda left, right: left > right,
    "ge": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "le": lambda left, right: left <= right,
}
# Without ConsistencyLevel: eventual the directory answers these with an error (Microsoft Graph documentation, "Advanced
# query capabilities on Microsoft Entra ID objects").
_ADVANCED = {"ne", "not", "endswith"}


def parse(text: str, properties: Set[str], resource: str, *, advanced: bool) -> Predicate:
    """The condition as a function of a resource's document.

    `properties` are the names that may be filtered on; `advanced` says that the request asked for eventual consistency
    and a count. Raises Graph's 400 for what cannot be read, what the resource does not have and what is not supported.
    """
    parser = _Parser(text, properties, resource, advanced)
    predicate = parser.disjunction()
    parser.end()
    return predicate


class _Parser:
    def __init__(self, text: str, properties: Set[str], resource: str, advanced: bool) -> None:
        self._text, self._properties, self._resource, self._advanced = text, properties, resource, advanced
        self._tokens = _tokens(text)
        self._position = 0
        self._variable: str | None = None
        self._depth = 0

    def disjunction(self) -> Predicate:
        self._depth += 1
        if self._depth > 20:
            raise unsupported("The filter nests too deeply.")
        terms = [self._conjunction()]
        while self._accept("or"):
            terms.append(self._conjunction())
        self._depth -= 1
        return lambda document: any(term(document) for term in terms)

    def end(self) -> None:
        if self._position < len(self._tokens):
            raise self._syntax_error()

    def _conjunction(self) -> Predicate:
        terms = [self._term()]
        while self._accept("and"):
            terms.append(self._term())
        return lambda document: all(term(document) for term in terms)

    def _term(self) -> Predicate:
        if self._accept("not"):
            self._need_advanced("not")
            self._depth += 1
            if self._depth > 20:
                raise unsupported("The filter nests too deeply.")
            negated = self._term()
            self._depth -= 1
            return lambda document: not negated(document)
        if self._accept("("):
            inner = self.disjunction()
            self._expect(")")
            return inner
        name = self._next()
        if name.lower() in ("startswith", "endswith") and self._peek() == "(":
            return self._text_function(name.lower())
        path = self._path(name)
        if path[-1] == "any" and len(path) > 1:
            return self._any(path[:-1])
        return self._comparison(path)

    def _text_function(self, function: str) -> Predicate:
        if function in _ADVANCED:
            self._need_advanced(function)
        self._expect("(")
        path = self._path(self._next())
        self._expect(",")
        part = self._literal(self._next())
        self._expect(")")
        if not isinstance(part, str):
            raise self._syntax_error()
        found = str.startswith if function == "startswith" else str.endswith
        return lambda document: isinstance(value := _get(document, path), str) and found(value.lower(), part.lower())

    def _any(self, path: list[str]) -> Predicate:
        self._expect("(")
        if self._accept(")"):
            return lambda document: bool(_get(document, path))
        outer, self._variable = self._variable, self._next()
        self._expect(":")
        inner = self.disjunction()
        self._expect(")")
        variable, self._variable = self._variable, outer
        return lambda document: any(
            inner({**document, variable: item}) for item in _get(document, path) or [] if variable
        )

    def _comparison(self, path: list[str]) -> Predicate:
        operator = self._next().lower()
        if operator == "in":
            self._expect("(")
            values = [self._literal(self._next())]
            while self._accept(","):
                values.append(self._literal(self._next()))
            self._expect(")")
            return lambda document: any(_equal(_get(document, path), value) for value in values)
        if operator not in ("eq", "ne", *_ORDERED):
            raise self._syntax_error()
        value = self._literal(self._next())
        if operator == "eq":
            return lambda document: _equal(_get(document, path), value)
        if operator == "ne":
            self._need_advanced(operator)
            return lambda document: not _equal(_get(document, path), value)
        return lambda document: _compare(_ORDERED[operator], _get(document, path), value)

    def _path(self, token: str) -> list[str]:
        path = token.split("/")
        if path[0] != self._variable and path[0] not in self._properties:
            raise bad_query(
                f"Invalid filter clause: Could not find a property named '{path[0]}' on type "
                f"'microsoft.graph.{self._resource}'."
            )
        return path

    def _literal(self, token: str) -> Any:
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token.lower() in ("true", "false"):
            return token.lower() == "true"
        if token.lower() == "null":
            return None
        if re.fullmatch(r"-?\d{1,18}", token):
            return int(token)
        if re.fullmatch(r"[0-9a-fA-F-]{36}|\d{4}-\d\d-\d\d(T[0-9:.+-]*Z?)?", token):
            return token
        raise self._syntax_error()

    def _need_advanced(self, operator: str) -> None:
        if not self._advanced:
            raise unsupported(
                f"Operator '{operator}' is not supported because the required parameters might be missing. Try adding "
                "$count=true query parameter and ConsistencyLevel:eventual header. Refer to "
                "https://aka.ms/graph-docs/advanced-queries for more information"
            )

    def _peek(self) -> str | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _next(self) -> str:
        token = self._peek()
        if token is None:
            raise self._syntax_error()
        self._position += 1
        return token

    def _accept(self, wanted: str) -> bool:
        token = self._peek()
        if token is not None and token.lower() == wanted:
            self._position += 1
            return True
        return False

    def _expect(self, wanted: str) -> None:
        if not self._accept(wanted):
            raise self._syntax_error()

    def _syntax_error(self) -> Exception:
        token = self._peek()
        where = f"at '{token}'" if token is not None else "at its end"
        return bad_query(f"Invalid filter clause: Syntax error {where} in '{self._text}'.")


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    while position < len(text.rstrip()):
        found = _TOKEN.match(text, position)
        if found is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            raise bad_query(
                f"Invalid filter clause: There is an unterminated string literal at position {start} in '{text}'."
            )
        tokens.append(found.group(found.lastgroup or 0))
        position = found.end()
    return _joined_times(tokens)


def _joined_times(tokens: list[str]) -> list[str]:
    """Times hold colons, which elsewhere separate a lambda's variable from its condition."""
    joined: list[str] = []
    for token in tokens:
        if len(joined) >= 2 and joined[-1] == ":" and re.search(r"T\d\d(:\d\d)?$", joined[-2]) and token[0].isdigit():
            joined[-2:] = [f"{joined[-2]}:{token}"]
        else:
            joined.append(token)
    return joined


def _get(document: Any, path: list[str]) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _equal(left: Any, right: Any) -> bool:
    """The directory compares text without regard to case."""
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    return type(left) is type(right) and bool(left == right)


def _compare(operator: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return operator(left.lower(), right.lower())
    return isinstance(left, int) and isinstance(right, int) and operator(left, right)
