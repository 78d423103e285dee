"""The settings of a stack, and what each of its keys has to be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pulumi
from pulumi.runtime import config as pulumi_config

from components import app_role, app_setting, identifier_uri, ip_range, naming, region, resource_tag, scale
from components.app_role import AppRole
from components.refusal import Refusal, nearest
from components.scale import Scale
from settings.fault import Faults, InvalidSettingsError, sentence
from settings.node import Node

OWN = "own"
"""How a grant names the API of this stack."""
CALLER = "caller"
"""What the function app is called when there is one only."""
_OF_A_CALLER = ("grants", "appSettings", "scale", "allowedIpRanges")
PROJECT = "keyless"
LOCATION = "azure-native:location"
_KEYS = {
    "apis": "[{name: things, roles: [{value: Things.Read.All}]}]",
    "callers": "[{name: caller, grants: [{api: own, roles: [Things.Read.All]}]}]",
    "api": "{name: things, roles: [{value: Things.Read.All}]}",
    "grants": "[{api: own, roles: [Things.Read.All]}]",
    "appSettings": "{GREETING: hello}",
    "scale": "{maximumInstanceCount: 40, alwaysReady: 1}",
    "allowedIpRanges": "[203.0.113.0/24]",
    "tags": "{owner: somebody}",
    "protect": "true",
}


@dataclass(frozen=True)
class Api:
    """The API of this stack."""

    name: str
    identifier_uri: str
    """With `{clientId}` and `{tenantId}` for the ids."""
    roles: tuple[AppRole, ...]
    display_name: str | None = None
    """Of its registration, if not the one made of API and stack."""


@dataclass(frozen=True)
class Grant:
    """Roles that a function app's identity holds on one API."""

    api: str
    """A key of `Settings.apis`, or the exact display name or the client id of an API that others publish."""
    roles: tuple[str, ...]


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


@dataclass(frozen=True)
class Settings:
    """What a stack is to be."""

    location: str
    """A region that hosts Flex Consumption, as ARM writes it: `westeurope`."""
    apis: Mapping[str, Api]
    """The stack's own APIs by how grants name them: `own` for the only one, `own:NAME` for each of several."""
    callers: tuple[Caller, ...]
    """At least one."""
    tags: Mapping[str, str]
    """The user's own, for everything that takes tags."""
    protect: bool
    """Whether identities and registrations are kept from deletion."""

    @classmethod
    def load(cls) -> Settings:
        """Reads the configuration of the current stack.

        Raises InvalidSettingsError, which names every fault there is.
        """
        faults = Faults(pulumi.get_stack())
        for key in sorted(_configured() - _KEYS.keys()):
            faults.refuse_key(f"{PROJECT}:{key}", key, _KEYS)
        location = _location(faults)
        apis = _apis(faults)
        settings = cls(
            location=location,
            apis=MappingProxyType(apis),
            callers=_callers(faults, apis),
            tags=_tags(_node("tags", faults)),
            protect=_node("protect", faults).flag(),
        )
        if faults.found:
            raise InvalidSettingsError(faults.stack, faults.found)
        return settings


def _configured() -> set[str]:
    """Returns the project's keys that the stack gives a value, known or not.

    `pulumi.Config` reads by name only, so this asks for what it reads from: the engine's environment
    (`PULUMI_CONFIG`), which the language host copies into the SDK's own map.
    """
    everything = {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}
    return {key.removeprefix(f"{PROJECT}:") for key in everything if key.startswith(f"{PROJECT}:")}


def _node(key: str, faults: Faults) -> Node:
    """Returns the value of a key of this project; Pulumi hands objects, lists and booleans over as JSON."""
    raw: Any = pulumi.Config(PROJECT).get(key)
    if isinstance(raw, str):
        with suppress(ValueError, RecursionError):
            raw = json.loads(raw)
    full_key = f"{PROJECT}:{key}"
    return Node(full_key, raw, faults, pulumi_config.is_config_secret(full_key))


def _location(faults: Faults) -> str:
    node = Node(LOCATION, pulumi.Config("azure-native").get("location"), faults)
    if node.value is None:
        node.missing("westeurope")
    return region.canonical(node.text(region.refusal))


def _apis(faults: Faults) -> dict[str, Api]:
    several = _node("apis", faults)
    if not several.value:
        one = _node("api", faults)
        if one.value is None:
            one.missing(_KEYS["api"])
        return {OWN: _api(one)}
    _refuse_beside(several, [_node("api", faults)])
    items = several.items("APIs, each with name and roles")
    apis = [_api(item) for item in items]
    names = [item.at("name") for item in items]
    _refuse_duplicates([(name, name.value) for name in names if isinstance(name.value, str)], "name")
    return {f"{OWN}:{api.name}": api for api in apis}


def _callers(faults: Faults, apis: Mapping[str, Api]) -> tuple[Caller, ...]:
    several = _node("callers", faults)
    own = {key: _node(key, faults) for key in _OF_A_CALLER}
    if not several.value:
        return (_caller(CALLER, own, apis),)
    _refuse_beside(several, own.values())
    callers = []
    items = several.items("callers, each with name and, if wanted, grants, appSettings, scale and allowedIpRanges")
    for item in items:
        fields = item.fields(required={"name": CALLER}, optional={key: _KEYS[key] for key in _OF_A_CALLER})
        callers.append(_caller(fields["name"].text(naming.refusal_of_function_app_name), fields, apis))
    names = [item.at("name") for item in items]
    _refuse_duplicates([(name, name.value) for name in names if isinstance(name.value, str)], "name")
    return tuple(callers)


