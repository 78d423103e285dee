"""The golden program, step by step: the embedded engine does what the real one did with the real azuread provider.

The steps: 1 everything is new, 2 a changed name and one more role, 3 the caller's resource renamed, 4 a rename with an
alias, 5 a grant deleted by hand, 6 protection, 7 a program that declares nothing, 8 unprotected again and destroyed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.engine.plan.steps import DELETIONS, Op, Step
from rehearsal.engine.result import Result
from tests.rehearsal.engine.golden.history import HERE, Golden, golden
from tests.rehearsal.engine.golden.renaming import Renaming, by_operation, by_urn, lines


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Golden]:
    with golden(tmp_path_factory.mktemp("golden")) as opened:
        yield opened


def _recorded(name: str) -> str:
    return (HERE / "runs" / name).read_text(encoding="utf-8")


def _same_checkpoint(stack: Golden, name: str) -> None:
    theirs = json.loads(_recorded(name))
    theirs = theirs.get("deployment", theirs)
    ours = stack.checkpoint()["deployment"]
    same = Renaming()
    assert not list(same.differences(by_urn(ours.get("resources", [])), by_urn(theirs.get("resources") or [])))
    assert not list(same.differences(ours.get("pending_operations"), theirs.get("pending_operations")))


def _same_text(stack: Golden, name: str) -> None:
    assert lines(stack.said) == lines(_recorded(name))


def _in_order(result: Result) -> None:
    """Nothing was created before what it needs, or deleted before what needs it."""
    ended: list[Step] = list(result.steps)
    created = {step.urn: index for index, step in enumerate(ended) if step.op in (Op.CREATE, Op.CREATE_REPLACEMENT)}
    for urn, index in created.items():
        assert all(created.get(needed, -1) < index for needed in ended[index].resource.requires()), urn
    gone: list[Any] = [step.resource for step in ended if step.op in DELETIONS]
    for index, resource in enumerate(gone):
        later = {other.urn for other in gone[index + 1 :]}
        assert not any(resource.urn in other.requires() for other in gone[index + 1 :] if other.urn in later)


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_step_is_previewed_shown_done_and_remembered_as_recorded(stack: Golden, step: int) -> None:
    stack.reach(step)
    ours, theirs = by_operation(stack.preview_json()), by_operation(json.loads(_recorded(f"{step}-preview.json")))
    assert not list(Renaming().differences(ours, theirs))
    stack.run("preview", diff=True)
    _same_text(stack, f"{step}-preview.txt")
    done = stack.run("up")
    assert done.succeeded
    _in_order(done)
    _same_text(stack, f"{step}-up.txt")
    _same_checkpoint(stack, f"{step}-checkpoint.json")
    assert not stack.run("preview").has_changes


def test_a_grant_deleted_by_hand_is_missed_by_a_refresh_and_made_anew(stack: Golden) -> None:
    stack.reach(5)
    stack.delete_grant("own-grant")
    stack.run("refresh")
    _same_text(stack, "5-refresh.txt")
    _same_checkpoint(stack, "5-refreshed-checkpoint.json")
    stack.run("up")
    _same_text(stack, "5-up.txt")
    _same_checkpoint(stack, "5-checkpoint.json")


def test_protection_changes_the_state_only(stack: Golden) -> None:
    stack.reach(6)
    stack.run("up")
    _same_text(stack, "6-up.txt")
    _same_checkpoint(stack, "6-checkpoint.json")


def test_what_is_protected_is_refused_after_everything_else_is_gone(stack: Golden) -> None:
    stack.reach(7)
    assert not stack.run("preview", diff=True).succeeded
    _same_text(stack, "7-preview-protected.txt")
    refused = stack.run("up")
    assert not refused.succeeded
    _in_order(refused)
    _same_text(stack, "7-up-protected.txt")
    assert not stack.run("destroy").succeeded
    _same_text(stack, "7-destroy-protected.txt")
    _same_checkpoint(stack, "7-checkpoint.json")


def test_unprotected_it_is_destroyed(stack: Golden) -> None:
    stack.reach(8)
    stack.set(5)
    stack.run("up")
    _same_text(stack, "8-unprotect.txt")
    destroyed = stack.run("destroy")
    assert destroyed.succeeded
    _in_order(destroyed)
    _same_text(stack, "8-destroy.txt")
    _same_checkpoint(stack, "8-checkpoint.json")


@pytest.mark.parametrize("step", [1, 4])
def test_a_checkpoint_of_the_real_engine_is_taken_over(step: int, tmp_path: Path) -> None:
    """The recorded checkpoint speaks of another directory: it is taken over with the ids of this one."""
    with golden(tmp_path) as stack:
        stack.set(step)
        assert stack.run("up").succeeded
        theirs = json.loads(_recorded(f"{step}-checkpoint.json"))["deployment"]
        same = Renaming()
        same.learn(by_urn(stack.checkpoint()["deployment"]["resources"]), by_urn(theirs["resources"]))
        stack.take_over(json.loads(same.ours(json.dumps(theirs))))
        assert stack.run("preview", expect_no_changes=True).succeeded
        assert stack.run("destroy").succeeded
        assert stack.living() == []
