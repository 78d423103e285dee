"""A stack's life, through a real program process, real gRPC and a toy cloud."""

from __future__ import annotations

from rehearsal.engine.plan.steps import Op
from rehearsal.engine.values import Secret, Unknown
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud

TWO = """
group = Group("pair")
first = Thing("first", colour="red", opts=ResourceOptions(parent=group))
group.register_outputs({"address": first.address})
second = Thing("second", partner=first.address, password=Output.secret("hush"))
export("address", second.address)
export("password", second.password if hasattr(second, "password") else Output.secret("hush"))
"""


def test_a_preview_changes_nothing_and_knows_what_it_cannot_know(stack: Stack, cloud: Cloud) -> None:
    run = stack.preview(TWO)
    assert run.result.succeeded
    assert run.result.changes == {Op.CREATE: 4}
    assert run.result.outputs["address"] == Unknown()
    assert cloud.changes == []
    assert not stack.state_file.exists()


def test_up_creates_in_the_order_of_dependencies_and_records_what_it_made(stack: Stack, cloud: Cloud) -> None:
    run = stack.up(TWO)
    assert run.result.succeeded
    assert cloud.changes == ["create first", "create second"]
    assert run.result.outputs == {"address": "at-second-1", "password": Secret("hush")}
    recorded = stack.recorded()
    assert list(recorded) == ["pair", "first", "second"]
    assert recorded["second"]["dependencies"] == [recorded["first"]["urn"]]
    assert recorded["first"]["parent"] == recorded["pair"]["urn"]
    assert recorded["pair"]["outputs"] == {"address": "at-first-1"}


def test_a_second_up_and_a_preview_after_it_find_nothing_to_do(stack: Stack, cloud: Cloud) -> None:
    stack.up(TWO)
    before = stack.state()
    assert stack.up().result.changes == {Op.SAME: 4}
    assert stack.preview().result.changes == {Op.SAME: 4}
    assert cloud.changes == ["create first", "create second"]
    after = stack.state()
    assert after["resources"] == before["resources"]


def test_a_changed_property_is_updated_in_place(stack: Stack, cloud: Cloud) -> None:
    stack.up(TWO)
    run = stack.up(TWO.replace("red", "blue"))
    assert run.did() == ["update first"]
    assert cloud.things["first-1"]["colour"] == "blue"
    assert stack.recorded()["first"]["inputs"]["colour"] == "blue"


def test_a_resource_that_left_the_program_is_deleted(stack: Stack, cloud: Cloud) -> None:
    stack.up(TWO)
    run = stack.up('Thing("first-alone", colour="red")')
    assert run.result.changes == {Op.SAME: 1, Op.CREATE: 1, Op.DELETE: 3}
    assert cloud.names() == ["first-alone"]
    assert cloud.changes[-2:] == ["delete second", "delete first"]


def test_destroy_deletes_dependents_first_and_leaves_an_empty_state(stack: Stack, cloud: Cloud) -> None:
    stack.up(TWO)
    run = stack.destroy()
    assert run.result.succeeded
    assert run.result.changes == {Op.DELETE: 4}
    assert cloud.changes[-2:] == ["delete second", "delete first"]
    assert cloud.things == {}
    assert "resources" not in stack.state()
