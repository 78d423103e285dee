"""Microsoft.Resources (REST API specifications, resource-manager/Microsoft.Resources, 2024-03-01)."""

from __future__ import annotations

from typing import Final

from rehearsal.providers.azure_native.resource_type import ResourceType
from rehearsal.providers.azure_native.shape import MAP, TEXT, Property, force_new, object_of, read_only, required, top
from rehearsal.providers.azure_native.shape import Kind as _Kind

RESOURCE_GROUP: Final = ResourceType(
    token="azure-native:resources:ResourceGroup",  # noqa: S106 (a type token)
    api_version="2024-03-01",
    path="/subscriptions/{subscriptionId}/resourcegroups/{resourceGroupName}",
    name_rule=Property(_Kind.TEXT, least=1, most=90, pattern=r"^[-\w\._\(\)]+$"),
    properties={
        "location": required(force_new(top(TEXT))),
        "tags": top(MAP),
        "managedBy": top(TEXT),
        "properties": read_only(top(object_of(provisioningState=TEXT))),
    },
)
