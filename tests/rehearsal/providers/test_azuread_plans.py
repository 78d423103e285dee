"""The azuread provider's check, diff and previews beside recorded answers of the real one.

`golden/azuread-6.11.1-plans.jsonl` holds what pulumi-azuread 6.11.1 answered about random changes of random resources,
its own bookkeeping (`__meta`, `__pulumi_raw_state_delta`) left out; the reference runs are those of the engine's tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.providers.azuread.provider import RESOURCES
from tests.rehearsal.providers.caller import UNKNOWN_STRING, Caller, Document, on_the_wire, with_unknowns

GOLDEN = Path(__file__).parent / "golden" / "azuread-6.11.1-plans.jsonl"
REFERENCE_RUNS = Path(__file__).parent.parent / "engine" / "golden" / "runs"


def recorded() -> list[Any]:
    cases = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    return [
        pytest.param(case, id=f"{number}-{case['type'].rpartition(':')[2]}") for number, case in enumerate(cases, 1)
    ]


def told_apart(value: Any) -> Any:
    """A value without what Terraform's plugin SDK does not tell apart inside a set: null and the empty string."""
    if isinstance(value, dict):
        return {key: told_apart(each) for key, each in value.items()}
    if isinstance(value, list):
        return [
            {key: None if each == "" else each for key, each in element.items()}
            if isinstance(element, dict)
            else element
            for element in map(told_apart, value)
        ]
    return value


@pytest.mark.parametrize("case", recorded())
def test_a_change_is_planned_and_shown_as_the_real_provider_does(case: Document, signed_in_azuread: Caller) -> None:
    type_, old = case["type"], with_unknowns(case["oldOutputs"])
    inputs = signed_in_azuread.checked(type_, with_unknowns(case["given"]))
    assert on_the_wire(inputs) == case["inputs"]

    context = {"old_inputs": with_unknowns(case["oldInputs"]), "old": old, "ignored": case["ignoreChanges"]}
    diff = signed_in_azuread.diff(type_, inputs, resource_id=case["id"], **context)
    assert {
        "changes": diff.changes,
        "detailedDiff": diff.detailed,
        "replaces": diff.replaces,
        "stables": diff.stables,
        "diffs": diff.diffs,
        "deleteBeforeReplace": diff.delete_before_replace,
    } == case["diff"]
    assert diff.input_diffs <= {False}, "state is compared with state"

    resource_id, previewed = signed_in_azuread.create(type_, inputs, preview=True)
    assert resource_id == ""
    assert told_apart(on_the_wire(previewed)) == told_apart(case["createPreview"])

    if case["updatePreview"] is not None:
        updated = signed_in_azuread.update(type_, case["id"], inputs, preview=True, **context)
        assert told_apart(on_the_wire(updated)) == told_apart(case["updatePreview"])


def previewed_steps(run: int) -> Iterator[Any]:
    preview = json.loads((REFERENCE_RUNS / f"{run}-preview.json").read_text(encoding="utf-8"))
    for step in preview["steps"]:
        if "azuread:index/" in step["urn"] and step["op"] in ("update", "replace", "create"):
            yield pytest.param(step, id=f"{run}-{step['op']}-{step['urn'].rpartition('::')[2]}")


@pytest.mark.parametrize("step", [*previewed_steps(1), *previewed_steps(2), *previewed_steps(3)])
def test_the_steps_of_the_reference_runs_are_shown_word_for_word(step: Document, signed_in_azuread: Caller) -> None:
    new, old = step["newState"], step.get("oldState")
    inputs = with_unknowns(new["inputs"])
    assert on_the_wire(signed_in_azuread.checked(new["type"], as_given(inputs))) == new["inputs"]
    if old is not None:
        diff = signed_in_azuread.diff(
            new["type"],
            inputs,
            old_inputs=with_unknowns(old["inputs"]),
            old=with_unknowns(old["outputs"]),
            resource_id=old["id"],
            ignored=new.get("ignoreChanges", ()),
        )
        assert {key: {"kind": kind, "inputDiff": False} for key, kind in diff.detailed.items()} == step["detailedDiff"]
        assert diff.diffs == step["diffReasons"]
        assert diff.replaces == step.get("replaceReasons", [])
        assert not diff.delete_before_replace
    if step["op"] in ("replace", "create") and "outputs" in new:
        _, previewed = signed_in_azuread.create(new["type"], inputs, preview=True)
        assert on_the_wire(previewed) == {key: value for key, value in new["outputs"].items() if key != "__meta"}


@pytest.mark.parametrize("checkpoint", ["1", "2", "3", "4", "5", "5-refreshed", "6"])
def test_state_of_the_real_provider_has_no_differences_from_its_inputs(
    checkpoint: str, signed_in_azuread: Caller
) -> None:
    state = json.loads((REFERENCE_RUNS / f"{checkpoint}-checkpoint.json").read_text(encoding="utf-8"))
    resources = [each for each in state["deployment"]["resources"] if each["type"] in RESOURCES]
    assert resources
    for resource in resources:
        inputs = with_unknowns(resource["inputs"])
        diff = signed_in_azuread.diff(
            resource["type"],
            inputs,
            old_inputs=inputs,
            old=with_unknowns(resource["outputs"]),
            resource_id=resource["id"],
            ignored=resource.get("ignoreChanges", ()),
        )
        assert (diff.changes, diff.detailed) == (False, {}), resource["urn"]


def as_given(value: Any) -> Any:
    """Checked inputs as the program gave them: without defaults and their marks."""
    if isinstance(value, dict):
        defaults = value.get("__defaults", [])
        return {key: as_given(each) for key, each in value.items() if key != "__defaults" and key not in defaults}
    if isinstance(value, list):
        return [as_given(each) for each in value]
    return value


def test_the_recordings_speak_of_unknowns_too() -> None:
    assert UNKNOWN_STRING in json.dumps([case.values[0]["inputs"] for case in recorded()])
