"""Property values and resources as a checkpoint writes them (pulumi/pulumi, pkg/resource/stack/deployment.go)."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass, replace
from typing import Any, Protocol

from rehearsal.engine.resource import Resource, Timeouts
from rehearsal.engine.values import (
    ARCHIVE,
    ASSET,
    REFERENCE,
    SECRET,
    SIGNATURE,
    UNKNOWN_STRING,
    Archive,
    Asset,
    Output,
    Properties,
    Reference,
    Secret,
    Unknown,
    Value,
    without_outputs,
)

_FLOAT = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c"
HIDDEN = "[secret]"

_PLAIN_FIELDS = (
    ("delete", "delete"),
    ("id", "id"),
    ("type", "type"),
    ("inputs", "inputs"),
    ("outputs", "outputs"),
    ("parent", "parent"),
    ("protect", "protect"),
    ("taint", "taint"),
    ("external", "external"),
    ("dependencies", "dependencies"),
    ("initErrors", "init_errors"),
    ("provider", "provider"),
    ("propertyDependencies", "property_dependencies"),
    ("pendingReplacement", "pending_replacement"),
    ("additionalSecretOutputs", "additional_secret_outputs"),
    ("aliases", "aliases"),
    ("customTimeouts", "timeouts"),
    ("importID", "import_id"),
    ("retainOnDelete", "retain_on_delete"),
    ("deletedWith", "deleted_with"),
    ("replaceWith", "replace_with"),
    ("created", "created"),
    ("modified", "modified"),
    ("ignoreChanges", "ignore_changes"),
    ("hideDiff", "hide_diff"),
    ("replaceOnChanges", "replace_on_changes"),
    ("replacementTrigger", "replacement_trigger"),
    ("refreshBeforeUpdate", "refresh_before_update"),
)
"""The fields of `apitype.ResourceV3` in its order, with ours; all but urn, custom and type are left out when empty."""
_IGNORED_FIELDS = {"sourcePosition", "stackTrace"}
_VALUES = {"inputs", "outputs", "replacement_trigger"}


class Unreadable(ValueError):
    """Something in a checkpoint that isn't as Pulumi writes it, or that this engine can't look after."""


class Encryption(Protocol):
    """Turns text into ciphertext and back; `place` is the URN of the resource the secret belongs to."""

    def encrypt(self, plaintext: str, place: str) -> str: ...

    def decrypt(self, ciphertext: str, place: str) -> str: ...


class _Nested:
    """Inside a secret everything is encrypted already: Pulumi writes secrets there as they are."""

    def encrypt(self, plaintext: str, place: str) -> str:  # noqa: ARG002 - as of an Encryption
        return plaintext

    def decrypt(self, ciphertext: str, place: str) -> str:  # noqa: ARG002 - as of an Encryption
        return ciphertext


@dataclass(frozen=True)
class Cipher:
    """How secrets are written: encrypted, in clear (for an export that asks for it), or not at all (for showing)."""

    encryption: Encryption | None = None
    show: bool = False
    place: str = ""

    def at(self, place: str) -> Cipher:
        """The same, for the secrets of one resource."""
        return replace(self, place=place)

    def written(self, element: Value) -> Any:
        """A secret as it is written."""
        if self.encryption is None:
            return HIDDEN
        text = json.dumps(
            written(element, replace(self, encryption=_Nested())), separators=(",", ":"), ensure_ascii=False
        )
        if self.show:
            return {SIGNATURE: SECRET, "plaintext": text}
        return {SIGNATURE: SECRET, "ciphertext": self.encryption.encrypt(text, self.place)}

    def read(self, fields: Properties) -> Secret:
        """A secret from what was written.

        Raises Unreadable when it has neither or both of ciphertext and plaintext.
        """
        if ("ciphertext" in fields) == ("plaintext" in fields):
            raise Unreadable("a secret must have exactly one of `ciphertext` and `plaintext`")
        text = fields.get("plaintext")
        if text is None:
            if self.encryption is None:
                raise Unreadable("there are secrets, but no secrets provider to decrypt them with")
            text = self.encryption.decrypt(fields["ciphertext"], self.place)
        return Secret(read(json.loads(text), replace(self, encryption=_Nested())))


def written(value: Value, cipher: Cipher) -> Any:
    """A property value as JSON."""
    value = without_outputs(value) if isinstance(value, Output) else value
    if isinstance(value, Unknown):
        return UNKNOWN_STRING
    if isinstance(value, Secret):
        return cipher.written(value.element)
    if isinstance(value, dict):
        return {key: written(value[key], cipher) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [written(element, cipher) for element in value]
    if isinstance(value, (Asset, Archive)):
        signature = ASSET if isinstance(value, Asset) else ARCHIVE
        return {SIGNATURE: signature, **{key: written(part, cipher) for key, part in value.content.items()}}
    if isinstance(value, Reference):
        id_ = "" if isinstance(value.id, Unknown) else value.id
        fields = {SIGNATURE: REFERENCE, "urn": value.urn, "packageVersion": value.version}
        return fields if id_ is None else {**fields, "id": id_}
    if isinstance(value, float) and not math.isfinite(value):
        return {SIGNATURE: _FLOAT, "value": struct.pack(">d", value).hex()}
    return value


def read(value: Any, cipher: Cipher) -> Value:
    """A property value from JSON.

    Raises Unreadable for a signature nobody knows.
    """
    if value == UNKNOWN_STRING:
        return Unknown()
    if isinstance(value, list):
        return [read(element, cipher) for element in value]
    if not isinstance(value, dict):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    signature = value.get(SIGNATURE)
    fields = {key: element for key, element in value.items() if key != SIGNATURE}
    if signature == SECRET:
        return cipher.read(fields)
    fields = {key: read(element, cipher) for key, element in fields.items()}
    if signature is None:
        return fields
    if signature in (ASSET, ARCHIVE):
        return Asset(fields) if signature == ASSET else Archive(fields)
    if signature == REFERENCE:
        id_ = fields.get("id")
        return Reference(fields["urn"], Unknown() if id_ == "" else id_, fields.get("packageVersion", ""))
    if signature == _FLOAT:
        return struct.unpack(">d", bytes.fromhex(fields["value"]))[0]
    raise Unreadable(f"unknown kind of value {signature!r}")


def written_resource(resource: Resource, cipher: Cipher) -> dict[str, Any]:
    """A resource as JSON."""
    cipher = cipher.at(resource.urn)
    fields: dict[str, Any] = {"urn": resource.urn, "custom": resource.custom}
    for name, attribute in _PLAIN_FIELDS:
        value = getattr(resource, attribute)
        if attribute in _VALUES:
            value = written(value, cipher)
        elif isinstance(value, Timeouts):
            value = {key: _whole(seconds) for key, seconds in vars(value).items() if seconds}
        if value not in ("", False, None) and value not in ([], {}):
            fields[name] = value
    return fields


def _whole(number: float) -> float:
    return int(number) if number.is_integer() else number


def read_resource(fields: dict[str, Any], cipher: Cipher) -> Resource:
    """A resource from JSON.

    Raises Unreadable when a field is missing or none of ours.
    """
    cipher = cipher.at(str(fields.get("urn", "")))
    known = dict(_PLAIN_FIELDS) | {"urn": "urn", "custom": "custom"}
    for name in ("urn", "type"):
        if not fields.get(name):
            raise Unreadable(f"a resource without {name!r}: {fields.get('urn', fields)}")
    unknown = [name for name in fields if name not in known and name not in _IGNORED_FIELDS]
    if unknown:
        raise Unreadable(f"resource {fields['urn']} has {', '.join(unknown)}, which this engine does not support")
    values: dict[str, Any] = {}
    for name, value in fields.items():
        attribute = known.get(name)
        if attribute is None:
            continue
        if attribute in _VALUES:
            value = read(value, cipher)
        elif attribute == "timeouts":
            value = Timeouts(**{key: float(seconds) for key, seconds in value.items()})
        values[attribute] = value
    values.setdefault("custom", False)
    if not values["custom"] and values.get("id"):
        raise Unreadable(f"resource {values['urn']} is no custom resource but has an id")
    return Resource(**values)
