"""Whenever a run is killed, the next one goes on: nothing is lost, nothing is made twice, nothing is left behind.

With KEYLESS_EVERY_MOMENT=1 every moment is tried, else some of every kind.
"""

from __future__ import annotations

import copy
import io
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.engine.display import display
from rehearsal.engine.execution.run import Run
from rehearsal.engine.options import Options
from rehearsal.engine.result import Result
from rehearsal.engine.workspace import Workspace
from tests.rehearsal.engine import crashing
from tests.rehearsal.engine.graphs import Node, driven, node
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud, serving
from tests.rehearsal.engine.warm import SALT_LINE

BEFORE = (node(0, component=True), node(1, parent=0), node(2, uses=((1, True),)), node(3, uses=((2, False),)))
CREATE_FIRST = (BEFORE[0], replace(BEFORE[1], size=1), BEFORE[2], replace(BEFORE[3], colour=1))
DELETE_FIRST = (
    BEFORE[0],
    replace(BEFORE[1], size=1, delete_before_replace=True),
    BEFORE[2],
    replace(BEFORE[3], after=(0,)),
)


def up(workspace: Workspace, nodes: Sequence[Node]) -> Result:
    run = Run(workspace, "dev", Options(parallel=4), display(io.StringIO()))
    return run.carry_out("update", False, driven(nodes))


@pytest.mark.parametrize(
    ("before", "after"),
    [((), BEFORE), (BEFORE, CREATE_FIRST), (BEFORE, DELETE_FIRST), (BEFORE, ())],
    ids=["creating", "replacing, create first", "replacing, delete first", "deleting"],
)
def test_an_update_killed_at_any_moment_is_finished_by_the_next_one(
    before: tuple[Node, ...], after: tuple[Node, ...], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    cloud = Cloud()
    with serving(cloud) as address:
        first = _stack(tmp_path / "first", address)
        if before:
            assert up(first.workspace, before).succeeded
        things = copy.deepcopy(cloud.things)
        shutil.copytree(first.folder, tmp_path / "whole")
        moments = crashing.run_to_end(up, _stack(tmp_path / "whole", address).workspace, after)
        tried = crashing.selected(moments, every=7, every_made=1)
        for number, moment in enumerate(tried):
            cloud.things = copy.deepcopy(things)
            shutil.copytree(first.folder, tmp_path / str(number))
            again = _stack(tmp_path / str(number), address)
            assert crashing.killed_at(moment, up, again.workspace, after), moment
            assert up(again.workspace, after).succeeded
            _is_as_wanted(again, cloud, after)
            assert not up(again.workspace, after).has_changes
    record_property("kill points", f"{len(tried)} of {len(moments)}")
    assert len(moments) > 2 * len(before + after)


def _stack(folder: Path, address: str) -> Stack:
    stack = Stack(folder, {"toy": address})
    (stack.project / "Pulumi.dev.yaml").write_text(f"encryptionsalt: {SALT_LINE}\n", encoding="utf-8")
    return stack


def _is_as_wanted(stack: Stack, cloud: Cloud, nodes: Sequence[Node]) -> None:
    wanted = sorted(node.name for node in nodes if not node.component)
    assert cloud.names() == wanted
    state = stack.state()
    assert "pending_operations" not in state
    recorded = {resource["id"] for resource in state["resources"] if resource["type"] == "toy:index:Thing"}
    assert recorded == set(cloud.things)


def test_a_creation_of_which_nobody_can_say_what_became_stays_pending_until_it_is_cleared(
    stack: Stack, cloud: Cloud
) -> None:
    cloud.lists = False
    stack.up('Thing("a")')
    document = json.loads(stack.state_file.read_text(encoding="utf-8"))
    latest = document["checkpoint"]["latest"]
    latest["pending_operations"] = [{"type": "creating", "resource": latest["resources"].pop()}]
    stack.state_file.write_text(json.dumps(document), encoding="utf-8")
    again = stack.up()
    assert again.did() == ["create a"]
    assert any("a, interrupted while creating" in said for said in again.said("warning"))
    for operation in ("refresh", "up"):
        stack.run(operation)
        assert [pending["type"] for pending in stack.state()["pending_operations"]] == ["creating"]
    assert stack.run("refresh", clear_pending_creates=True).result.succeeded
    assert "pending_operations" not in stack.state()
    assert not stack.up().result.has_changes
