"""The rules of the azuread provider for any inputs: check, plan and diff as pure functions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.azuread.check import checked, failures
from rehearsal.providers.azuread.diff import differences
from rehearsal.providers.azuread.plan import nothing, planned
from rehearsal.providers.azuread.provider import RESOURCES
from rehearsal.providers.azuread.schema import Attribute, Kind, Schema, Use
from rehearsal.providers.azuread.sets import in_order
from rehearsal.providers.values import UNKNOWN, Properties

TEXTS = st.sampled_from(["a", "b", "Things.Read.All", "6f1b2e0c-4a4e-4b65-9b55-0f6f1c7f0a01"])


def values(attribute: Attribute) -> st.SearchStrategy[Any]:
    if attribute.fields:
        fields = inputs(attribute.fields)
        return fields if attribute.single else st.lists(fields, max_size=3, unique_by=repr)
    scalar = {Kind.BOOL: st.booleans(), Kind.INT: st.integers(1, 2)}.get(attribute.kind, TEXTS)
    return st.lists(scalar, max_size=3, unique=True) if attribute.collection else scalar


def inputs(schema: Schema) -> st.SearchStrategy[Properties]:
    """Whatever a program might give, values it must give always."""
    configurable = {name: attribute for name, attribute in schema.items() if attribute.configurable}
    # What is not given of an optional and computed attribute is kept, so it is always given: keeping is tested apart.
    always = {name for name, each in configurable.items() if each.use in (Use.REQUIRED, Use.KEPT)}
    return st.fixed_dictionaries(
        {name: values(configurable[name]) for name in sorted(always)},
        optional={name: values(each) for name, each in configurable.items() if name not in always},
    )


CHANGES = {
    name: st.tuples(st.just(kind.schema), inputs(kind.schema), inputs(kind.schema))
    for name, kind in sorted(RESOURCES.items())
}


def resources() -> st.SearchStrategy[tuple[Schema, Properties, Properties]]:
    """A schema and two sets of inputs for it."""
    return st.sampled_from(list(CHANGES)).flatmap(CHANGES.__getitem__)


def deployed(schema: Schema, given_inputs: Properties) -> Properties:
    """The state after a service did as it was asked, and gave what it computes a value of its own."""

    def settled(attribute: Attribute, value: Any) -> Any:
        if value is UNKNOWN:
            return [] if attribute.collection else {} if attribute.kind is Kind.MAP else "made by the service"
        if value is None and attribute.single and attribute.fields:
            # Nobody asked for the block, and the service has it all the same, with what it holds by default.
            return {name: settled(each, each.default or nothing(each)) for name, each in attribute.fields.items()}
        return value

    plan = planned(schema, None, checked(schema, given_inputs))
    return {name: settled(attribute, plan[name]) for name, attribute in schema.items()}


@given(resources())
def test_nothing_differs_from_what_was_deployed(resource: tuple[Schema, Properties, Properties]) -> None:
    schema, one, _ = resource
    state, goal = deployed(schema, one), checked(schema, one)
    plan = planned(schema, state, goal)
    answer = differences(schema, state, plan, goal)
    assert (answer.changes, answer.detailed_diff, answer.replaces) == (False, {}, [])
    assert plan == state


@given(resources())
def test_a_change_forth_is_a_change_back(resource: tuple[Schema, Properties, Properties]) -> None:
    schema, one, other = resource

    def changes(before: Properties, after: Properties) -> bool | None:
        state, goal = deployed(schema, before), checked(schema, after)
        return differences(schema, state, planned(schema, state, goal), goal).changes

    assert changes(one, other) == changes(other, one)


@given(resources())
def test_a_detailed_difference_is_shown_exactly_when_something_changes(
    resource: tuple[Schema, Properties, Properties],
) -> None:
    schema, one, other = resource
    state, goal = deployed(schema, one), checked(schema, other)
    answer = differences(schema, state, planned(schema, state, goal), goal)
    assert bool(answer.detailed_diff) == answer.changes
    assert {key.partition(".")[0].partition("[")[0] for key in answer.detailed_diff} == set(answer.diffs)


@given(resources())
def test_checking_again_changes_no_value(resource: tuple[Schema, Properties, Properties]) -> None:
    schema, one, _ = resource
    once = checked(schema, one)
    assert without_marks(checked(schema, once)) == without_marks(once)


@given(resources())
def test_a_preview_knows_nothing_that_neither_the_program_nor_a_default_said(
    resource: tuple[Schema, Properties, Properties],
) -> None:
    schema, one, _ = resource
    goal = checked(schema, one)
    for name, value in planned(schema, None, goal).items():
        attribute = schema[name]
        if name in one:
            assert value in (UNKNOWN, None) or leaves(value) <= leaves(goal[name]) | zeros(), name
        elif attribute.default is not None:
            assert value == attribute.default, name
        else:
            assert value is UNKNOWN if attribute.computed else not value, name


@given(resources(), st.data())
def test_what_is_unknown_stays_unknown(resource: tuple[Schema, Properties, Properties], data: st.DataObject) -> None:
    schema, one, _ = resource
    name = data.draw(st.sampled_from(sorted(one)))
    goal = checked(schema, {**one, name: UNKNOWN})
    assert failures({name: schema[name]}, "it", {name: goal[name]}) == []
    assert planned(schema, None, goal)[name] is UNKNOWN
    state = deployed(schema, one)
    plan = planned(schema, state, goal)
    assert plan[name] is UNKNOWN
    assert name in differences(schema, state, plan, goal).diffs


@pytest.mark.parametrize("type_name", sorted(RESOURCES))
def test_only_what_is_forced_replaces(type_name: str) -> None:
    credential = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"
    forced = {
        credential: {"applicationId", "displayName"},
        "azuread:index/application:Application": {"templateId"},
        "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri": {"applicationId", "identifierUri"},
        "azuread:index/applicationPassword:ApplicationPassword": {
            "applicationId",
            "displayName",
            "endDate",
            "endDateRelative",
            "rotateWhenChanged",
            "startDate",
        },
        "azuread:index/servicePrincipal:ServicePrincipal": {"clientId"},
        "azuread:index/appRoleAssignment:AppRoleAssignment": {"appRoleId", "principalObjectId", "resourceObjectId"},
    }
    schema = RESOURCES[type_name].schema
    assert {name for name, attribute in schema.items() if attribute.force_new} == forced[type_name]


@given(st.permutations(["Things.Write.All", "Things.Read.All", "Others.Read.All"]))
def test_a_set_is_shown_in_one_order_however_it_is_written(written: list[str]) -> None:
    schema = RESOURCES["azuread:index/application:Application"].schema
    roles = [
        {
            "allowedMemberTypes": ["Application"],
            "description": value,
            "displayName": value,
            "enabled": True,
            "id": value,
            "value": value,
        }
        for value in written
    ]
    shown = [role["value"] for role in in_order(schema["appRoles"], roles)]
    assert shown == ["Others.Read.All", "Things.Read.All", "Things.Write.All"]


def leaves(value: Any) -> set[Any]:
    if isinstance(value, dict):
        return {leaf for name, each in value.items() if name != "__defaults" for leaf in leaves(each)}
    if isinstance(value, list):
        return {leaf for each in value for leaf in leaves(each)}
    return {value}


def zeros() -> set[Any]:
    """What stands for nothing inside a block."""
    return {None, "", False}


def without_marks(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_marks(each) for name, each in value.items() if name != "__defaults"}
    return [without_marks(each) for each in value] if isinstance(value, list) else value
