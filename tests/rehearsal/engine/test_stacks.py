"""Stacks as a whole: outputs, export, import, removal."""

from __future__ import annotations

import copy

import pytest

from rehearsal.engine import stacks
from rehearsal.engine.errors import ConfigurationError, EngineError
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud

PROGRAM = """
a = Thing("a", word=Output.secret("hush"))
export("address", a.address)
export("word", Output.secret("hush"))
"""


def test_outputs_are_json_with_secrets_hidden(stack: Stack) -> None:
    stack.up(PROGRAM)
    assert stacks.outputs(stack.workspace, "dev") == {"address": "at-a-1", "word": "[secret]"}


def test_an_exported_stack_can_be_put_back_and_goes_on_as_before(stack: Stack, cloud: Cloud) -> None:
    stack.up(PROGRAM)
    exported = stacks.export(stack.workspace, "dev")
    assert exported["version"] == 3
    stack.state_file.unlink()
    assert stacks.import_state(stack.workspace, "dev", exported) == []
    assert not stack.up().result.has_changes
    assert stack.destroy().result.succeeded
    assert cloud.things == {}


def test_secrets_in_clear_are_encrypted_when_they_are_put_back(stack: Stack) -> None:
    stack.up(PROGRAM)
    exported = stacks.export(stack.workspace, "dev", show_secrets=True)
    assert "hush" in str(exported)
    stacks.import_state(stack.workspace, "dev", exported)
    assert "hush" not in stack.state_file.read_text(encoding="utf-8")
    assert not stack.up().result.has_changes


def test_pending_operations_are_dropped_and_named(stack: Stack) -> None:
    stack.up(PROGRAM)
    exported = stacks.export(stack.workspace, "dev")
    thing = exported["deployment"]["resources"][-1]
    exported["deployment"]["pending_operations"] = [{"type": "updating", "resource": thing}]
    assert stacks.import_state(stack.workspace, "dev", exported) == [
        f"removing pending operation 'updating' on '{thing['urn']}' from snapshot"
    ]
    assert "pending_operations" not in stack.state()


def test_the_state_of_another_stack_is_put_in_place_by_force_only(stack: Stack) -> None:
    stack.up(PROGRAM)
    exported = stacks.export(stack.workspace, "dev")
    with pytest.raises(EngineError, match=r"is from a different stack \(dev != other\)"):
        stacks.import_state(stack.workspace, "other", exported)
    assert len(stacks.import_state(stack.workspace, "other", exported, force=True)) == 3


def test_a_state_with_gaps_is_put_in_place_by_force_only(stack: Stack) -> None:
    stack.up(PROGRAM)
    before = stack.state_file.read_bytes()
    broken = copy.deepcopy(stacks.export(stack.workspace, "dev"))
    del broken["deployment"]["resources"][1]
    with pytest.raises(EngineError, match="refers to unknown provider"):
        stacks.import_state(stack.workspace, "dev", broken)
    assert stack.state_file.read_bytes() == before


@pytest.mark.parametrize("document", [{}, {"version": 1}, {"version": 3, "deployment": {"resources": [{}]}}])
def test_what_is_no_deployment_is_refused(document: dict[str, object], stack: Stack) -> None:
    stack.up(PROGRAM)
    with pytest.raises(EngineError, match="could not deserialize deployment"):
        stacks.import_state(stack.workspace, "dev", document)


def test_secrets_of_another_passphrase_are_refused(stack: Stack) -> None:
    stack.passphrase = "one"
    stack.up(PROGRAM)
    exported = stacks.export(stack.workspace, "dev")
    stack.passphrase, stack.name = "two", "other"
    with pytest.raises(ConfigurationError, match="incorrect passphrase"):
        stacks.import_state(stack.workspace, "other", exported, force=True)


def test_a_stack_with_resources_is_not_forgotten_unless_by_force(stack: Stack) -> None:
    stack.up(PROGRAM)
    with pytest.raises(EngineError, match="'dev' still has resources; removal rejected"):
        stacks.remove(stack.workspace, "dev")
    stacks.remove(stack.workspace, "dev", force=True)
    assert not stack.state_file.exists()


def test_a_destroyed_stack_is_forgotten_with_its_history(stack: Stack) -> None:
    stack.up(PROGRAM)
    stack.destroy()
    stacks.remove(stack.workspace, "dev")
    assert not stack.state_file.exists()
    assert not list((stack.backend / ".pulumi" / "history").rglob("*.json"))
    for operation in (stacks.remove, stacks.outputs, stacks.export):
        with pytest.raises(EngineError, match="no stack named 'dev' found"):
            operation(stack.workspace, "dev")
