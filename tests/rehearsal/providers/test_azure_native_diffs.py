"""What azure-native shows as changed, and what it replaces: inputs against inputs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.provider.experimental.provider import PropertyDiffKind

from rehearsal.providers.azure_native.autoname import CREATE_BEFORE_DELETE
from rehearsal.providers.azure_native.diff import differences
from rehearsal.providers.azure_native.resource_type import ResourceType
from rehearsal.providers.azure_native.types import TYPES
from rehearsal.providers.values import UNKNOWN, Properties
from tests.rehearsal.providers.any_inputs import ACCOUNT, GOOD_ACCOUNT, SITE, changes


@given(changes())
def test_nothing_differs_from_itself(change: tuple[ResourceType, Properties, Properties]) -> None:
    type_, one, _ = change
    answer = differences(type_, one, {}, one)
    assert (answer.changes, answer.detailed_diff, answer.replaces, answer.diffs) == (False, {}, [], [])


@given(changes())
def test_a_change_forth_is_a_change_back(change: tuple[ResourceType, Properties, Properties]) -> None:
    type_, one, other = change
    there, back = differences(type_, one, {}, other), differences(type_, other, {}, one)
    assert there.changes == back.changes
    assert {key.partition("[")[0] for key in there.detailed_diff} == {
        key.partition("[")[0] for key in back.detailed_diff
    }


@given(changes())
def test_differences_are_named_and_replacements_are_among_them(
    change: tuple[ResourceType, Properties, Properties],
) -> None:
    type_, one, other = change
    answer = differences(type_, one, {}, other)
    assert answer.changes == bool(answer.detailed_diff)
    assert set(answer.replaces) <= set(answer.detailed_diff)
    assert {re.split(r"[.\[]", key)[0] for key in answer.detailed_diff} == set(answer.diffs)
    assert all(diff.input_diff for diff in answer.detailed_diff.values())
    assert answer.delete_before_replace == bool(answer.replaces)


@given(changes(), st.data())
def test_an_unknown_differs_from_anything_known(
    change: tuple[ResourceType, Properties, Properties], data: st.DataObject
) -> None:
    type_, one, _ = change
    name = data.draw(st.sampled_from(sorted(one)))
    answer = differences(type_, one, {}, {**one, name: UNKNOWN})
    assert answer.detailed_diff[name].kind in (PropertyDiffKind.UPDATE, PropertyDiffKind.UPDATE_REPLACE)


FORCED = {
    "azure-native:resources:ResourceGroup": {"location"},
    "azure-native:storage:StorageAccount": {"location", "isHnsEnabled"},
    "azure-native:storage:BlobContainer": set(),
    "azure-native:web:AppServicePlan": {"location", "reserved", "isXenon", "hyperV"},
    "azure-native:web:WebApp": {"location", "kind", "reserved", "isXenon", "hyperV"},
    "azure-native:web:WebAppApplicationSettings": set(),
    "azure-native:web:WebAppFtpAllowed": set(),
    "azure-native:web:WebAppScmAllowed": set(),
    "azure-native:authorization:RoleAssignment": {"principalId"},
    "azure-native:operationalinsights:Workspace": {"location"},
    "azure-native:applicationinsights:Component": {"location", "applicationType"},
    "azure-native:monitor:DiagnosticSetting": set(),
    "azure-native:storage:BlobServiceProperties": set(),
    "azure-native:authorization:RoleDefinition": set(),
    "azure-native:keyvault:Vault": set(),
    "azure-native:keyvault:Key": set(),
}


@pytest.mark.parametrize("token", sorted(TYPES))
def test_what_cannot_be_changed_in_place_replaces_and_nothing_else(token: str) -> None:
    type_ = TYPES[token]
    for name in (*type_.parameters, *type_.inputs()):
        answer = differences(type_, {name: "old"}, {}, {name: "new"})
        assert bool(answer.replaces) == (name in FORCED[token] or name in type_.parameters), name


def test_names_of_groups_and_locations_are_compared_as_azure_does() -> None:
    old = {"resourceGroupName": "RG-Things", "location": "West Europe"}
    new = {"resourceGroupName": "rg-things", "location": "westeurope"}
    assert not differences(ACCOUNT, old, {}, new).changes


def test_ids_elsewhere_are_compared_letter_by_letter() -> None:
    old, new = {"serverFarmId": "/subscriptions/X"}, {"serverFarmId": "/subscriptions/x"}
    assert differences(SITE, old, {}, new).changes


def test_settings_are_compared_by_name_and_not_by_place() -> None:
    one = {"siteConfig": {"appSettings": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}}
    turned = {"siteConfig": {"appSettings": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]}}
    assert not differences(SITE, one, {}, turned).changes
    changed = {"siteConfig": {"appSettings": [{"name": "B", "value": "3"}, {"name": "A", "value": "1"}]}}
    assert set(differences(SITE, one, {}, changed).detailed_diff) == {"siteConfig.appSettings[0].value"}


def test_an_explicit_name_is_deleted_before_it_is_replaced_and_a_made_up_one_after() -> None:
    old = {**GOOD_ACCOUNT, "location": "northeurope"}
    assert differences(ACCOUNT, old, {}, GOOD_ACCOUNT).delete_before_replace
    made_up = {**old, CREATE_BEFORE_DELETE: True}
    answer = differences(ACCOUNT, made_up, {}, GOOD_ACCOUNT)
    assert (answer.delete_before_replace, answer.replaces) == (False, ["location"])


def test_saying_what_azure_has_already_replaces_nothing() -> None:
    new = {**GOOD_ACCOUNT, "isHnsEnabled": False}
    assert differences(ACCOUNT, GOOD_ACCOUNT, {"isHnsEnabled": False}, new).replaces == []
    assert differences(ACCOUNT, GOOD_ACCOUNT, {"isHnsEnabled": True}, new).replaces == ["isHnsEnabled"]
