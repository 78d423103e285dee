"""Request bodies of resources: the envelope that every resource shares.

`location`, `tags`, `kind`, `sku`, `identity` and `properties` are Resource Manager's; what is inside `properties` is
the resource provider's business (Azure/azure-resource-manager-rpc, "Resource Definition").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.azure.arm import locations
from rehearsal.azure.arm.resource_types import ResourceType
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Request

_STRINGS = ("location", "kind", "managedBy", "id", "name", "type", "etag")
_OBJECTS = ("tags", "sku", "identity", "properties", "plan", "extendedLocation", "placement", "systemData")
_MEMBERS = {name.lower(): name for name in (*_STRINGS, *_OBJECTS, "zones")}


@dataclass(frozen=True)
class Content:
    """A resource as sent. `given` names the members that were in the body with a value; property names keep the
    caller's casing.
    """

    location: str = ""
    kind: str | None = None
    managed_by: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    sku: Mapping[str, Any] = field(default_factory=dict)
    identity: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    given: frozenset[str] = frozenset()


def read(request: Request) -> Content:
    """The body of a PUT or PATCH. Raises 400 `InvalidRequestContent` for anything but a resource's envelope."""
    members = _members(request.body)
    return Content(
        location=members.get("location", ""),
        kind=members.get("kind"),
        managed_by=members.get("managedBy"),
        tags=_tags(members.get("tags", {})),
        sku=members.get("sku", {}),
        identity=members.get("identity", {}),
        properties=members.get("properties", {}),
        given=frozenset(members),
    )


def properties(request: Request) -> Mapping[str, Any]:
    """Only the `properties` of a body, for resources that have nothing else."""
    return read(request).properties if request.body is not None else {}


def member(mapping: Mapping[str, Any], name: str) -> Any:
    """A member by name without regard to case, as resource providers read JSON; None when absent."""
    if name in mapping:
        return mapping[name]
    return next((value for key, value in mapping.items() if key.lower() == name.lower()), None)


def check_region(content: Content, resource_type: ResourceType, existing: Mapping[str, Any] | None, name: str) -> str:
    """The region of a resource that is written, normalised.

    Raises 400 `LocationRequired` or `LocationNotAvailableForResourceType`, 409 `InvalidResourceLocation` when the
    resource exists elsewhere (Azure documentation, "Resolve errors for resource not available", "already exists").
    """
    if not content.location:
        if existing is not None:
            return str(existing["location"])
        raise ArmError(400, "LocationRequired", "The location property is required for this definition.")
    region = locations.find(content.location)
    if region is None:
        offered = ",".join(place.name for place in resource_type.regions)
        raise ArmError(
            400,
            "LocationNotAvailableForResourceType",
            f"The provided location '{content.location}' is not available for resource type "
            f"'{resource_type.full_name}'. List of available regions for the resource type is '{offered}'.",
        )
    if existing is not None and existing["location"] != region.name:
        group = existing["id"].split("/")[4]
        raise ArmError(
            409,
            "InvalidResourceLocation",
            f"The resource '{name}' already exists in location '{existing['location']}' in resource group '{group}'. "
            f"A resource with the same name cannot be created in location '{content.location}'. "
            "Please select a new resource name.",
        )
    return region.name


def _members(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise _invalid(f"Error converting value {_shown(body)} to type 'ResourceDefinition'.")
    members: dict[str, Any] = {}
    for key, value in body.items():
        name = _MEMBERS.get(key.lower())
        if name is None:
            # The words of Azure/azure-sdk-for-net#26496.
            raise _invalid(f"Could not find member '{key}' on object of type 'ResourceDefinition'. Path '{key}'.")
        if value is None:
            continue
        expected = str if name in _STRINGS else dict if name in _OBJECTS else list
        if not isinstance(value, expected):
            raise _invalid(f"Error converting value {_shown(value)} to type '{_CLR[expected]}'. Path '{key}'.")
        members[name] = value
    return members


_CLR = {str: "System.String", dict: "Newtonsoft.Json.Linq.JObject", list: "System.String[]"}


def _tags(tags: Mapping[str, Any]) -> dict[str, str]:
    for name, value in tags.items():
        if not isinstance(value, str):
            raise _invalid(f"Error converting value {_shown(value)} to type 'System.String'. Path 'tags.{name}'.")
    return dict(tags)


def _shown(value: Any) -> str:
    return {type(None): "{null}", dict: "{object}", list: "{array}"}.get(type(value), repr(value)[:80])


def _invalid(reason: str) -> ArmError:
    text = f"The request content was invalid and could not be deserialized: '{reason}'."
    return ArmError(400, "InvalidRequestContent", text)
