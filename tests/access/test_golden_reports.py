"""The reports on previews of the real engine, word for word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import access.report
from access.report.document import document
from access.report.markdown import markdown
from access.report.preview import parse_preview
from access.report.report import Report, report_on
from access.report.state import check_same_moment, parse_state
from access.report.text import text

GOLDEN = Path(__file__).parent / "golden"
PREVIEWS = sorted(file.name.removesuffix(".preview.json") for file in GOLDEN.glob("*.preview.json"))
SCHEMA = Path(access.report.__file__).with_name("report.schema.json")
STATES = {
    "engine-1": None,
    "engine-2": "engine-1",
    "engine-3": "engine-2",
    "engine-4": "engine-3",
    "keyless-first": None,
}
"""From which state a preview was made: none, another one's, or that of the deployed program."""


def read(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


def golden_report(name: str, *, with_state: bool = True) -> Report:
    preview = parse_preview(read(f"{name}.preview.json"), name)
    before = STATES.get(name, "keyless")
    if before is None or not with_state:
        return report_on(preview, None)
    state = parse_state(read(f"{before}.state.json"), before)
    check_same_moment(state, preview, before)
    return report_on(preview, state)


@pytest.mark.parametrize("name", PREVIEWS)
def test_a_preview_of_the_real_engine_is_reported_word_for_word(name: str) -> None:
    assert markdown(golden_report(name)) == (GOLDEN / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["keyless-moved", "keyless-scale"])
def test_without_a_state_the_report_says_what_it_does_not_list(name: str) -> None:
    written = markdown(golden_report(name, with_state=False))
    assert written == (GOLDEN / f"{name}.stateless.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["engine-3", "keyless-scale"])
def test_the_same_report_as_plain_text(name: str) -> None:
    assert text(golden_report(name)) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PREVIEWS)
def test_the_json_report_is_what_its_schema_says(name: str) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    written = json.loads(json.dumps(document(golden_report(name))))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(written)] == []


def test_the_json_report_word_for_word() -> None:
    written = json.dumps(document(golden_report("engine-3")), indent=2) + "\n"
    assert written == (GOLDEN / "engine-3.report.json").read_text(encoding="utf-8")


def test_a_json_report_with_anything_else_in_it_is_not_valid() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    written = document(golden_report("engine-3"))
    written["permissions"][0]["change"] = "renamed"
    assert [error.json_path for error in Draft202012Validator(schema).iter_errors(written)] == [
        "$.permissions[0].change"
    ]
