"""The evaluator of expressions that the other tests rely on: what it knows is GitHub's, and it refuses the rest."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.expression import NotUnderstoodError, condition, evaluated, filled

CONTEXTS: dict[str, Any] = {
    "github": {"event": {"number": 7}, "repository": "Example/keyless"},
    "vars": {"EMPTY": "", "SET": "x"},
    "steps": {"a-b": {"outputs": {"found": "it's"}}},
    "cancelled()": lambda: False,
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("vars.SET", "x"),
        ("steps.a-b.outputs.found", "it's"),
        ("'it''s'", "it's"),
        ("github.repository == 'example/KEYLESS'", True),
        ("github.event.number == '7'", True),
        ("vars.EMPTY != '' || vars.SET", "x"),
        ("vars.SET != '' && vars.EMPTY == ''", True),
        ("!(vars.SET == 'x') || !cancelled()", True),
        ("vars.EMPTY == '' && vars.SET == 'y' || vars.SET == 'x'", True),
    ],
)
def test_expressions_are_what_github_makes_of_them(expression: str, value: object) -> None:
    assert evaluated(expression, CONTEXTS) == value


def test_places_in_a_text_are_filled_and_conditions_need_none() -> None:
    assert filled("a ${{ vars.SET }}-${{github.event.number}}", CONTEXTS) == "a x-7"
    assert filled("${{ cancelled() }}", CONTEXTS) == "false"
    assert condition("vars.SET == 'x'", CONTEXTS)
    assert condition("${{ !cancelled() }}", CONTEXTS)
    assert not condition("vars.EMPTY", CONTEXTS)


@pytest.mark.parametrize(
    "expression",
    [
        "vars.MISSING",
        "secrets.KEY",
        "contains(vars.SET, 'x')",
        "vars.SET <",
        "vars.SET +",
        "'open",
        "(vars.SET",
        "",
        "github",
    ],
)
def test_what_it_does_not_know_is_refused(expression: str) -> None:
    with pytest.raises(NotUnderstoodError):
        filled(f"${{{{ {expression} }}}}", CONTEXTS)
