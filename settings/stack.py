"""The settings of a stack, and what each of its keys has to be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pulumi
from pulumi.runtime import config as pulumi_config

from components import app_role, app_setting, identifier_uri, naming, region
from components.app_role import AppRole
from components.import_id import ImportedKind
from components.import_id import refusal as refusal_of_import_id
from components.protected_api import ApiImports
from components.refusal import Refusal, nearest
from settings.fault import Faults, InvalidSettingsError
from settings.node import Node

OWN = "own"
"""How a grant names the API of this stack."""
PROJECT = "keyless"
LOCATION = "azure-native:location"
_KEYS = {
    "api": "{name: things, roles: [{value: Things.Read.All}]}",
    "grants": "[{api: own, roles: [Things.Read.All]}]",
    "appSettings": "{GREETING: hello}",
    "protect": "true",
}


@dataclass(frozen=True)
class Api:
    """The API of this stack."""

    name: str
    identifier_uri: str
    """With `{clientId}` and `{tenantId}` for the ids."""
    roles: tuple[AppRole, ...]
    imports: ApiImports = field(default_factory=ApiImports)
    """What of it exists already, to be taken over."""


@dataclass(frozen=True)
class Grant:
    """Roles that the function app's identity holds on one API."""

    api: str
    """`own`, or the exact display name or the client id of an API that others publish."""
    roles: tuple[str, ...]
    imports: Mapping[str, str] = field(default_factory=dict)
    """The import id of each assignment that exists already, by the role's value."""


@dataclass(frozen=True)
class Settings:
    """What a stack is to be."""

    location: str
    """A region that hosts Flex Consumption, as ARM writes it: `westeurope`."""
    api: Api
    grants: tuple[Grant, ...]
    app_settings: Mapping[str, pulumi.Input[str]]
    """The user's own; secret if the configuration holds any of them encrypted."""
    protect: bool
    """Whether identity and registration are kept from deletion."""

    @classmethod
    def load(cls) -> Settings:
        """Reads the configuration of the current stack.

        Raises InvalidSettingsError, which names every fault there is.
        """
        faults = Faults(pulumi.get_stack())
        for key in sorted(_configured() - _KEYS.keys()):
            faults.refuse_key(f"{PROJECT}:{key}", key, _KEYS)
        location = _location(faults)
        api = _api(_node("api", faults))
        settings = cls(
            location=location,
            api=api,
            grants=_grants(_node("grants", faults), api),
            app_settings=_app_settings(_node("appSettings", faults)),
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


def _api(node: Node) -> Api:
    if node.value is None:
        node.missing(_KEYS["api"])
    fields = node.fields(
        required={"name": "things", "roles": "[{value: Things.Read.All}]"},
        optional={"identifierUri": identifier_uri.DEFAULT, "import": "{application: /applications/...}"},
    )
    uri = fields["identifierUri"]
    items = fields["roles"].items("roles, each with value and, if wanted, description and displayName", needed=True)
    api = Api(
        name=fields["name"].text(naming.refusal_of_api_name),
        identifier_uri=identifier_uri.DEFAULT if uri.value is None else uri.text(identifier_uri.refusal),
        roles=tuple(_role(item) for item in items),
        imports=_api_imports(fields["import"]),
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


def _grants(node: Node, api: Api) -> tuple[Grant, ...]:
    grants = []
    seen: list[tuple[Node, tuple[str, str]]] = []
    for item in node.items("grants, each with api and roles"):
        fields = item.fields(required={"api": OWN, "roles": "[Things.Read.All]"}, optional={"import": "{}"})
        target = fields["api"].text(lambda name: _refusal_of_target(name, api))
        if _refusal_of_target(target, api):
            target = OWN
        roles = fields["roles"].items("role values", needed=True)
        rule = (lambda value: _refusal_of_own_role(value, api)) if target == OWN else None
        values = tuple(role.text(rule) for role in roles)
        grants.append(Grant(target, values, _grant_imports(fields["import"], values)))
        seen.extend((role, (target, role.value)) for role in roles if isinstance(role.value, str))
    _refuse_duplicates(seen, "grant")
    return tuple(grants)


def _api_imports(node: Node) -> ApiImports:
    if node.value is None:
        return ApiImports()
    kinds = {
        "application": ImportedKind.APPLICATION,
        "identifierUri": ImportedKind.IDENTIFIER_URI,
        "servicePrincipal": ImportedKind.SERVICE_PRINCIPAL,
    }
    fields = node.fields(required={}, optional={key: kind.example for key, kind in kinds.items()})
    found = {key: _import_id(fields[key], kind) for key, kind in kinds.items() if fields[key].value is not None}
    return ApiImports(
        application=found.get("application"),
        identifier_uri=found.get("identifierUri"),
        service_principal=found.get("servicePrincipal"),
    )


def _grant_imports(node: Node, roles: Sequence[str]) -> Mapping[str, str]:
    imports: dict[str, str] = {}
    for role, entry in node.entries("import ids by role").items():
        if role not in roles:
            entry.check(
                Refusal(
                    f"{role!r} is not among the roles of this grant.",
                    f"{', '.join(roles) or 'no role at all'}",
                )
            )
        imports[role] = _import_id(entry, ImportedKind.ASSIGNMENT)
    return imports


def _import_id(node: Node, kind: ImportedKind) -> str:
    if node.value is None:
        node.missing(kind.example)
    return node.text(lambda identifier: refusal_of_import_id(identifier, kind))


def _refusal_of_target(name: str, api: Api) -> Refusal | None:
    if name != OWN and name.casefold() in (OWN, api.name):
        return Refusal(f"{name!r} is the API of this stack.", f"{OWN} for the API of this stack", instead=OWN)
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
