"""Random programs: graphs of toy resources with options, and a program in a thread that registers one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from rehearsal.engine import urn as urns
from rehearsal.engine.execution.deployment import Deployment
from rehearsal.engine.execution.run import Drive, Opened
from rehearsal.engine.protocol.host import ShutDown
from rehearsal.engine.resource import Alias, Goal, Resource
from rehearsal.engine.values import Properties

STACK = "urn:pulumi:dev::toys::pulumi:pulumi:Stack::toys-dev"


@dataclass(frozen=True)
class Node:
    """A resource of a random program. References are numbers of nodes before it."""

    number: int
    component: bool
    parent: int | None
    uses: tuple[tuple[int, bool], ...]
    """Whose addresses are its properties; True: it has to be replaced when they change."""
    after: tuple[int, ...]
    colour: int
    size: int
    delete_before_replace: bool | None
    provider_deletes_first: bool
    deleted_with: int | None
    colour_replaces: bool
    colour_ignored: bool
    generation: int = 0
    """How often it was renamed, each time with an alias for its former name."""

    @property
    def name(self) -> str:
        return f"n{self.number}" + "x" * self.generation


def node(number: int, **changed: Any) -> Node:
    """A resource without any options but those given."""
    plain = Node(
        number=number,
        component=False,
        parent=None,
        uses=(),
        after=(),
        colour=0,
        size=0,
        delete_before_replace=None,
        provider_deletes_first=False,
        deleted_with=None,
        colour_replaces=False,
        colour_ignored=False,
    )
    return replace(plain, **changed)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Node, ...]:
    """Programs of up to seven resources."""
    nodes: list[Node] = []
    for number in range(draw(st.integers(1, 7))):
        components = [node.number for node in nodes if node.component]
        things = [node.number for node in nodes if not node.component]
        component = draw(st.integers(0, 4)) == 0
        uses = draw(st.lists(st.tuples(st.sampled_from(things), st.booleans()), max_size=2)) if things else []
        others = [node.number for node in nodes]
        nodes.append(
            Node(
                number,
                component,
                draw(st.none() | st.sampled_from(components)) if components else None,
                () if component else tuple(dict(uses).items()),
                tuple(draw(st.sets(st.sampled_from(others), max_size=2))) if others else (),
                draw(st.integers(0, 1)),
                draw(st.integers(0, 1)),
                draw(st.sampled_from([None, None, True, False])),
                draw(st.integers(0, 4)) == 0,
                draw(st.none() | st.sampled_from(things)) if things and not component else None,
                draw(st.integers(0, 5)) == 0,
                draw(st.integers(0, 5)) == 0,
            )
        )
    return tuple(nodes)


@st.composite
def changed(draw: st.DrawFn, nodes: Sequence[Node]) -> tuple[Node, ...]:
    """The program after an edit: some values are others, some resources have new names, some are gone."""
    found = []
    for node in nodes:
        change = draw(st.sampled_from(["nothing", "nothing", "colour", "size", "name"]))
        if change == "colour":
            node = replace(node, colour=node.colour + 1)
        elif change == "size":
            node = replace(node, size=node.size + 1)
        elif change == "name":
            node = replace(node, generation=node.generation + 1)
        found.append(node)
    keep = draw(st.sampled_from([len(found), len(found), draw(st.integers(0, len(found)))]))
    return tuple(found[:keep])


def driven(nodes: Sequence[Node], *, refresh: bool = False) -> Drive:
    """Carries out a deployment of a program, which is a thread here."""

    def drive(opened: Opened) -> None:
        deployment = opened.deployment
        if not deployment.prepare(opened.checkpoint.pending, refresh=refresh):
            return
        program = threading.Thread(target=_register_all, args=(deployment, nodes))
        program.start()
        deployment.run()
        program.join()

    return drive


def _register_all(deployment: Deployment, nodes: Sequence[Node]) -> None:
    try:
        deployment.register(Goal(urns.ROOT_STACK_TYPE, "toys-dev", custom=False, properties={}))
        known: dict[int, Resource] = {}
        for node in nodes:
            registered = deployment.register(_goal(deployment, node, known))
            if registered.outcome != "succeeded":
                break
            known[node.number] = registered.resource
            if node.component:
                deployment.register_outputs(registered.resource.urn, {"number": node.number})
        deployment.register_outputs(STACK, {"count": len(known)})
        deployment.program_ended("", failed=False)
    except ShutDown:
        return


def _goal(deployment: Deployment, node: Node, known: dict[int, Resource]) -> Goal:
    properties: Properties = {}
    used: dict[str, list[str]] = {}
    if not node.component:
        properties = {"colour": node.colour, "sizeReplace": node.size, "deleteFirst": node.provider_deletes_first}
        for number, replaces in node.uses:
            key = f"use{number}" + "Replace" * replaces
            properties[key] = known[number].outputs.get("address")
            used[key] = [known[number].urn]
    if node.deleted_with is not None:
        properties["within"] = known[node.deleted_with].outputs.get("address")
        used["within"] = [known[node.deleted_with].urn]
    dependencies = [known[number].urn for number, _ in node.uses] + [known[number].urn for number in node.after]
    return Goal(
        type="toy:index:Group" if node.component else "toy:index:Thing",
        name=node.name,
        custom=not node.component,
        properties=properties,
        parent=known[node.parent].urn if node.parent is not None else STACK,
        provider="" if node.component else deployment.default_provider("toy", "", ""),
        dependencies=list(dict.fromkeys(dependencies)),
        property_dependencies={**{key: [] for key in properties}, **used},
        delete_before_replace=node.delete_before_replace,
        deleted_with=known[node.deleted_with].urn if node.deleted_with is not None else "",
        replace_on_changes=["colour"] * node.colour_replaces,
        ignore_changes=["colour"] * node.colour_ignored,
        aliases=[Alias(name=node.name[:-1])] if node.generation else [],
    )
