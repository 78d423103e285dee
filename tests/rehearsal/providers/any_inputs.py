"""Any inputs for any azure-native type, for properties that must hold for all of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from rehearsal.providers.azure_native.resource_type import ResourceType
from rehearsal.providers.azure_native.shape import Kind, Property
from rehearsal.providers.azure_native.types import TYPES
from rehearsal.providers.values import Properties

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
