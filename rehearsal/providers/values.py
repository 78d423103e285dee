"""Property values: between the wire of Pulumi's provider interface, `PropertyValue`, and plain Python.

`PropertyValue.unmarshal` of the SDK leaves an unknown as the marker string it is on the wire, and `marshal` refuses a
`Computed`. Providers live on unknowns, so this module reads and writes them. The markers are those of
`pulumi/sdk/go/common/resource/plugin/rpc.go` (`UnknownStringValue` and its siblings).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from google.protobuf import struct_pb2
from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.runtime import rpc

UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_MARKERS: Final = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
    }
)


class Unknown:
    """A value that is only known once something has been deployed. There is one: `UNKNOWN`."""

    _only: Unknown | None = None

    def __new__(cls) -> Unknown:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, _memo: object) -> Unknown:
        return self

    def __copy__(self) -> Unknown:
        return self


UNKNOWN: Final = Unknown()

Properties = dict[str, Any]
"""A property bag of plain Python: None, bool, int, float, str, UNKNOWN, and lists and dicts of them."""


def is_known(value: Any) -> bool:
    """Whether there is no unknown in the value, at any depth."""
    if isinstance(value, Unknown):
        return False
    if isinstance(value, Mapping):
        return all(is_known(item) for item in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return all(is_known(item) for item in value)
    return True


def plain(value: PropertyValue) -> Any:
    """The value as plain Python. Secrets lose their mark: neither provider accepts secrets, so the engine takes the
    mark off before it calls and puts it back on what comes out. Whole numbers become `int`, as JSON wants them.

    Raises `ValueError` for an asset, an archive or a resource reference: no property of these packages takes one.
    """
    held = value.value
    if held is None or isinstance(held, bool | str):
        return held
    if isinstance(held, float):
        return int(held) if held.is_integer() else held
    if isinstance(held, Computed):
        return UNKNOWN
    if isinstance(held, Mapping):
        return {key: plain(item) for key, item in held.items()}
    if isinstance(held, Sequence):
        return [plain(item) for item in cast("Sequence[PropertyValue]", held)]
    raise ValueError(f"a property of type {type(held).__name__} is not accepted here")


def plain_map(values: Mapping[str, PropertyValue]) -> Properties:
    """`plain` of every value of a property bag."""
    return {key: plain(value) for key, value in values.items()}


def property_value(value: Any) -> PropertyValue:
    """Plain Python as a `PropertyValue`; the inverse of `plain`. What is one already stays as it is."""
    if isinstance(value, PropertyValue):
        return value
    if isinstance(value, Unknown):
        return PropertyValue.computed()
    if isinstance(value, int) and not isinstance(value, bool):
        return PropertyValue(float(value))
    if isinstance(value, Mapping):
        return PropertyValue({key: property_value(item) for key, item in value.items()})
    if isinstance(value, Sequence) and not isinstance(value, str):
        return PropertyValue([property_value(item) for item in value])
    return PropertyValue(value)


def property_map(values: Mapping[str, Any]) -> dict[str, PropertyValue]:
    """`property_value` of every value of a property bag."""
    return {key: property_value(value) for key, value in values.items()}


def decode(value: struct_pb2.Value) -> PropertyValue:
    """A value off the wire, unknown markers read as `Computed`, at any depth."""
    kind = value.WhichOneof("kind")
    if kind == "string_value" and value.string_value in UNKNOWN_MARKERS:
        return PropertyValue.computed()
    if kind == "list_value":
        return PropertyValue([decode(item) for item in value.list_value.values])
    if kind != "struct_value":
        return PropertyValue.unmarshal(value)
    fields = value.struct_value.fields
    if rpc._special_sig_key not in fields:
        return PropertyValue({key: decode(item) for key, item in fields.items()})
    signature = fields[rpc._special_sig_key].string_value
    if signature == rpc._special_secret_sig:
        return decode(fields["value"]).with_secret(True)
    if signature == rpc._special_output_value_sig:
        inner = decode(fields["value"]) if "value" in fields else PropertyValue.computed()
        return inner.with_secret(inner.is_secret or ("secret" in fields and fields["secret"].bool_value))
    return PropertyValue.unmarshal(value)


def decode_map(values: struct_pb2.Struct) -> dict[str, PropertyValue]:
    """A property bag off the wire."""
    return {key: decode(value) for key, value in values.fields.items()}


def encode(value: PropertyValue) -> struct_pb2.Value:
    """A value for the wire; `Computed` becomes the marker for an unknown string, which stands for any type."""
    held = value.value
    if isinstance(held, Computed):
        wire = struct_pb2.Value(string_value=UNKNOWN_STRING)
    elif isinstance(held, Mapping):
        wire = struct_pb2.Value(struct_value=encode_map(held))
    elif isinstance(held, Sequence) and not isinstance(held, str):
        wire = struct_pb2.Value(list_value=struct_pb2.ListValue(values=[encode(item) for item in held]))
    else:
        wire = PropertyValue(held).marshal()
    if not value.is_secret:
        return wire
    mark = struct_pb2.Value(string_value=rpc._special_secret_sig)
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields={rpc._special_sig_key: mark, "value": wire}))


def encode_map(values: Mapping[str, PropertyValue]) -> struct_pb2.Struct:
    """A property bag for the wire."""
    return struct_pb2.Struct(fields={key: encode(value) for key, value in values.items()})
