"""State: what a read of the service is recorded as, beside what was planned or known before.

Graph does not tell null from empty the way a program does, so Terraform's plugin SDK lets the earlier value stand where
the two say the same (`helper/schema/grpc_provider.go`, `normalizeNullValues`).
"""

from __future__ import annotations

from typing import Any

from pulumi.provider.experimental.property_value import PropertyValue

from rehearsal.providers.azuread.schema import Attribute, Kind, Schema
from rehearsal.providers.values import UNKNOWN, Properties, is_known, property_value


def applied(schema: Schema, read: Properties, planned: Properties) -> Properties:
    """The outputs after a create or update: what was read, told apart from null and empty as planned."""
    return {name: _applied(attribute, read.get(name), planned.get(name)) for name, attribute in schema.items()}


def _applied(attribute: Attribute, read: Any, planned: Any) -> Any:
    if planned is UNKNOWN:
        return read
    if attribute.collection or attribute.kind is Kind.MAP:
        if (planned is None and read == []) or (planned == [] and read is None):
            return planned
        if planned is not None and attribute.kind is Kind.SET and is_known(planned):
            return planned
        return read
    if attribute.single and isinstance(planned, dict) and isinstance(read, dict):
        return applied(attribute.fields, read, planned)
    return planned if read is None and planned == "" else read


def refreshed(schema: Schema, read: Properties, known: Properties) -> Properties:
    """The outputs after a refresh: what was read, but an empty string stays where null was read for it."""
    return {name: "" if read.get(name) is None and known.get(name) == "" else read.get(name) for name in schema}


def prior(schema: Schema, outputs: Properties) -> Properties:
    """A state's outputs as a plan starts from them: every attribute, and nothing that is none (`id`, `__meta`)."""
    return {name: _prior(attribute, outputs.get(name)) for name, attribute in schema.items()}


def _prior(attribute: Attribute, value: Any) -> Any:
    if attribute.single:
        return prior(attribute.fields, value) if isinstance(value, dict) and attribute.fields else value
    if attribute.collection and attribute.fields:
        return [prior(attribute.fields, item) for item in value or [] if isinstance(item, dict)]
    return value


def unfinished(planned: Properties) -> Properties:
    """What is recorded of a resource whose creation failed half way: as planned, nothing for what is not known."""
    return {name: value if is_known(value) else None for name, value in planned.items()}


def marked(schema: Schema, outputs: Properties) -> dict[str, PropertyValue]:
    """Outputs as they leave the provider: those that are secret say so."""
    return {
        name: property_value(value).with_secret(name in schema and schema[name].secret)
        for name, value in outputs.items()
    }
