"""azure-native between the SDK's properties and Resource Manager's: bodies, outputs, previews, ids, imports."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rehearsal.providers.azure_native.autoname import CREATE_BEFORE_DELETE
from rehearsal.providers.azure_native.body import (
    imported_inputs,
    outputs_of,
    previewed_outputs,
    refreshed_inputs,
    request_body,
)
from rehearsal.providers.azure_native.resource_type import ResourceType
from rehearsal.providers.azure_native.shape import Kind, Property
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.values import UNKNOWN, Properties
from tests.rehearsal.providers.any_inputs import (
    ACCOUNT,
    CONTAINER,
    GOOD_ACCOUNT,
    GROUP,
    ROLE_ASSIGNMENT,
    SETTINGS,
    SITE,
    changes,
)


@given(changes(), st.data())
def test_what_is_unknown_stays_unknown_in_a_preview(
    change: tuple[ResourceType, Properties, Properties], data: st.DataObject
) -> None:
    type_, one, _ = change
    name = data.draw(st.sampled_from(sorted(one)))
    previewed = previewed_outputs(type_, {**one, name: UNKNOWN}, None)
    assert name not in previewed or previewed[name] is UNKNOWN


@given(changes())
def test_a_preview_knows_the_inputs_and_of_an_update_name_and_location(
    change: tuple[ResourceType, Properties, Properties],
) -> None:
    type_, one, _ = change
    created = previewed_outputs(type_, one, None)
    for name, known in created.items():
        if known is not UNKNOWN:
            assert name in one, f"{name} is known, though no input says so"
    old = {"name": "the name", "location": "the location", "principalId": "computed", "id": "not an output"}
    updated = previewed_outputs(type_, one, old)
    assert updated == {
        **created,
        **{name: old[name] for name in ("name", "location") if name in type_.shape},
    }


@given(changes())
def test_what_is_written_and_read_again_is_what_was_given(change: tuple[ResourceType, Properties, Properties]) -> None:
    """Azure told nothing but what it was told: every output then is an input, under its own name."""
    type_, one, _ = change
    # What a key is told in `properties`, it tells beside them.
    assume(type_.token != "azure-native:keyvault:Key")
    read = outputs_of(type_, request_body(type_, one))
    told = {name for name, each in type_.inputs().items() if each.output}
    for name in told & one.keys():
        assert read.get(name) == visible(type_.inputs()[name], one[name])
    assert read.keys() <= told


def visible(property_: Property, given_value: Any) -> Any:
    if property_.kind is Kind.OBJECT:
        return {
            name: visible(property_.members[name], each)
            for name, each in given_value.items()
            if property_.members[name].output
        }
    if property_.kind is Kind.OBJECTS:
        return [visible(Property(Kind.OBJECT, members=property_.members), each) for each in given_value]
    return given_value


@given(changes())
def test_a_refresh_keeps_inputs_that_azure_did_not_change(change: tuple[ResourceType, Properties, Properties]) -> None:
    type_, one, other = change
    state = outputs_of(type_, request_body(type_, other))
    assert refreshed_inputs(type_, one, state, state) == one


def test_a_refresh_takes_over_what_changed_in_azure_and_not_what_azure_filled_in() -> None:
    before = {"minimumTlsVersion": "TLS1_2", "accessTier": "Hot", "networkRuleSet": {"defaultAction": "Allow"}}
    now = {"minimumTlsVersion": "TLS1_0", "accessTier": "Hot", "networkRuleSet": {"defaultAction": "Deny"}}
    refreshed = refreshed_inputs(ACCOUNT, {**GOOD_ACCOUNT, "minimumTlsVersion": "TLS1_2"}, before, now)
    assert refreshed == {
        **GOOD_ACCOUNT,
        "minimumTlsVersion": "TLS1_0",
        "networkRuleSet": {"defaultAction": "Deny"},
    }


def test_properties_go_where_resource_manager_has_them() -> None:
    inputs = {
        **GOOD_ACCOUNT,
        "enableHttpsTrafficOnly": True,
        "networkRuleSet": {"defaultAction": "Deny", "ipRules": [{"iPAddressOrRange": "1.2.3.4"}]},
        "azureApiVersion": "2024-01-01",
        CREATE_BEFORE_DELETE: True,
    }
    assert request_body(ACCOUNT, inputs) == {
        "kind": "StorageV2",
        "location": "westeurope",
        "sku": {"name": "Standard_LRS"},
        "properties": {
            "supportsHttpsTrafficOnly": True,
            "networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "1.2.3.4"}]},
        },
    }
    assert request_body(SETTINGS, {"name": "s", "properties": {"A": "1"}}) == {"properties": {"A": "1"}}


def test_what_is_null_is_no_output_and_inputs_alone_are_none() -> None:
    site = {
        "name": "s",
        "properties": {
            "httpsOnly": True,
            "usageState": None,
            "siteConfig": {"appSettings": [], "minTlsVersion": "1.2"},
        },
    }
    assert outputs_of(SITE, site) == {"name": "s", "httpsOnly": True, "siteConfig": {"minTlsVersion": "1.2"}}


def test_an_identity_is_unknown_in_a_preview_beside_its_type() -> None:
    inputs = {"resourceGroupName": "rg", "name": "s", "location": "x", "identity": {"type": "SystemAssigned"}}
    previewed = previewed_outputs(SITE, inputs, {"identity": {"type": "SystemAssigned", "principalId": "known"}})
    assert previewed["identity"] == {"type": "SystemAssigned", "principalId": UNKNOWN, "tenantId": UNKNOWN}
    assert previewed["name"] == "s"
    assert previewed["defaultHostName"] is UNKNOWN


class TestIds:
    def test_parameters_become_a_path_and_a_path_parameters(self) -> None:
        inputs = {"resourceGroupName": "rg (1)", "accountName": "stthings", "containerName": "app-package"}
        path = CONTAINER.id_of(inputs, "sub")
        assert path == (
            "/subscriptions/sub/resourceGroups/rg%20%281%29/providers/Microsoft.Storage/storageAccounts/stthings"
            "/blobServices/default/containers/app-package"
        )
        assert CONTAINER.parameters_of(path.replace("resourceGroups", "RESOURCEGROUPS")) == inputs

    def test_a_scope_is_itself_a_path(self) -> None:
        scope = "/subscriptions/sub/resourceGroups/rg"
        path = ROLE_ASSIGNMENT.id_of({"scope": scope, "roleAssignmentName": "n"}, "ignored")
        assert path == f"{scope}/providers/Microsoft.Authorization/roleAssignments/n"
        assert ROLE_ASSIGNMENT.parameters_of(path) == {"scope": scope[1:], "roleAssignmentName": "n"}

    def test_an_id_of_another_type_is_refused(self) -> None:
        with pytest.raises(ProviderError) as refused:
            GROUP.parameters_of("/subscriptions/sub")
        assert str(refused.value) == (
            "failed to parse '/subscriptions/sub' against the path "
            "'/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}'"
        )


def test_what_is_imported_says_nothing_that_is_empty() -> None:
    read = {
        "kind": "StorageV2",
        "location": "westeurope",
        "sku": {"name": "Standard_LRS", "tier": "Standard"},
        "tags": {},
        "networkRuleSet": {"defaultAction": "Allow", "ipRules": []},
        "allowBlobPublicAccess": False,
        "primaryLocation": "westeurope",
    }
    assert imported_inputs(ACCOUNT, ACCOUNT.id_of(GOOD_ACCOUNT, "sub"), read) == {
        **GOOD_ACCOUNT,
        "networkRuleSet": {"defaultAction": "Allow"},
        "allowBlobPublicAccess": False,
    }
