"""Property values as protobuf structs (pulumi/pulumi, sdk/go/common/resource/plugin/rpc.go)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from google.protobuf import struct_pb2

from rehearsal.engine.values import (
    ARCHIVE,
    ASSET,
    OUTPUT,
    REFERENCE,
    SECRET,
    SIGNATURE,
    UNKNOWNS,
    Archive,
    Asset,
    Output,
    Properties,
    Reference,
    Secret,
    Unknown,
    Value,
)

_KINDS = {text: kind for kind, text in UNKNOWNS.items()}
Hash = Callable[[Asset | Archive], Asset | Archive]


class WireError(ValueError):
    """A value on the wire that isn't in Pulumi's format."""


def to_struct(
    properties: Properties, *, unknowns: bool = True, secrets: bool = True, outputs: bool = False, contents: bool = True
) -> struct_pb2.Struct:
    """Write properties for the wire.

    `unknowns`: False leaves them out; `secrets`: False writes them in clear, for providers that know none;
    `outputs`: False writes what they stand for; `contents`: False writes only the hash of assets.
    """
    writer = _Writer(unknowns, secrets, outputs, contents)
    struct = struct_pb2.Struct()
    writer.fields(struct, properties.items())
    return struct


class _Writer:
    def __init__(self, unknowns: bool, secrets: bool, outputs: bool, contents: bool) -> None:
        self.unknowns, self.secrets, self.outputs, self.contents = unknowns, secrets, outputs, contents

    def fields(self, struct: struct_pb2.Struct, items: Iterable[tuple[str, Value]]) -> None:
        for key, value in items:
            written = self.value(value)
            if written is not None:
                struct.fields[key].CopyFrom(written)

    def value(self, value: Value) -> struct_pb2.Value | None:
        if value is None:
            return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
        if isinstance(value, bool):
            return struct_pb2.Value(bool_value=value)
        if isinstance(value, (int, float)):
            return struct_pb2.Value(number_value=value)
        if isinstance(value, str):
            return struct_pb2.Value(string_value=value)
        if isinstance(value, (list, tuple)):
            elements = [written for element in value if (written := self.value(element)) is not None]
            return struct_pb2.Value(list_value=struct_pb2.ListValue(values=elements))
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, Unknown):
            return struct_pb2.Value(string_value=UNKNOWNS[value.kind]) if self.unknowns else None
        if isinstance(value, Secret):
            if not self.secrets:
                return self.value(value.element)
            return self._object({SIGNATURE: SECRET, "value": value.element})
        if isinstance(value, (Asset, Archive)):
            return self._content(value)
        if isinstance(value, Reference):
            return self._reference(value)
        if isinstance(value, Output):
            return self._output(value)
        raise WireError(f"{type(value).__name__} is no property value")

    def _object(self, value: Properties) -> struct_pb2.Value:
        written = struct_pb2.Value()
        written.struct_value.SetInParent()
        self.fields(written.struct_value, value.items())
        return written

    def _content(self, value: Asset | Archive) -> struct_pb2.Value:
        content = dict(value.content) if self.contents else {k: v for k, v in value.content.items() if k == "hash"}
        return self._object({SIGNATURE: ASSET if isinstance(value, Asset) else ARCHIVE, **content})

    def _reference(self, value: Reference) -> struct_pb2.Value:
        fields: Properties = {SIGNATURE: REFERENCE, "urn": value.urn}
        if value.id is not None:
            fields["id"] = "" if isinstance(value.id, Unknown) else value.id
        if value.version:
            fields["packageVersion"] = value.version
        return self._object(fields)

    def _output(self, value: Output) -> struct_pb2.Value | None:
        if not self.outputs:
            element = value.element if value.known else Unknown()
            return self.value(Secret(element) if value.secret else element)
        fields: Properties = {SIGNATURE: OUTPUT}
        if value.known:
            fields["value"] = value.element
        if value.secret:
            fields["secret"] = True
        if value.dependencies:
            fields["dependencies"] = list(value.dependencies)
        return self._object(fields)


def from_struct(struct: struct_pb2.Struct, *, outputs: bool = False, hashed: Hash | None = None) -> Properties:
    """Read properties off the wire.

    `outputs`: keep them with their dependencies, else read what they stand for; `hashed`: completes assets and archives
    that came without a hash.

    Raises WireError for anything that isn't in Pulumi's format.
    """
    return {key: from_value(value, outputs=outputs, hashed=hashed) for key, value in sorted(struct.fields.items())}


def from_value(value: struct_pb2.Value, *, outputs: bool = False, hashed: Hash | None = None) -> Value:
    """Read one value; see `from_struct`."""
    match value.WhichOneof("kind"):
        case "bool_value":
            return value.bool_value
        case "number_value":
            return _number(value.number_value)
        case "string_value":
            kind = _KINDS.get(value.string_value)
            return Unknown(kind) if kind else value.string_value
        case "list_value":
            return [from_value(element, outputs=outputs, hashed=hashed) for element in value.list_value.values]
        case "struct_value":
            fields = from_struct(value.struct_value, outputs=outputs, hashed=hashed)
            return _signed(fields, outputs, hashed) if SIGNATURE in fields else fields
        case _:
            return None


def _number(number: float) -> int | float:
    return int(number) if math.isfinite(number) and number.is_integer() and abs(number) < 2**53 else number


def _signed(fields: Properties, outputs: bool, hashed: Hash | None) -> Value:
    signature = fields.pop(SIGNATURE)
    if signature == SECRET:
        return Secret(_required(fields, "value", "secret"))
    if signature == OUTPUT:
        return _read_output(fields, keep=outputs)
    if signature == REFERENCE:
        id_ = fields.get("id")
        known = Unknown() if id_ == "" or isinstance(id_, Output) else id_
        return Reference(_required(fields, "urn", "resource reference"), known, fields.get("packageVersion", ""))
    if signature in (ASSET, ARCHIVE):
        content = {key: value for key, value in fields.items() if value not in ("", None)}
        found = Asset(content) if signature == ASSET else Archive(content)
        return hashed(found) if hashed else found
    raise WireError(f"unrecognized signature {signature!r} in a property")


def _read_output(fields: Properties, *, keep: bool) -> Value:
    known, secret = "value" in fields, bool(fields.get("secret", False))
    element: Any = fields.get("value")
    if keep:
        return Output(element, known, secret, tuple(fields.get("dependencies", ())))
    element = element if known else Unknown()
    return Secret(element) if secret else element


def _required(fields: Properties, key: str, what: str) -> Value:
    if key not in fields:
        raise WireError(f"a {what} without {key!r}")
    return fields[key]
