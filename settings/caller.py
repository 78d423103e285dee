"""The function apps of a stack: what its configuration says of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pulumi

from components import app_setting, ip_range, scale
from components.granted_api import Grant
from components.refusal import Refusal
from components.scale import Scale
from settings.api import Api
from settings.grant import grants_of
from settings.node import Node

KEYS_OF_A_CALLER = {
    "grants": "[{api: own, roles: [Things.Read.All]}]",
    "appSettings": "{GREETING: hello}",
    "scale": "{maximumInstanceCount: 40, alwaysReady: 1}",
    "allowedIpRanges": "[203.0.113.0/24]",
}
"""What can be said of each, with an example; with one function app, these are keys of the project."""


@dataclass(frozen=True)
class Caller:
    """A function app."""

    name: str
    grants: tuple[Grant, ...]
    app_settings: Mapping[str, pulumi.Input[str]]
    """The user's own; secret if the configuration holds any of them encrypted."""
    scale: Scale
    allowed_ip_ranges: tuple[str, ...]
    """Who may reach the function app, in CIDR notation; empty for everybody."""


def caller_of(name: str, fields: Mapping[str, Node], apis: Mapping[str, Api]) -> Caller:
    """Reads one of `keyless:callers`, or the keys that stand for the only one: `fields` by `KEYS_OF_A_CALLER`."""
    return Caller(
        name=name,
        grants=grants_of(fields["grants"], apis),
        app_settings=_app_settings(fields["appSettings"]),
        scale=_scale(fields["scale"]),
        allowed_ip_ranges=tuple(
            item.text(ip_range.refusal) for item in fields["allowedIpRanges"].items("ranges of IP addresses")
        ),
    )


def _scale(node: Node) -> Scale:
    default = Scale()
    fields = node.fields(
        required={}, optional={"maximumInstanceCount": "40", "instanceMemoryMB": "2048", "alwaysReady": "1"}
    )
    maximum = fields["maximumInstanceCount"].whole(default.maximum_instance_count, scale.refusal_of_maximum)
    return Scale(
        maximum_instance_count=maximum,
        instance_memory_mb=fields["instanceMemoryMB"].whole(default.instance_memory_mb, scale.refusal_of_memory),
        always_ready=fields["alwaysReady"].whole(
            default.always_ready, lambda count: scale.refusal_of_always_ready(count, maximum)
        ),
    )


def _app_settings(node: Node) -> Mapping[str, pulumi.Input[str]]:
    entries = node.entries("app settings")
    first: dict[str, str] = {}
    for name, entry in entries.items():
        refusal = app_setting.refusal_of_name(name)
        if refusal is not None:
            _refuse_name(entry, refusal)
        if not isinstance(entry.value, str):
            _refuse_setting(name, entry)
        same = first.setdefault(name.upper(), name)
        if same != name:
            _refuse_name(entry, Refusal(f"{name!r} is the same name as {same!r}.", "each name once, in whatever case"))
    return MappingProxyType(
        {name: pulumi.Output.secret(entry.value) if node.secret else entry.value for name, entry in entries.items()}
    )


def _refuse_name(node: Node, refusal: Refusal) -> None:
    remedy = node.faults.renaming(refusal.instead)
    node.faults.add(node.path, refusal.problem, allowed=refusal.allowed, remedy=remedy)


def _refuse_setting(name: str, node: Node) -> None:
    """Azure's app settings are strings; YAML makes a number or a boolean of what has no quotes."""
    remedy = None
    if node.value is None:
        remedy = f"Set it: {node.faults.setting(node.path, 'VALUE')}"
    elif isinstance(node.value, int | float) and not node.secret:
        remedy = f'Write it in quotes in {node.faults.file}: {name}: "{node.shown}"'
    node.faults.add(node.path, f"{node.shown} is {node.kind}.", allowed="a string", remedy=remedy)