def _caller(name: str, fields: Mapping[str, Node], apis: Mapping[str, Api]) -> Caller:
    return Caller(
        name=name,
        grants=_grants(fields["grants"], apis),
        app_settings=_app_settings(fields["appSettings"]),
        scale=_scale(fields["scale"]),
        allowed_ip_ranges=tuple(
            item.text(ip_range.refusal) for item in fields["allowedIpRanges"].items("ranges of IP addresses")
        ),
    )


def _refuse_beside(several: Node, others: Iterable[Node]) -> None:
    """Notes each key that says for one what the list of several says for each of them."""
    for other in others:
        if other.value:
            key = other.path.removeprefix(f"{PROJECT}:")
            other.faults.add(
                other.path,
                f"{key!r} stands beside {several.path!r}.",
                allowed=f"either {key} or {several.path.removeprefix(f'{PROJECT}:')}",
                remedy=f"Move it into {several.path}.",
            )


def _api(node: Node) -> Api:
    fields = node.fields(
        required={"name": "things", "roles": "[{value: Things.Read.All}]"},
        optional={"identifierUri": identifier_uri.DEFAULT, "displayName": "Things"},
    )
    uri = fields["identifierUri"]
    items = fields["roles"].items("roles, each with value and, if wanted, description and displayName", needed=True)
    api = Api(
        name=fields["name"].text(naming.refusal_of_api_name),
        identifier_uri=identifier_uri.DEFAULT if uri.value is None else uri.text(identifier_uri.refusal),
        roles=tuple(_role(item) for item in items),
        display_name=fields["displayName"].text() or None,
    )
    values = [item.at("value") for item in items]
    _refuse_duplicates([(value, value.value.casefold()) for value in values if isinstance(value.value, str)], "role")
    return api


def _role(node: Node) -> AppRole:
    fields = node.fields(
        required={"value": "Things.Read.All"},
        optional={"description": "Read every thing", "displayName": "Read things"},
    )
    value = fields["value"].text(app_role.refusal_of_value)
    return AppRole(
        value=value,
        description=fields["description"].text() or value,
        display_name=fields["displayName"].text() or value,
    )


def _grants(node: Node, apis: Mapping[str, Api]) -> tuple[Grant, ...]:
    grants = []
    seen: list[tuple[Node, tuple[str, str]]] = []
    for item in node.items("grants, each with api and roles"):
        fields = item.fields(required={"api": OWN, "roles": "[Things.Read.All]"}, optional={})
        target = fields["api"].text(lambda name: _refusal_of_target(name, apis))
        refusal = _refusal_of_target(target, apis)
        target = refusal.instead or "" if refusal else target
        roles = fields["roles"].items("role values", needed=True)
        api = apis.get(target)
        rule = (lambda value, api=api: _refusal_of_own_role(value, api)) if api else None
        grants.append(Grant(target, tuple(role.text(rule) for role in roles)))
        seen.extend((role, (target, role.value)) for role in roles if isinstance(role.value, str))
    _refuse_duplicates(seen, "grant")
    return tuple(grants)


def _refusal_of_target(name: str, apis: Mapping[str, Api]) -> Refusal | None:
    """Says why a grant cannot name an API of this stack like that; any other name is of an API that others publish."""
    if name in apis:
        return None
    own = {api.name: key for key, api in apis.items()}
    meant = own.get(name.casefold().removeprefix(f"{OWN}:"))
    if OWN in apis:
        if name.casefold() == OWN or meant:
            return Refusal(f"{name!r} is the API of this stack.", f"{OWN} for the API of this stack", instead=OWN)
        return None
    if meant or name.casefold() == OWN or name.casefold().startswith(f"{OWN}:"):
        return Refusal(f"{name!r} is none of the APIs of this stack.", sentence(apis), instead=meant)
    return None


def _refusal_of_own_role(value: str, api: Api) -> Refusal | None:
    declared = [role.value for role in api.roles if app_role.refusal_of_value(role.value) is None]
    if value in declared or not declared:
        return None
    return Refusal(
        f"{value!r} is not a role of the API of this stack.",
        f"{', '.join(declared)}, or another role once keyless:api.roles declares it",
        instead=nearest(value, declared),
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


def _tags(node: Node) -> Mapping[str, str]:
    tags = node.entries("tags")
    for name, entry in tags.items():
        refusal = resource_tag.refusal(name, entry.value)
        if refusal is not None:
            entry.check(refusal)
    return MappingProxyType({name: str(entry.value) for name, entry in tags.items()})


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


def _refuse_duplicates(found: Iterable[tuple[Node, object]], what: str) -> None:
    """Notes each value whose key has occurred before."""
    first: dict[object, Node] = {}
    for node, key in found:
        earlier = first.setdefault(key, node)
        if earlier is not node:
            node.faults.add(
                node.path,
                f"{node.shown} is the same {what} as {earlier.path}.",
                allowed=f"each {what} once",
                remedy=f"Remove one of the two from {node.faults.file}.",
            )
