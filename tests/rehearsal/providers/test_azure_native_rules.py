"""The rules that all azure-native types share, as pure functions: names, faults, bodies, differences, previews."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.provider.experimental.provider import PropertyDiffKind

from rehearsal.providers.azure_native.autoname import CREATE_BEFORE_DELETE, name_in
from rehearsal.providers.azure_native.body import (
    imported_inputs,
    outputs_of,
    previewed_outputs,
    refreshed_inputs,
    request_body,
    without_nulls,
)
from rehearsal.providers.azure_native.check import faults
from rehearsal.providers.azure_native.diff import differences
from rehearsal.providers.azure_native.resource_type import Naming, ResourceType
from rehearsal.providers.azure_native.shape import Kind, Property
from rehearsal.providers.azure_native.types import TYPES
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.requests import Autonaming
from rehearsal.providers.values import UNKNOWN, Properties

GROUP = TYPES["azure-native:resources:ResourceGroup"]
ACCOUNT = TYPES["azure-native:storage:StorageAccount"]
CONTAINER = TYPES["azure-native:storage:BlobContainer"]
PLAN = TYPES["azure-native:web:AppServicePlan"]
SITE = TYPES["azure-native:web:WebApp"]
SETTINGS = TYPES["azure-native:web:WebAppApplicationSettings"]
ROLE_ASSIGNMENT = TYPES["azure-native:authorization:RoleAssignment"]

GOOD_ACCOUNT: Properties = {
    "resourceGroupName": "rg",
    "accountName": "stthings",
    "location": "westeurope",
    "kind": "StorageV2",
    "sku": {"name": "Standard_LRS"},
}


MISSING_LOCATION = (
    "missing required property 'location'. Either set it explicitly or configure it with "
    "'pulumi config set azure-native:location <value>'."
)
ONLY_ITS_OWN_VERSION = (
    "'azureApiVersion' is '2020-01-01', but the rehearsal's azure-native provider has "
    "azure-native:resources:ResourceGroup in version 2024-03-01 only"
)


def no_input(path: str, owner: str) -> str:
    return f"'{path}' is no input of {owner} that the rehearsal's azure-native provider knows"


def members(shape: dict[str, Property]) -> st.SearchStrategy[Properties]:
    given_ones = {name: value(each) for name, each in shape.items() if each.input}
    always = {name for name in given_ones if shape[name].required}
    return st.fixed_dictionaries(
        {name: given_ones[name] for name in sorted(always)},
        optional={name: each for name, each in given_ones.items() if name not in always},
    )


def value(property_: Property) -> st.SearchStrategy[Any]:
    texts = st.sampled_from(["a", "b"])
    return {
        Kind.TEXT: texts,
        Kind.NUMBER: st.integers(0, 2),
        Kind.INTEGER: st.integers(0, 2),
        Kind.BOOLEAN: st.booleans(),
        Kind.LIST: st.lists(texts, max_size=2),
        Kind.MAP: st.dictionaries(texts, texts),
        Kind.ANYTHING: texts,
        Kind.OBJECT: members(dict(property_.members)) if property_.kind is Kind.OBJECT else st.nothing(),
        Kind.OBJECTS: st.lists(members(dict(property_.members)), max_size=3)
        if property_.kind is Kind.OBJECTS
        else st.nothing(),
    }[property_.kind]


def inputs_for(type_: ResourceType) -> st.SearchStrategy[Properties]:
    parameters = st.fixed_dictionaries({name: st.sampled_from(["one", "two"]) for name in type_.parameters})
    return st.tuples(parameters, members(dict(type_.inputs()))).map(lambda parts: {**parts[0], **parts[1]})


CHANGES = {
    token: st.tuples(st.just(type_), inputs_for(type_), inputs_for(type_)) for token, type_ in sorted(TYPES.items())
}


def changes() -> st.SearchStrategy[tuple[ResourceType, Properties, Properties]]:
    """A type and two sets of inputs for it."""
    return st.sampled_from(list(CHANGES)).flatmap(CHANGES.__getitem__)


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
def test_an_unknown_differs_and_stays_unknown(
    change: tuple[ResourceType, Properties, Properties], data: st.DataObject
) -> None:
    type_, one, _ = change
    name = data.draw(st.sampled_from(sorted(one)))
    answer = differences(type_, one, {}, {**one, name: UNKNOWN})
    assert answer.detailed_diff[name].kind in (PropertyDiffKind.UPDATE, PropertyDiffKind.UPDATE_REPLACE)
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


class TestNames:
    def named(self, naming: Naming, *, old: Properties | None = None, **options: Any) -> Properties:
        settings: dict[str, Any] = {"logical_name": "things", "seed": b"seed", "autonaming": None, **options}
        return name_in({}, old or {}, parameter="accountName", naming=naming, **settings)

    def test_a_name_of_its_own_is_the_logical_one_and_eight_digits(self) -> None:
        added = self.named(Naming.RANDOM)
        assert re.fullmatch("things[0-9a-f]{8}", added["accountName"])
        assert added[CREATE_BEFORE_DELETE] is True
        assert self.named(Naming.RANDOM) == added, "the engine's seed decides"
        assert self.named(Naming.RANDOM, seed=b"another") != added

    def test_a_role_assignment_is_named_by_a_uuid(self) -> None:
        added = self.named(Naming.UUID)
        assert str(uuid.UUID(added["accountName"])) == added["accountName"]

    def test_a_child_is_named_as_the_program_names_it(self) -> None:
        assert self.named(Naming.COPY) == {"accountName": "things"}, "and is deleted before it is replaced"

    def test_a_name_once_given_is_kept(self) -> None:
        assert self.named(Naming.RANDOM, old={"accountName": "first"}) == {"accountName": "first"}
        kept = {"accountName": "first", CREATE_BEFORE_DELETE: True}
        assert self.named(Naming.RANDOM, old=kept) == kept

    @pytest.mark.parametrize(
        ("mode", "naming", "name"),
        [
            ("PROPOSE", Naming.RANDOM, "proposed"),
            ("PROPOSE", Naming.COPY, "proposed"),
            ("ENFORCE", Naming.UUID, "proposed"),
            ("DISABLE", Naming.RANDOM, None),
        ],
    )
    def test_the_engine_may_have_its_own_mind_about_names(self, mode: str, naming: Naming, name: str | None) -> None:
        added = self.named(naming, autonaming=Autonaming("proposed", mode))
        assert added == ({} if name is None else {"accountName": name, CREATE_BEFORE_DELETE: True})

    def test_a_proposed_name_is_none_for_a_role_assignment(self) -> None:
        added = self.named(Naming.UUID, autonaming=Autonaming("proposed", "PROPOSE"))
        assert added == self.named(Naming.UUID)


@pytest.mark.parametrize(
    ("type_", "inputs", "found"),
    [
        (ACCOUNT, GOOD_ACCOUNT, []),
        (
            ACCOUNT,
            {"resourceGroupName": "rg", "accountName": "x"},
            [
                "'accountName' is too short (1): at least 3 characters required",
                "missing required property 'sku'",
                "missing required property 'kind'",
                MISSING_LOCATION,
            ],
        ),
        (
            ACCOUNT,
            {**GOOD_ACCOUNT, "accountName": "Things-and-all-the-others"},
            [
                "'accountName' is too long (25): at most 24 characters allowed",
                "'accountName' does not match expression '^[a-z0-9]+$'",
            ],
        ),
        (ACCOUNT, {**GOOD_ACCOUNT, "sku": {}}, ["missing required property 'sku.name'"]),
        (
            ACCOUNT,
            {**GOOD_ACCOUNT, "minimumTlsVersion": 1.2, "kind": ["StorageV2"]},
            [
                "'kind' should be of type 'string' but got an array",
                "'minimumTlsVersion' should be of type 'string' but got a number",
            ],
        ),
        (
            PLAN,
            {"resourceGroupName": "rg", "name": "p", "location": "x", "sku": {"capacity": 1.5}},
            ["'sku.capacity' must be an integer but got 1.500000"],
        ),
        (
            PLAN,
            {"resourceGroupName": "rg", "name": "p", "location": "x", "sku": {"capacity": "one"}},
            ["'sku.capacity' should be of type 'integer' but got a string"],
        ),
        (ACCOUNT, {**GOOD_ACCOUNT, "sku": UNKNOWN, "accountName": UNKNOWN}, []),
        (
            ACCOUNT,
            {**GOOD_ACCOUNT, "minTlsVersion": "TLS1_2"},
            [no_input("minTlsVersion", "azure-native:storage:StorageAccount")],
        ),
        (
            SITE,
            {
                "resourceGroupName": "rg",
                "name": "s",
                "location": "x",
                "siteConfig": {"ipSecurityRestrictions": [{"name": "a"}, {"name": "b", "prio": 1}]},
            },
            [no_input("siteConfig.ipSecurityRestrictions[1].prio", "'siteConfig.ipSecurityRestrictions'")],
        ),
        (
            GROUP,
            {"resourceGroupName": "rg", "location": "x", "properties": {"provisioningState": "Succeeded"}},
            [no_input("properties", "azure-native:resources:ResourceGroup")],
        ),
        (
            GROUP,
            {"resourceGroupName": "rg", "location": "x", "azureApiVersion": "2020-01-01"},
            [ONLY_ITS_OWN_VERSION],
        ),
        (
            GROUP,
            {"resourceGroupName": "rg", "location": "x", "subscriptionId": "another"},
            [no_input("subscriptionId", "azure-native:resources:ResourceGroup")],
        ),
    ],
)
def test_every_fault_is_found_at_once(type_: ResourceType, inputs: Properties, found: list[str]) -> None:
    assert faults(type_, inputs) == found


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


def test_nulls_of_a_program_are_nothing_at_any_depth() -> None:
    assert without_nulls({"a": None, "b": {"c": None, "d": [{"e": None}, 1]}}) == {"b": {"d": [{}, 1]}}


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
