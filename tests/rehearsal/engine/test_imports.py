"""Files of resources to import: names are resolved, every fault is named, and what is not supported is refused."""

from __future__ import annotations

import io
from typing import Any

import pytest

from rehearsal.engine import operations
from rehearsal.engine.display import display
from rehearsal.engine.errors import ConfigurationError, NotSupported
from rehearsal.engine.imports import Import, read
from rehearsal.engine.options import Options
from rehearsal.engine.result import Result
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud

THING, GROUP = "toy:index:Thing", "toy:index:Group"


def _import(stack: Stack, *resources: dict[str, Any], preview: bool = False, **more: Any) -> tuple[Result, str]:
    stream = io.StringIO()
    operation = operations.preview_import if preview else operations.import_resources
    file = {"resources": list(resources)}
    return operation(stack.workspace, "dev", Options(), display(stream), file, **more), stream.getvalue()


def test_names_of_the_table_and_of_the_file_become_urns() -> None:
    document = {
        "nameTable": {
            "above": "urn:pulumi:dev::toys::toy:index:Group::above",
            "p": "urn:pulumi:dev::toys::pulumi:providers:toy::p",
        },
        "resources": [
            {"type": THING, "name": "x", "logicalName": "y", "id": "1", "parent": "group", "provider": "p"},
            {"type": GROUP, "name": "group", "component": True, "parent": "above"},
        ],
    }
    thing, group = read(document, "dev", "toys")
    assert group == Import(
        "urn:pulumi:dev::toys::toy:index:Group$toy:index:Group::group",
        GROUP,
        "",
        "urn:pulumi:dev::toys::toy:index:Group::above",
        component=True,
    )
    assert thing.urn == "urn:pulumi:dev::toys::toy:index:Group$toy:index:Group$toy:index:Thing::y"
    assert thing.parent == group.urn
    assert thing.provider == "urn:pulumi:dev::toys::pulumi:providers:toy::p"


def test_every_fault_of_a_file_is_named() -> None:
    resources = [
        {"name": "a", "id": "1"},
        {"type": THING, "id": "2"},
        {"type": THING, "name": "c"},
        {"type": GROUP, "name": "d", "id": "3", "component": True},
        {"type": "pulumi:providers:toy", "name": "e"},
    ]
    with pytest.raises(ConfigurationError) as raised:
        read({"resources": resources}, "dev", "toys")
    assert str(raised.value).splitlines()[1:] == [
        "  resource 'a' has no type",
        "  resource '2' of type 'toy:index:Thing' has no name",
        "  resource 'c' of type 'toy:index:Thing' has no ID",
        "  resource 'd' of type 'toy:index:Group' has an ID, but is marked as a component",
        (
            "  resource 'e' of type 'pulumi:providers:toy' is a provider, and this engine imports no providers: "
            "declare it in the program first"
        ),
    ]


def test_every_name_that_stands_for_nothing_is_named() -> None:
    resources = [
        {"type": THING, "name": "a", "id": "1", "parent": "nobody"},
        {"type": THING, "name": "b", "id": "2", "provider": "nobody"},
        {"type": GROUP, "name": "c", "component": True, "parent": "d"},
        {"type": GROUP, "name": "d", "component": True, "parent": "c"},
        {"type": THING, "name": "e", "id": "3"},
        {"type": THING, "name": "e", "id": "4"},
    ]
    with pytest.raises(ConfigurationError) as raised:
        read({"resources": resources}, "dev", "toys")
    message = str(raised.value)
    for fault in (
        "the parent 'nobody' for resource 'a' of type 'toy:index:Thing' has no entry in 'nameTable'",
        "the provider 'nobody' for resource 'b' of type 'toy:index:Thing' has no entry in 'nameTable'",
        "resource 'd' of type 'toy:index:Group' is its own ancestor",
        "resource 'e' of type 'toy:index:Thing' has an ambiguous URN, set name (or logical name) to be unique",
    ):
        assert fault in message


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"resources": [{"type": THING, "name": "a", "id": "1", "properties": ["colour"]}]}, "properties"),
        ({"resources": [{"type": THING, "name": "a", "id": "1", "outputs": {}}]}, "outputs"),
        ({"resources": [], "providerInputs": {}}, "providerInputs"),
    ],
)
def test_what_this_engine_does_not_import_is_refused_by_name(document: dict[str, Any], said: str) -> None:
    with pytest.raises(NotSupported, match=said):
        read(document, "dev", "toys")


def test_a_preview_of_an_import_leaves_the_state_alone(stack: Stack, cloud: Cloud) -> None:
    stack.up('Thing("a", opts=ResourceOptions(retain_on_delete=True))')
    stack.up("")
    result, said = _import(stack, {"type": THING, "name": "b", "id": "a-1"}, preview=True)
    assert result.succeeded
    assert "= 1 to import" in said
    assert stack.recorded() == {}


def test_an_import_into_a_new_stack_makes_the_stack_and_is_taken_up_by_the_program(stack: Stack, cloud: Cloud) -> None:
    cloud.things["old-1"] = {"colour": "red", "size": 1, "address": "at-old-1", "__name": "old"}
    result, _ = _import(stack, {"type": THING, "name": "a", "id": "old-1"}, protect=False)
    assert result.succeeded
    assert stack.recorded()["a"]["id"] == "old-1"
    assert "protect" not in stack.recorded()["a"]
    assert not stack.up('Thing("a", colour="red")').result.has_changes
    again, _ = _import(stack, {"type": THING, "name": "a", "id": "old-1"}, protect=False)
    assert not again.has_changes


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        (
            {"type": THING, "name": "a", "id": "other"},
            "resource 'urn:pulumi:dev::toys::toy:index:Thing::a' already exists",
        ),
        ({"type": THING, "name": "b", "id": "none"}, "resource 'none' does not exist"),
    ],
)
def test_what_cannot_be_imported_leaves_the_rest_of_the_state(
    resource: dict[str, Any], said: str, stack: Stack, cloud: Cloud
) -> None:
    stack.up('Thing("a")')
    before = stack.recorded()
    result, shown = _import(stack, resource)
    assert not result.succeeded
    assert said in shown
    assert stack.recorded() == before
