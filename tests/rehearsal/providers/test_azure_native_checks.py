"""What azure-native's Check adds to inputs, and finds wrong with them."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest

from rehearsal.providers.azure_native.autoname import CREATE_BEFORE_DELETE, name_in
from rehearsal.providers.azure_native.body import without_nulls
from rehearsal.providers.azure_native.check import faults
from rehearsal.providers.azure_native.resource_type import Naming, ResourceType
from rehearsal.providers.requests import Autonaming
from rehearsal.providers.values import UNKNOWN, Properties
from tests.rehearsal.providers.any_inputs import ACCOUNT, GOOD_ACCOUNT, GROUP, PLAN, SITE

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


def test_nulls_of_a_program_are_nothing_at_any_depth() -> None:
    assert without_nulls({"a": None, "b": {"c": None, "d": [{"e": None}, 1]}}) == {"b": {"d": [{}, 1]}}
