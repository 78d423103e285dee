"""The settings of a stack, and what each of its keys has to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pulumi

from components import developer_client, naming, region, resource_tag
from components.granted_api import Grant
from settings import configuration
from settings.api import OWN, Api, api_of
from settings.caller import KEYS_OF_A_CALLER, Caller, caller_of
from settings.fault import Faults
from settings.node import Node, refuse_duplicates

CALLER = "caller"
"""What the function app is called when there is one only."""
PROJECT = "keyless"
_KEYS = {
    "apis": "[{name: things, roles: [{value: Things.Read.All}]}]",
    "callers": "[{name: caller, grants: [{api: own, roles: [Things.Read.All]}]}]",
    "api": "{name: things, roles: [{value: Things.Read.All}]}",
    **KEYS_OF_A_CALLER,
    "tags": "{owner: somebody}",
    "protect": "true",
    "developerClient": "true",
}


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
    developer_client: bool
    """Whether there is a client for laptops beside each caller, with the same roles; on development stacks only."""

    @classmethod
    def load(cls) -> Settings:
        """Reads the configuration of the current stack.

        Raises InvalidSettingsError, which names every fault there is.
        """
        faults = Faults(pulumi.get_stack())
        configuration.refuse_unknown(PROJECT, _KEYS, faults)
        location = region.canonical(configuration.location(faults).text(region.refusal))
        apis = _apis(faults)
        settings = cls(
            location=location,
            apis=MappingProxyType(apis),
            callers=_callers(faults, apis),
            tags=_tags(_node("tags", faults)),
            protect=_node("protect", faults).flag(),
            developer_client=_developer_client(_node("developerClient", faults)),
        )
        faults.raise_found()
        return settings

    @property
    def grants_on_others(self) -> dict[str, list[Grant]]:
        """The grants of each caller on APIs that others publish."""
        return {
            caller.name: [grant for grant in caller.grants if grant.api not in self.apis] for caller in self.callers
        }

    def apis_of(self, caller: Caller) -> list[str]:
        """Returns the keys of the APIs that a caller's code is told the scope of: of several those that it may call."""
        if OWN in self.apis:
            return [OWN]
        return list(dict.fromkeys(grant.api for grant in caller.grants if grant.api in self.apis))


def _node(key: str, faults: Faults) -> Node:
    return configuration.node(PROJECT, key, faults)


def _apis(faults: Faults) -> dict[str, Api]:
    several = _node("apis", faults)
    if not several.value:
        one = _node("api", faults)
        if one.value is None:
            one.missing(_KEYS["api"])
        return {OWN: api_of(one)}
    _refuse_beside(several, [_node("api", faults)])
    items = several.items("APIs, each with name and roles")
    apis = [api_of(item) for item in items]
    names = [item.at("name") for item in items]
    refuse_duplicates([(name, name.value) for name in names if isinstance(name.value, str)], "name")
    return {f"{OWN}:{api.name}": api for api in apis}


def _callers(faults: Faults, apis: Mapping[str, Api]) -> tuple[Caller, ...]:
    several = _node("callers", faults)
    own = {key: _node(key, faults) for key in KEYS_OF_A_CALLER}
    if not several.value:
        return (caller_of(CALLER, own, apis),)
    _refuse_beside(several, own.values())
    callers = []
    items = several.items("callers, each with name and, if wanted, grants, appSettings, scale and allowedIpRanges")
    for item in items:
        fields = item.fields(required={"name": CALLER}, optional=KEYS_OF_A_CALLER)
        callers.append(caller_of(fields["name"].text(naming.refusal_of_function_app_name), fields, apis))
    names = [item.at("name") for item in items]
    refuse_duplicates([(name, name.value) for name in names if isinstance(name.value, str)], "name")
    return tuple(callers)


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


def _tags(node: Node) -> Mapping[str, str]:
    tags = node.entries("tags")
    for name, entry in tags.items():
        refusal = resource_tag.refusal(name, entry.value)
        if refusal is not None:
            entry.check(refusal)
    return MappingProxyType({name: str(entry.value) for name, entry in tags.items()})


def _developer_client(node: Node) -> bool:
    wanted = node.flag()
    refusal = developer_client.refusal_of_stack(node.faults.stack) if wanted else None
    if refusal is not None:
        remedy = f"Remove it: pulumi config rm --stack {node.faults.stack} {node.path}"
        node.faults.add(node.path, refusal.problem, allowed=refusal.allowed, remedy=remedy)
    return wanted
